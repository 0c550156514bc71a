"""One account at one gate: a flow run that asks people and then does what they approved.

**What.** One run for each gate that waits. It shows the evidence, asks for an answer on a form that bears a one-time code,
suspends, hears the answer in the ledger, asks again until the gate is answered; then it claims, acts and keeps the receipt.
Opened by `portfolio_day` and `reconcile`, never by hand.

**Owner.** Legal and asset preservation answer; collections operations watch.

**At night.** Nothing has to be done at night: a gate waits, its deadline lifts it a level, nothing is approved by time. A
failed run may be retried, a crashed one is finished by `reconcile`: an effect has a key and is not done twice.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from prefect import flow, get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from desk import engines, forms, inbox, steps
from desk.announcing import announce
from desk.gate_text import subject_of
from desk.steps import Standing
from flows import asking
from flows.alive import alive
from flows.desks import TRIED, desk
from flows.runs import ACCOUNT_STEP, SUPERSEDED, runs
from recourse.codes import Heard


@flow(name=ACCOUNT_STEP, description=__doc__)
def account_step(account: str, node: str, gate: str, level: int, n: int = 1) -> State[Any]:
    """Ask for a gate, as it stands at a level, until it is answered; then act. `n` numbers the gate's runs.

    After each answer this runs again from its first line. What an answer came to is kept in the ledger under the name of
    its form, so that it counts once.
    """
    with alive(desk()):
        told, number = "", 0
        while True:
            form = f"prefect/{flow_run.get_id()}/{number}"
            known = forms.heard(desk(), form, gate)
            if known is None:
                why_over = steps.why_over(_standing(gate), level)
                if why_over:
                    return _end(gate, why_over)
                known = _ask(gate, form, number, told)
            told, number = known.refused, number + 1


def _ask(gate: str, form: str, number: int, told: str) -> Heard:
    """Suspend until a person has resumed the run with an answer; the process ends meanwhile, and another comes here again."""
    key = f"answer-{number}"
    shown = key in _suspended_for()
    asked = look(gate, told, shown=shown, first=number == 0)
    given = suspend_flow_run(wait_for_input=asked, key=key)
    found: Heard = hear(form, gate, given)
    return found


def _suspended_for() -> Collection[str]:
    """The forms that this run has suspended for, in the processes before this one."""
    context = FlowRunContext.get()
    run = context.flow_run if context is not None else None
    return (run.empirical_policy.pause_keys or ()) if run is not None else ()


@task(name="出示 show", **TRIED)
def look(gate: str, told: str, *, shown: bool, first: bool) -> type[RunInput]:
    """The form that asks for an answer to the gate. What is asked is shown, and the `first` time announced, unless it was
    `shown` before."""
    view = inbox.view(desk(), gate)
    if not shown:
        create_markdown_artifact(
            asking.artifact_of(desk(), view), key=f"gate-{gate[:12]}", description=subject_of(view)
        )
    if first and not shown:
        why_not = announce(subject_of(view, *steps.now(view.waiting_for)), f"{engines.console_url()}/gates/{gate}")
        if why_not:
            get_run_logger().warning(why_not)
    return asking.form_of(view, told, guessed=forms.is_guessed(desk(), gate))


@task(name="表决入账 hear", **TRIED)
def hear(form: str, gate: str, given: RunInput) -> Heard:
    """Carry the answer to the ledger, which says whether it counts."""
    found = forms.hear(desk(), form, gate, asking.answer_on(given))
    if found.refused:
        get_run_logger().warning("the answer does not count: %s", found.refused)
    return found


def _end(gate: str, why_over: str) -> State[Any]:
    """Act on what was approved; the state's name says what the gate came to."""
    stand = _standing(gate)
    status = stand.status if stand is not None else "gone"
    with runs() as known:
        known.tag(flow_run.get_id(), asking.retagged(flow_run.get_tags(), status))
    if status == "approved":
        return _acted(gate)
    name = SUPERSEDED if status in ("open", "gone") else status.capitalize()
    return Completed(name=name, message=why_over)


def _acted(gate: str) -> State[Any]:
    counts = act(gate)
    if counts is None:
        return Completed(name="Approved", message="no business day is open: it goes out on the next one")
    troubled = steps.troubled(desk(), gate)
    if troubled:
        return Failed(name="ActFailed", message="; ".join(troubled))
    return Completed(name="Done", message=", ".join(f"{what} {count}" for what, count in counts.items() if count))


@task(name="执行 claim · act · receipt", **TRIED)
def act(gate: str) -> dict[str, int] | None:
    """Claim, act and keep the receipts of what the gate approved. Safe to run twice: effects have keys."""
    done = steps.act(desk(), gate)
    return None if done is None else msgspec.structs.asdict(done)


def _standing(gate: str) -> Standing | None:
    return steps.standing(desk(), [gate]).get(gate)
