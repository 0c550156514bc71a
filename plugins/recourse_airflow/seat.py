"""One seat of a gate as a human task. The ledger decides who may answer, and whether an answer counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowSkipException
from airflow.sdk.execution_time.hitl import HITLUser

from desk import engines
from desk.gate_text import body_of, subject_of
from recourse_airflow import api
from recourse_airflow.notify import GateNotifier

if TYPE_CHECKING:
    from airflow.sdk import Context

    from desk.inbox import GateView
    from desk.open_desk import Desk

VERDICTS = {"Approve": "approve", "Reject": "reject", "Return": "return"}
"""Option of the form → verdict. A yes that has to choose offers ``Approve: <choice>`` for each choice."""
ANSWERS = "Approve 同意 · Reject 否决 · Return 退回补充。"
SHORTEST_WAIT = timedelta(minutes=10)


def options_of(choices: Sequence[str]) -> list[str]:
    """The options of a seat's form."""
    yes = [f"Approve: {choice}" for choice in choices] or ["Approve"]
    return [*yes, "Reject", "Return"]


def verdict_of(option: str) -> tuple[str, str]:
    """Verdict and choice of an option that was chosen."""
    word, _, choice = option.partition(": ")
    return VERDICTS[word], choice


def form(*, is_list: bool) -> dict[str, Param]:
    """The fields of a seat's form; a list can leave members out."""
    fields = {"reason": Param("", type="string", title="理由 Reason", description="必填 mandatory", format="multiline")}
    if is_list:
        fields["strike"] = Param(
            "",
            type="string",
            title="剔除账户 Leave out",
            description="账号，以逗号分隔 account numbers, separated by commas",
        )
    return fields


class SeatOperator(HITLOperator):
    """Asks one seat of a gate and carries the answer to the ledger. Without `gate_id` it is the gate of the run; without
    `seat` the final approver's, if the gate has one.

    Ends *skipped* when the gate needs no answer from this seat any more (answered elsewhere, lifted to another level,
    deadline passed) or when the ledger refused the answer; why stands in the log and under the XCom key ``refused``.
    """

    template_fields: Collection[str] = ()

    def __init__(
        self, *, gate_id: str = "", seat: str = "", level: int | None = None, after: str = "",
        choices: Sequence[str] = (), **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            subject=seat or "终审 final approver", options=options_of(choices), notifiers=[GateNotifier()], **kwargs
        )
        self.gate_id, self.seat, self.level, self.after = gate_id, seat, level, after
        self.choices = choices

    def execute(self, context: Context) -> Any:
        """Show the gate as it stands now, to those who may sit, and wait."""
        from desk import inbox, steps

        desk = engines.desk()
        self._find(context)
        stand = steps.standing(desk, [self.gate_id]).get(self.gate_id)
        left = stand.left if stand is not None and stand.status == "open" else ()
        self.seat = self.seat or next(iter(steps.seats(left).final), "none")
        if stand is None or self.seat not in left:
            raise AirflowSkipException(f"seat {self.seat} has nothing to answer")
        if self.level not in (None, stand.level):
            raise AirflowSkipException(f"superseded: the gate was lifted to level {stand.level}")
        if self.seat not in steps.now(left):
            raise AirflowSkipException(f"superseded: seat {self.seat} opens when the others have agreed")
        gate = inbox.view(desk, self.gate_id)
        sitters = inbox.sitters(desk, self.gate_id).get(self.seat, ())
        self.subject = subject_of(gate, self.seat)
        self.body = body_of(gate, [self.seat], api.base_url() + api.PREFIX, self.after, ANSWERS)
        self.assigned_users = _assigned(desk, sitters)
        self.response_timeout = _wait(desk, gate)
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> dict[str, str]:
        """Carry the answer to the ledger, in the name of the user whom Airflow let in."""
        from desk import inbox
        from recourse.actors import by_airflow_user
        from recourse.errors import UserError
        from recourse.ledger.database import reading

        self._find(context)
        if "error" in event:
            self._refuse(context, f"no answer by the deadline ({event['error_type']})")
        user, given = event["responded_by_user"] or {}, event["params_input"] or {}
        desk = engines.desk()
        try:
            with reading(desk.engine) as connection:
                actor = by_airflow_user(connection, user.get("name", ""))
            verdict, choice = verdict_of(event["chosen_options"][0])
            struck = [name.strip() for name in str(given.get("strike") or "").split(",") if name.strip()]
            done = inbox.answer(
                desk, self.gate_id, actor, verdict, str(given.get("reason") or ""), choice=choice,  # type: ignore[arg-type]
                strike=struck, seat=self.seat or self._final(desk),
            )  # fmt: skip
        except UserError as error:
            self._refuse(context, str(error))
        return {"gate": self.gate_id, "seat": self.seat, "actor": actor.name, "status": done.status}

    def _find(self, context: Context) -> None:
        self.gate_id = self.gate_id or str(context["params"].get("gate") or "")

    def _final(self, desk: Desk) -> str:
        from desk import steps

        stand = steps.standing(desk, [self.gate_id]).get(self.gate_id)
        return next(iter(steps.seats(stand.left).final), "") if stand is not None else ""

    def _refuse(self, context: Context, why: str) -> None:
        context["ti"].xcom_push(key=api.REFUSED, value=f"{self.seat}: {why}")
        raise AirflowSkipException(f"the answer does not count: {why}")


def _assigned(desk: Desk, sitters: Sequence[str]) -> list[HITLUser] | None:
    """Airflow's users among those who may sit; None when Airflow knows none, and the ledger alone decides."""
    from recourse.actors import airflow_users
    from recourse.ledger.database import reading

    with reading(desk.engine) as connection:
        names = airflow_users(connection, sitters)
    ids: dict[str, str] = {}
    if names:
        with api.session() as session:
            ids = session.user_ids(sorted(names.values()))
    return [HITLUser(id=ids[user], name=user) for user in sorted(names.values()) if user in ids] or None


def _wait(desk: Desk, gate: GateView) -> timedelta | None:
    """Time until the end of the gate's last day in the bank's zone; None when the ledger's days are only played."""
    if desk.settings.is_demo:
        return None
    return left_until_end_of(gate.due_on, datetime.now(desk.settings.zone))


def left_until_end_of(day: date, now: datetime) -> timedelta:
    """Time until a day ends in the zone of `now`; a short while for a day that is over."""
    return max(datetime.combine(day, time.max, now.tzinfo) - now, SHORTEST_WAIT)
