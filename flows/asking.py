"""What a gate's run shows and asks: tags, the artifact, and the form with its one-time code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from prefect.input import RunInput
from pydantic import Field, create_model

from desk import steps
from desk.account_page import account_page
from desk.engines import console_url
from desk.forms import Form
from desk.gate_text import body_of, subject_of, table
from desk.inbox import GateView
from desk.open_desk import Desk
from desk.steps import Step
from flows.runs import OURS, gate_tag

GATE = "gate:"
SAYS_SOMETHING = r"\S"
CODE = "在控制台本门页面或用 recourse gates code 领取 from the gate's page in the console, or recourse gates code"
GUESSED = "有人在猜测代码 Somebody is guessing codes for this gate"


def form_of(gate: GateView, told: str, *, guessed: bool) -> type[RunInput]:
    """The form of a gate as it stands now. Nothing is filled in: an empty form is no answer.

    `told`: why the answer before did not count.
    """
    fields: dict[str, Any] = {
        "code": (str, Field(title="一次性代码 One-time code", description=CODE, min_length=10, max_length=20)),
        "verdict": (
            Literal["approve", "reject", "return"],
            Field(title="意见 Verdict", description="approve 同意 · reject 否决 · return 退回补充"),
        ),
        "reason": (str, Field(title="理由 Reason", pattern=SAYS_SOMETHING, max_length=4000)),
    }
    if gate.choices:
        chosen = Literal[("", *gate.choices)]  # type: ignore[valid-type]  # the node's choices, known when it runs
        what = "同意时必选 a yes has to choose"
        fields["choice"] = (chosen, Field("", title="选择 Choice", description=what))
    if gate.kind == "list":
        how = "账号，以逗号分隔 account numbers, separated by commas"
        fields["strike"] = (str, Field("", title="剔除账户 Leave out", description=how))
    form: type[RunInput] = create_model("Answer", __base__=RunInput, **fields)
    form = form.with_initial_data(description=shown(gate, told, guessed=guessed))
    return form


def answer_on(form: RunInput) -> Form:
    """What a person wrote on a form."""
    given = form.model_dump()
    strike = [name.strip() for name in str(given.get("strike") or "").split(",") if name.strip()]
    return Form(given["code"], given["verdict"], given["reason"], given.get("choice") or "", strike)


def shown(gate: GateView, told: str = "", *, guessed: bool = False) -> str:
    """A gate as Markdown: above the form, and in the run's artifact."""
    seats = steps.now(gate.waiting_for)
    warning = f"> **{GUESSED}**\n\n" if guessed else ""
    return f"## {subject_of(gate, *seats)}\n\n{warning}{body_of(gate, seats, console_url(), told)}"


def artifact_of(desk: Desk, gate: GateView) -> str:
    """What operations read beside a run: the gate, and of an account why it stands here and which clocks run."""
    parts = [shown(gate)]
    if gate.account:
        found = account_page(desk, gate.account).found
        why = [(each.on.isoformat(), each.node, each.seen, each.citation or each.rule) for each in found.stands_because]
        parts.append(table(("何时 When", "节点 Node", "因何 Because", "依据 Rule"), why))
        clocks = [(clock.what, clock.ends_on.isoformat(), str(clock.days_left)) for clock in found.clocks]
        parts.append(table(("期限 Clock", "届满 Ends", "余日 Days left"), clocks))
    else:
        parts.append(table(("账户 Account", "状态 State"), gate.members))
    return "\n\n".join(parts)


def tags_of(step: Step, grade: str) -> list[str]:
    """The tags of an open gate's run: node, grade (of an account), state, and the gate itself."""
    graded = [f"grade:{grade}"] if grade else []
    return [OURS, f"node:{step.node}", *graded, gate_state("open"), gate_tag(step.gate_id)]


def retagged(tags: Sequence[str], status: str) -> list[str]:
    """A run's tags when its gate has come to a status."""
    return [*(tag for tag in tags if not tag.startswith(GATE)), gate_state(status)]


def gate_state(status: str) -> str:
    """The tag that tells what a run's gate has come to."""
    return f"{GATE}{status}"
