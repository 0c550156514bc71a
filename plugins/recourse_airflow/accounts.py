"""Who can sign in to Airflow under FAB before anybody has: ``python -m recourse_airflow.accounts``. Safe to repeat.

An administrator, Recourse's own user, and the role `GateApprover` for people who answer gates and do nothing else.
"""

from __future__ import annotations

import os
import sys
from typing import Any

APPROVER = "GateApprover"
GATED = ("account_step", "write_off_month")
"""DAGs with human tasks. FAB lets nobody answer one without *edit* on its DAG; these two are all that the role gets."""
READS = ("DAGs", "DAG Runs", "Task Instances", "Task Logs", "HITL Detail", "Website")
MENUS = ("DAGs", "HITL Detail")


def main() -> None:
    """Make what is missing; the service's password becomes the environment's."""
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        manager = builder.sm
        environment = os.environ
        admin = environment.get("AIRFLOW_ADMIN_USER") or "admin"
        mail = environment.get("AIRFLOW_ADMIN_EMAIL") or f"{admin}@bank.example"
        _user(manager, admin, ("Airflow", "Administrator", mail), "Admin", environment["AIRFLOW_ADMIN_PASSWORD"])
        service = environment["RECOURSE_AIRFLOW_USER"]
        names = ("Recourse", "Service", f"{service}@bank.example")
        user = _user(manager, service, names, "User", environment["RECOURSE_AIRFLOW_PASSWORD"])
        manager.reset_password(user.id, environment["RECOURSE_AIRFLOW_PASSWORD"])
        _approver(manager)


def _user(manager: Any, name: str, person: tuple[str, str, str], role: str, password: str) -> Any:
    found = manager.find_user(name)
    if found is None:
        found = manager.add_user(name, *person, manager.find_role(role), password=password)
        if not found:
            sys.exit(f"accounts: user {name!r} was not made; is {person[2]!r} somebody else's address?")
    return found


def _approver(manager: Any) -> None:
    role = manager.find_role(APPROVER) or manager.add_role(APPROVER)
    wanted = [("can_read", resource) for resource in READS]
    wanted += [("menu_access", resource) for resource in MENUS]
    wanted += [("can_edit", "HITL Detail"), *(("can_edit", f"DAG:{dag}") for dag in GATED)]
    for action, resource in wanted:
        manager.add_permission_to_role(role, manager.create_permission(action, resource))


if __name__ == "__main__":
    main()
