"""Announcing a seat that waits, as a notifier of Airflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk.bases.notifier import BaseNotifier

from recourse_airflow import api

if TYPE_CHECKING:
    from airflow.sdk import Context


class GateNotifier(BaseNotifier):
    """Tells $RECOURSE_NOTIFY that a seat waits. When that fails the seat waits all the same: it stands in Required Actions
    and in the console, and the failure is logged."""

    template_fields = ()

    def notify(self, context: Context) -> None:
        """Send the e-mail; `context` is the seat's task."""
        from desk.announcing import announce

        task, ti = context["task"], context["ti"]
        here = f"/dags/{ti.dag_id}/runs/{ti.run_id}/tasks/{ti.task_id}/mapped/{ti.map_index}/required_actions"
        why_not = announce(
            task.subject, f"{api.base_url()}{here}", f"{api.base_url()}{api.PREFIX}/gates/{task.gate_id}"
        )
        if why_not:
            self.log.warning(why_not)
