"""What Recourse adds to Airflow: the console below ``/recourse``, its page in the navigation and on each run, and the
working-day timetable. Found by the entry point group ``airflow.plugins``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from recourse_airflow.api import PREFIX
from recourse_airflow.timetable import WorkdayTimetable


class Pages:
    """The pages as an ASGI app that is built when it is first asked for: schedulers and workers, which load plugins too,
    import no web framework for it, and an Airflow whose ledger is away still starts."""

    def __init__(self) -> None:
        self._built: Callable[..., Awaitable[None]] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._built is None:
            from recourse_airflow.mount import app

            self._built = app()
        await self._built(scope, receive, send)


class RecoursePlugin(AirflowPlugin):
    """The plugin. The console opens the ledger at its first request, not when Airflow starts."""

    name = "recourse"
    timetables: ClassVar[list[Any]] = [WorkdayTimetable]
    fastapi_apps: ClassVar[list[Any]] = [{"name": "Recourse", "app": Pages(), "url_prefix": PREFIX}]
    external_views: ClassVar[list[Any]] = [
        {
            "name": "追索 Recourse",
            "href": f"{PREFIX}/",
            "destination": "nav",
            "category": "browse",
            "url_route": "recourse",
        },
        {
            "name": "案件 Case",
            "href": f"{PREFIX}/runs/{{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "recourse-case",
        },
    ]
