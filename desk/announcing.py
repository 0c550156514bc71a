"""Announcing a gate that waits inside an engine: one e-mail to the address that the bank set, without personal data."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

from sqlalchemy.engine import make_url

from desk import engines

TIMEOUT_SECONDS = 10


def announce(subject: str, *links: str) -> str:
    """Tell $RECOURSE_NOTIFY that a gate waits; returns why nothing was sent ("" = it was, or nobody wants to be told).

    A mail server that refuses stops no gate: it waits in the engine and in the console all the same.
    """
    to = engines.notify_address()
    if not to:
        return ""
    server = engines.unchecked_desk().settings.smtp
    if not server:
        return "RECOURSE_NOTIFY is set and RECOURSE_SMTP is not: nothing was sent"
    url = make_url(server)
    mail = EmailMessage()
    mail["From"] = str(url.query.get("from") or f"recourse@{url.host}")
    mail["To"], mail["Subject"] = to, subject
    mail.set_content("\n".join([subject, "", *links, ""]))
    try:
        with smtplib.SMTP(url.host or "localhost", url.port or 25, timeout=TIMEOUT_SECONDS) as smtp:
            if url.drivername != "smtp":
                smtp.starttls()
            if url.username:
                smtp.login(url.username, str(url.password or ""))
            smtp.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        return f"the gate could not be announced to {to}: {error}"
    return ""
