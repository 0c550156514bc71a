"""Announcing a gate that waits: one e-mail to the address that the bank set, without personal data."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from airflow.sdk.bases.notifier import BaseNotifier

from recourse_airflow import api, desks

if TYPE_CHECKING:
    from airflow.sdk import Context

TIMEOUT_SECONDS = 10


class GateNotifier(BaseNotifier):
    """Tells $RECOURSE_NOTIFY that a seat waits. Without an address, or when the mail server refuses, the gate waits all
    the same: it stands in Required Actions and in the console, and the failure is logged."""

    template_fields = ()

    def notify(self, context: Context) -> None:
        """Send the e-mail; `context` is the seat's task."""
        to, task = desks.notify_address(), context["task"]
        if not to:
            return
        try:
            self._send(to, task, context)
        except (OSError, smtplib.SMTPException) as error:
            self.log.warning("the gate could not be announced to %s: %s", to, error)

    def _send(self, to: str, task: Any, context: Context) -> None:
        from sqlalchemy.engine import make_url

        server = desks.unchecked_desk().settings.smtp
        if not server:
            self.log.warning("RECOURSE_NOTIFY is set and RECOURSE_SMTP is not: nothing was sent")
            return
        url, ti = make_url(server), context["ti"]
        mail = EmailMessage()
        mail["From"] = str(url.query.get("from") or f"recourse@{url.host}")
        mail["To"], mail["Subject"] = to, task.subject
        link = f"{api.base_url()}/dags/{ti.dag_id}/runs/{ti.run_id}/tasks/{ti.task_id}/mapped/{ti.map_index}/required_actions"
        mail.set_content(f"{task.subject}\n\n{link}\n{api.base_url()}{api.PREFIX}/gates/{task.gate_id}\n")
        with smtplib.SMTP(url.host or "localhost", url.port or 25, timeout=TIMEOUT_SECONDS) as smtp:
            if url.drivername != "smtp":
                smtp.starttls()
            if url.username:
                smtp.login(url.username, str(url.password or ""))
            smtp.send_message(mail)
