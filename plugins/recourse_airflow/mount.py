"""The console below Airflow's address, for Airflow's users: nobody else gets in, and writes come from Airflow's own pages.

Airflow's session says who the user is; the ledger says who that is in the bank.
"""

from __future__ import annotations

from typing import Annotated

from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import RedirectResponse
from sqlalchemy import select

from console.app import create
from desk import engines
from recourse_airflow.api import PREFIX
from recourse_airflow.identity import AirflowIdentity


def app() -> FastAPI:
    """The routes that belong to Airflow, and behind them the console."""
    routes = FastAPI(title="Recourse", docs_url=None, redoc_url=None, openapi_url=None)
    routes.get("/airflow/users")(users)
    routes.get("/runs/{run_id:path}")(case_of_run)
    desk = engines.desk()
    routes.mount("/", create(desk, AirflowIdentity(desk)))
    return routes


def users(user: GetUserDep, name: Annotated[list[str], Query()]) -> dict[str, str]:
    """User name → the id by which Airflow assigns a task to that user. For Recourse's own user in Airflow only."""
    if not user.get_name() or user.get_name() != engines.airflow_login()[0]:
        raise HTTPException(403, "for Recourse's own user only")
    return _fab_ids(name) if _is_fab() else {each: each for each in name}


def case_of_run(user: GetUserDep, run_id: str) -> RedirectResponse:
    """From a run to the page of its account, or of its list's gate."""
    subject, node, _ = [*run_id.split("--"), "", "", ""][:3]
    if subject == "list":
        gate = run_id.split("--")[2]
        return RedirectResponse(f"{PREFIX}/gates/{gate}", 303)
    return RedirectResponse(f"{PREFIX}/accounts/{subject}" if node else f"{PREFIX}/", 303)


def _is_fab() -> bool:
    return "fab" in str(conf.get("core", "auth_manager", fallback="")).lower()


def _fab_ids(names: list[str]) -> dict[str, str]:
    """FAB knows its users by number; this process is the api-server, which may ask the metadata database."""
    from airflow.providers.fab.auth_manager.models import User
    from airflow.utils.session import create_session

    with create_session() as session:
        rows = session.execute(select(User.username, User.id).where(User.username.in_(names))).all()
    return {name: str(number) for name, number in rows}
