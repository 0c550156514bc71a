"""The courts: a court file moves from filing to an effective judgment, and through enforcement to payment or 终本."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from recourse.legal.fees import exact
from recourse.policy.legal_values import FeeSchedule
from recourse.policy.load import shipped_values
from recourse.simulate.core import Core
from recourse.simulate.debtors import Debtors
from recourse.simulate.draws import Draws
from recourse.simulate.office import Office, OpenMatter, StageReached
from recourse.simulate.outside import Preservation
from recourse.simulate.personas import Rule
from recourse.simulate.registry import Registry
from recourse.simulate.staff import LEGAL_COUNSEL
from recourse.simulate.wallets import Planned, Wallets
from recourse.workdays import Calendar

NEXT: Mapping[str, Mapping[str, tuple[str, int, int]]] = {
    "suit": {
        "filed": ("docketed", 5, 9),
        "docketed": ("heard", 32, 55),
        "heard": ("judged", 18, 38),
        "judged": ("effective", 16, 22),
        "appealed": ("effective", 60, 90),
    },
    "payment_order": {"filed": ("issued", 8, 15), "issued": ("effective", 16, 24)},
    "mediation": {"filed": ("agreed", 6, 20), "agreed": ("effective", 8, 25)},
    "security_realisation": {
        "filed": ("docketed", 5, 9),
        "docketed": ("judged", 20, 32),
        "judged": ("effective", 10, 15),
    },
}
"""Route → stage → the next one, and how many days it takes (from, to)."""

FAILS: Mapping[tuple[str, str], tuple[str, int]] = {
    ("payment_order", "issued"): ("objected", 40),
    ("mediation", "filed"): ("no_agreement", 45),
}
"""Route and stage → how it may end instead, and how often in a hundred."""
KINDS: Mapping[str, str] = {"payment_order": "民督", "mediation": "民特"}

ENDS_FOR_NOW_DAYS = (90, 140)
SOLD_IN_DAYS = (240, 300)
"""Where there is security, a sale in three rounds comes first."""
RULINGS_DAY = 20
"""终本 rulings are fetched once a month, on the first working day from this day on."""

SCALE = "case_acceptance"


def scale_of_fees() -> FeeSchedule:
    """The scale of the shipped pack for filing a claim about property: the town's courts charge by the law."""
    *_, newest = (value for value in shipped_values("cn", f"fee.{SCALE}") if isinstance(value, FeeSchedule))
    return newest


def court_fee(scale: FeeSchedule, claim: int) -> int:
    """What filing a claim costs, halved as in the simplified procedure (诉讼费用交纳办法 16); fen, a fraction dropped."""
    return int((exact(scale, claim, {}) or 0) / 2)


class Courts:
    """All court files."""

    def __init__(
        self,
        draws: Draws,
        core: Core,
        debtors: Debtors,
        wallets: Wallets,
        preservation: Preservation,
        calendar: Calendar,
        scale: FeeSchedule,
    ) -> None:
        self._draws, self._core, self._debtors, self._wallets = draws, core, debtors, wallets
        self._preservation, self._calendar, self._scale = preservation, calendar, scale
        self._seen: set[tuple[str, str]] = set()
        self._sign_later: dict[str, date] = {}
        self._registry = Registry(draws, self._due_on, lambda account_id: core.debts[account_id].total)

    def sit(self, day: date, office: Office) -> None:
        """Move every court file on, and have counsel sign the opinions of those that ended for now."""
        reached: list[StageReached] = []
        running = sorted(office.matters(), key=lambda matter: matter.account_id)
        self._registry.work(day, office, running)
        for matter in running:
            self._first_sight(matter, day)
            stage = self._next(matter, day)
            if stage is not None:
                reached.append(stage)
        if reached:
            office.reach_stages(reached)
        ended = {stage.account_id for stage in reached if stage.stage == "ended_for_now"}
        self._opinions(ended, day, office)

    def _first_sight(self, matter: OpenMatter, day: date) -> None:
        """What a new stage brings about: costs laid out, the whole debt claimed, and debtors whom it moves."""
        account_id, stage = matter.account_id, matter.stage
        if (account_id, stage) in self._seen:
            return
        taken_over = stage != "filed" and (account_id, "filed") not in self._seen
        self._seen |= {(account_id, stage), (account_id, "filed")}
        if taken_over:
            self._core.accelerate(account_id)
        if stage == "filed" and matter.route == "payment_order":
            self._core.charge(account_id, court_fee(self._scale, self._core.debts[account_id].total) * 2 // 3)
        elif stage == "filed" and matter.route != "mediation":
            self._core.charge(account_id, court_fee(self._scale, self._core.debts[account_id].total))
        if stage == "filed":
            self._core.accelerate(account_id)
        if stage in ("filed", "judged"):
            self._debtors.moved_by(stage, account_id, day)
        elif stage == "enforcing":
            self._enforce(account_id, day)

    def _enforce(self, account_id: str, day: date) -> None:
        """The enforcement court finds something, or moves the debtor; often none of these. Security goes to a sale."""
        draws, key = self._draws, (account_id, "enforcement")
        total = self._core.debts[account_id].total
        if self._preservation.worth(account_id):
            return
        if not self._debtors.moved_by("enforcing", account_id, day, "court") and draws.chance(45, *key, "finds"):
            self._pay(
                account_id, total * draws.between(2, 30, *key, "found") // 100, day, draws.between(20, 80, *key, "days")
            )

    def _pay(self, account_id: str, amount: int, day: date, days: int) -> None:
        rule: Rule = "payoff" if amount >= self._core.debts[account_id].total else "fixed"
        self._wallets.plan(day.toordinal() + days, Planned(account_id, rule, "court", amount))

    def _next(self, matter: OpenMatter, day: date) -> StageReached | None:
        """The stage that is reached by today, if one is."""
        account_id, stage = matter.account_id, matter.stage
        key = (account_id, stage, matter.stage_on)
        if stage in ("effective", "enforcing") and not self._core.debts[account_id].total:
            return StageReached(account_id, "concluded", self._number(account_id, "执", day), day)
        if stage == "enforcing":
            days = SOLD_IN_DAYS if self._preservation.worth(account_id) else ENDS_FOR_NOW_DAYS
            waited = (day - matter.stage_on).days >= self._draws.between(*days, *key)
            fetched = day == self._calendar.this_or_next(day.replace(day=RULINGS_DAY))
            ended = StageReached(account_id, "ended_for_now", self._number(account_id, "执", day), day)
            return ended if waited and fetched else None
        on = self._due_on(matter)
        if on is None or on > day or not self._core.debts[account_id].total:
            return None
        following = _steps(matter)[stage][0]
        fails, percent = FAILS.get((matter.route, stage), ("", 0))
        if fails and self._draws.chance(percent, *key, "fails"):
            following = fails
        return StageReached(account_id, following, self._number(account_id, KINDS.get(matter.route, "民初"), day), on)

    def _due_on(self, matter: OpenMatter) -> date | None:
        """The day on which a court file moves on by itself."""
        step = _steps(matter).get(matter.stage)
        if step is None:
            return None
        key = (matter.account_id, matter.stage, matter.stage_on)
        return matter.stage_on + timedelta(days=self._draws.between(*step[1:], *key))

    def _number(self, account_id: str, kind: str, day: date) -> str:
        serial = self._draws.between(100, 29_999, account_id, kind, "court number")
        return f"（{day.year}）模9901{kind}{serial}号"

    def _opinions(self, ended: set[str], day: date, office: Office) -> None:
        """Counsel signs with the ruling in hand, a few a week later."""
        late = {key for key in ended if self._draws.chance(12, key, "opinion late")}
        self._sign_later |= {key: day + timedelta(days=7) for key in sorted(late)}
        due = {key for key, on in self._sign_later.items() if on <= day}
        for key in due:
            del self._sign_later[key]
        if signing := sorted(due | (ended - late)):
            office.sign_opinions(signing, LEGAL_COUNSEL)


def _steps(matter: OpenMatter) -> Mapping[str, tuple[str, int, int]]:
    return NEXT[matter.route if matter.route in NEXT else "suit"]
