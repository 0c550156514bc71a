"""The decision: given the facts, the ladder, the policy and the day, what happens to a case and why.

Pure, total and deterministic: reads nothing, writes nothing, never raises on facts. Sound: on every day between today
and `wake_on`, with unchanged facts, it says the same, because each test that does not hold yet names the first day on
which it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

import msgspec

from recourse import watch
from recourse.buckets import scheme_of
from recourse.casefile import CaseFile
from recourse.clocks import Alarm, Alarms, alarm_steps, alarms
from recourse.conditions import Moment
from recourse.days import later, sooner
from recourse.debtor_measures import evading
from recourse.ending import arrears_cleared, ending
from recourse.events import Reason, Step
from recourse.facts import Facts
from recourse.grading import grader
from recourse.ladder import ActClass, Ladder, Node, Speed
from recourse.policy.book import Policy
from recourse.policy.values import Gap
from recourse.position import NOTHING_TAKEN, moves_on, position
from recourse.presence import present
from recourse.rungs import CompiledClause, Rung, allowed_on, open_on, outlook, seen

UNKNOWN_HOLD_STOPS = frozenset({ActClass.CONTACT.value, ActClass.ADVERSE.value})
PAID_STOPS = frozenset({*UNKNOWN_HOLD_STOPS, ActClass.PROTECTIVE.value})
"""What is paid is not asked for, and there is no right left to keep; what is within the bank goes on (a withdrawal)."""
RECALL_FIRST = "recall_first"
"""Reason: a clock is about to end while the debt lies with an agency, which is called back for it."""
NO_ALARMS: Alarms = ((), None, None)
CALLS_NOTHING_BACK = frozenset({"placed", "parked"})
"""Brakes under which what runs goes on: where it lies is why, or nobody has looked at it yet."""
LEASES = frozenset({"placed", "recall_pending"})
"""Brakes of a debt that lies with an agency: nothing that hurts goes out beside it, whatever clock runs; it is called back."""
HOW = {Speed.BULK: "queued", Speed.LIST: "list", Speed.CASE: "gate"}

Way = tuple[Rung, tuple[CompiledClause, ...]]
"""A rung, and the clauses by which it may be entered from where a case stands."""

Ways = tuple[tuple[str, Gap, tuple[Way, ...], int, bool], ...]
"""By track, with its gap: the ways that are open, never none; the place of the last; whether any presses."""

Brake = tuple[str, date | None]
"""A brake in force: its kind and the last day it holds (None = until a person or a fact lifts it)."""


class Decision(msgspec.Struct, frozen=True):
    """What a day says of a case. `end` closes the episode; `recalls` are open visits to be called back, with the cause.

    `alarms`: clocks whose end is near and was not told yet. `lost_on`: the last day of the right that is lost next.
    """

    steps: tuple[Step, ...] = ()
    expired: tuple[str, ...] = ()
    recalls: tuple[tuple[str, str], ...] = ()
    end: str = ""
    reasons: tuple[Reason, ...] = ()
    grade: str = ""
    wake_on: date | None = None
    alarms: tuple[Alarm, ...] = ()
    lost_on: date | None = None

    @property
    def idle(self) -> bool:
        return not (self.steps or self.expired or self.recalls or self.end)


def decide(facts: Facts, ladder: Ladder, policy: Policy, today: date) -> Decision:
    """The decision of `today` on one case. Total: any facts give a decision."""
    return judge(ladder, policy).decide(facts, today)


def blocked_by(judged: Judge, facts: Facts, name: str, today: date, weighed: str = "") -> str:
    """The brake that stops acting on a node at this moment ("" = none): judged again when an act is claimed.

    `weighed`: what the gate that agreed to the act was urgent about. An old balance stops an act unless people weighed it.
    """
    return judged.blocking(facts, name, today, weighed)


def braked_by(judged: Judge, facts: Facts, name: str, today: date) -> str:
    """As :func:`blocked_by`, whatever the age of the balance: judged when an act that has begun goes on (a dial)."""
    return judged.braked(facts, name, today)


@lru_cache(maxsize=1024)
def judge(ladder: Ladder, policy: Policy) -> Judge:
    """The compiled form of a ladder under a policy; compiled once, used for every case of the day."""
    return Judge(ladder, policy)


class Judge:
    """A ladder compiled under a policy."""

    def __init__(self, ladder: Ladder, policy: Policy) -> None:
        self.ladder, self.policy = ladder, policy
        self.grader = grader(policy)
        self.numbers, self.alarm_steps, self.scheme = (
            policy.numbers,
            alarm_steps(policy.numbers),
            scheme_of(policy.numbers),
        )
        self.tracks: list[tuple[str, Gap, list[Rung]]] = []
        self.track_of: dict[str, str] = {node.name: node.track for node in ladder.nodes}
        self.rung_of: dict[str, Rung] = {}
        self._ways_known: dict[tuple[frozenset[str], int], Ways] = {}
        for track, nodes in ladder.tracks.items():
            worked = [node for node in nodes if not node.drawn and node.name in policy.entries]
            rungs = [Rung(node, place, ladder, policy) for place, node in enumerate(worked)]
            self.rung_of.update({rung.node.name: rung for rung in rungs})
            if rungs:
                self.tracks.append((track, policy.gaps.get(track) or Gap(track, 1), rungs))

    def decide(self, facts: Facts, today: date) -> Decision:
        """See :func:`decide`."""
        file = facts.file
        if file.end:
            return Decision(grade=file.grade)
        grade, regrade_on = self.grader.grade(facts, today)
        end, paid = ending(facts, today)
        brakes = self._brakes(facts, today, paid)
        recalls = self._recalls(file, brakes, end, today)
        if end:
            why = (Reason(end, seen=f"owed={facts.owed}"),)
            return Decision(recalls=recalls, end=end, reasons=why, grade=grade, wake_on=later(today, 1))
        moment = Moment(facts, today, grade, self.numbers, self.scheme)
        told = NO_ALARMS if paid else alarms(facts, moment.clocks, self.alarm_steps, today)
        ahead = sooner(regrade_on, watch.look_again_on(file, self.numbers, today))
        return self._climb(facts, today, moment, ahead, told, brakes, recalls)

    def _brakes(self, facts: Facts, today: date, paid: bool) -> list[Brake]:
        """Every brake in force today."""
        file = facts.file
        brakes = [
            (hold.kind, hold.until_on)
            for hold in file.holds.values()
            if hold.from_on <= today and (hold.until_on is None or today <= hold.until_on)
        ]
        if paid:
            brakes.append(("paid", None))
        elif arrears_cleared(facts, today):
            brakes.append(("arrears_cleared", None))
        if file.pool and file.cut_off_on is not None and file.cut_off_on <= today:
            brakes.append(("pooled", None))
        if file.insurer == "paid":
            brakes.append(("subrogated", None))
        until = watch.pauses_until(file, self.numbers) if file.promises else None
        if until is not None and today <= until:
            brakes.append(("promise", until))
        if file.arrangement:
            brakes.append(("arrangement", None))
        if file.placement:
            brakes.append(("recall_pending" if file.recall_pending else "placed", None))
        return brakes

    def blocking(self, facts: Facts, name: str, today: date, weighed: str = "") -> str:
        """See :func:`blocked_by`."""
        braked = self.braked(facts, name, today)
        if braked:
            return braked
        stale = self._stale(facts, self.ladder.by_name[name], today)
        if stale is None or (stale.rule and stale.rule in weighed and self._agreed(facts, name, today)):
            return ""
        return stale.code

    def _agreed(self, facts: Facts, name: str, today: date) -> bool:
        """Whether people agreed to an act that keeps a right, with the brake before their eyes that stood against it."""
        visit = facts.file.visits.get(name)
        if visit is None or not visit.gate_id:
            return False
        return self.ladder.by_name[name].act_class is ActClass.PROTECTIVE or self._is_red(facts, name, today)

    def _is_red(self, facts: Facts, name: str, today: date) -> bool:
        """Whether the clock that an act serves is about to end: whatever its class, it keeps a right then."""
        rung = self.rung_of.get(name)
        if rung is None or rung.clock is None:
            return False
        return rung.clock(facts, today, Moment(facts, today, facts.file.grade, self.numbers, self.scheme)).holds

    def collision(self, facts: Facts, name: str, today: date) -> str:
        """What people have to weigh against the clock that an act serves: a brake, or the age of the balance ("" = nothing,
        or what no clock stands against)."""
        rung = self.rung_of.get(name)
        if rung is None or not rung.node.gated or not self._is_red(facts, name, today):
            return ""
        _, paid = ending(facts, today)
        braked = [kind for kind, _ in self._brakes(facts, today, paid) if self._blocks(rung, kind)]
        if any(self._binds(kind) or kind in LEASES for kind in braked):
            return ""
        stale = self._stale(facts, rung.node, today)
        against = rung.blockers.get(braked[0], braked[0]) if braked else stale.rule if stale else ""
        return f"{against} against {rung.rule}" if against else ""

    def braked(self, facts: Facts, name: str, today: date) -> str:
        """See :func:`braked_by`. A brake that the decision overrode through an urgent gate does not stop its act."""
        end, paid = ending(facts, today)
        if end or (paid and self.ladder.by_name[name].act_class.value in PAID_STOPS):
            return "paid"
        stops = [kind for kind, _ in self._brakes(facts, today, paid) if kind != "paid" and self._stops(name, kind)]
        if stops and self._agreed(facts, name, today):
            stops = [kind for kind in stops if self._binds(kind) or kind in LEASES]
        return stops[0] if stops else ""

    def _recalls(self, file: CaseFile, brakes: Sequence[Brake], end: str, today: date) -> tuple[tuple[str, str], ...]:
        over = "term" if file.leased_until is not None and file.leased_until < today else ""
        found = []
        for name, visit in file.visits.items():
            if visit.state != "open" or name not in self.track_of or not self.ladder.by_name[name].recall_on_brake:
                continue
            cause = end or next((kind for kind, _ in brakes if self._calls_back(name, kind)), over)
            if cause:
                found.append((name, cause))
        return tuple(found)

    def _calls_back(self, name: str, hold: str) -> bool:
        """Whoever holds a debt contacts its debtor: what stops contact calls it back too, but for a promise that runs."""
        if hold in CALLS_NOTHING_BACK:
            return False
        return self._stops(name, hold) or (hold != "promise" and ActClass.CONTACT.value in self._stopped_by(hold))

    def _stops(self, name: str, hold: str) -> bool:
        rung = self.rung_of.get(name)
        if rung is not None:
            return self._blocks(rung, hold)
        return self.ladder.by_name[name].act_class.value in self._stopped_by(hold)

    def _stopped_by(self, hold: str) -> Iterable[str]:
        known = self.policy.brakes.get(hold)
        if known is not None:
            return known[1].stops
        return PAID_STOPS if hold == "paid" else UNKNOWN_HOLD_STOPS

    def _climb(
        self, facts: Facts, today: date, moment: Moment, wake_on: date | None, told: Alarms, brakes: list[Brake],
        recalls: tuple[tuple[str, str], ...],
    ) -> Decision:  # fmt: skip
        file = facts.file
        floors, last, expired, lapse_on = position(file, today, recalls, self.track_of, self.rung_of)
        steps: list[Step] = []
        reasons: list[Reason] = [Reason("expired", seen=name) for name in expired]
        reasons += [Reason("recall", seen=f"{name}: {cause}") for name, cause in recalls]
        wake_on = sooner(sooner(wake_on, told[1]), sooner(lapse_on, moves_on(file, today)))
        evades = evading(facts, today)
        for track, gap, ways, top, presses in self._ways(frozenset(file.visits), present(facts)):
            floor, yielding = floors.get(track, NOTHING_TAKEN)
            if floor >= top and not presses:
                continue
            latest = last.get(track)
            free_on = today if latest is None else later(latest, gap.of(moment.grade, evades))
            wanted, soonest = self._wanted(facts, today, moment, ways, floor, free_on, reasons)
            wake_on = sooner(wake_on, soonest)
            for rung, clause in wanted:
                step, until = self._try(facts, today, moment, rung, clause, brakes, reasons)
                wake_on = sooner(wake_on, until)
                if step is not None:
                    steps.append(step)
                    expired += (yielding,) if yielding and rung.place > floor else ()
                    break
        if not recalls and any(reason.code == RECALL_FIRST for reason in reasons):
            recalls = self._recalls(file, [("clock", None)], "", today)
        if steps or expired or recalls:
            wake_on = later(today, 1)
        due, _, lost_on = told
        return Decision(tuple(steps), expired, recalls, "", tuple(reasons), moment.grade, wake_on, due, lost_on)

    def _ways(self, visited: frozenset[str], there: int) -> Ways:
        """What the visited nodes, and what is there at all, leave to be entered; worked out once for each such case."""
        known = self._ways_known.get((visited, there))
        if known is None:
            found = []
            for track, gap, rungs in self.tracks:
                open_ones = [(rung, rung.open_clauses(visited, there)) for rung in rungs]
                ways = tuple(way for way in open_ones if way[1])
                if ways:
                    found.append((track, gap, ways, ways[-1][0].place, any(rung.presses for rung, _ in ways)))
            known = self._ways_known[visited, there] = tuple(found)
        return known

    def _wanted(
        self, facts: Facts, today: date, moment: Moment, ways: tuple[Way, ...], floor: int, free_on: date,
        reasons: list[Reason],
    ) -> tuple[list[tuple[Rung, CompiledClause]], date | None]:  # fmt: skip
        """Rungs of a track that may be entered today, new ones first; and the first day on which another might be."""
        new: list[tuple[Rung, CompiledClause]] = []
        again: list[tuple[Rung, CompiledClause]] = []
        soonest: date | None = None
        visits = facts.file.visits
        for rung, clauses in ways:
            if rung.place <= floor:
                if not rung.presses:
                    continue
                clauses = tuple(clause for clause in clauses if clause[2])
            visit = visits.get(rung.name)
            may_on = free_on if visit is None else open_on(rung, facts, visit, free_on, moment.grade)
            if may_on is not None and rung.requires:
                may_on = allowed_on(rung, facts, visits, may_on)
            if may_on is None:
                continue
            for clause in clauses:
                holds, on = outlook(clause, facts, today, moment, rung, reasons)
                if holds:
                    if may_on <= today:
                        (again if visit else new).append((rung, clause))
                        break
                    on = may_on
                if on is not None:
                    on = max(on, may_on)
                    soonest = on if soonest is None or on < soonest else soonest
        return new + again, soonest

    def _try(
        self, facts: Facts, today: date, moment: Moment, rung: Rung, clause: CompiledClause, brakes: list[Brake],
        reasons: list[Reason],
    ) -> tuple[Step | None, date | None]:  # fmt: skip
        """The step into a rung, or the brake that stops it and the day after which to ask again."""
        node = rung.node
        n = (facts.file.visits[node.name].n + 1) if node.name in facts.file.visits else 1
        red = rung.clock is not None and rung.clock(facts, today, moment).holds
        urgent = "clock" if red else ""
        braked = [(kind, until) for kind, until in brakes if self._blocks(rung, kind)]
        if braked:
            binding = [(kind, until) for kind, until in braked if self._binds(kind)]
            leased = [kind for kind, _ in braked if kind in LEASES]
            kind, _ = (binding or braked)[0]
            rule = rung.blockers.get(kind, "")
            if binding or leased or not red:
                reasons.append(Reason(f"brake:{kind}", rule, node.name))
                if red and not binding:
                    if "placed" in leased:
                        reasons.append(Reason(RECALL_FIRST, rung.rule, node.name))
                    return None, None
                return None, sooner(_after(braked), self._collides_on(facts, today, moment, rung, binding))
            urgent = f"{rule or kind} against {rung.rule}"
        stale = self._stale(facts, node, today)
        if stale and not red:
            reasons.append(stale)
            again = None if facts.balance_as_of is None else later(today, 1)
            return None, sooner(again, self._collides_on(facts, today, moment, rung, []))
        urgent = f"{stale.rule} against {rung.rule}" if stale else urgent
        reasons.append(Reason(f"enter:{node.name}", rung.rule, seen(clause[0], facts, today, self.numbers)))
        how = "gate" if urgent and node.gated else HOW[node.speed]
        return Step(node.name, n, how, urgent=urgent), None

    def _blocks(self, rung: Rung, kind: str) -> bool:
        return kind in rung.blockers or (
            kind not in self.policy.brakes and rung.node.act_class.value in self._stopped_by(kind)
        )

    def _binds(self, kind: str) -> bool:
        """Whether no clock stands against a brake: a true legal stay, and a debt that is paid."""
        known = self.policy.brakes.get(kind)
        return kind == "paid" or (known is not None and known[1].legal_stay)

    def _collides_on(self, facts: Facts, today: date, moment: Moment, rung: Rung, binding: list[Brake]) -> date | None:
        """The day on which an act that is braked today may meet its clock, so that a person has to choose, or that a debt
        which lies with an agency has to be called back."""
        if rung.clock is None:
            return None
        view, free_on = rung.clock(facts, today, moment), _after(binding)
        red_on = today if view.holds else view.on
        if red_on is None or (binding and free_on is None):
            return None
        return red_on if free_on is None else max(red_on, free_on)

    def _stale(self, facts: Facts, node: Node, today: date) -> Reason | None:
        """The brake `balance_stale`: what we claim must be what the core said recently enough for this class of act."""
        known = self.policy.freshness.get(node.act_class.value)
        if known is None or node.name in known[1].needs_none:
            return None
        source, fresh = known
        if facts.balance_as_of is None:
            return Reason("missing:balance", source.rule, node.name)
        if (today - facts.balance_as_of).days > fresh.at_most_days:
            return Reason("brake:balance_stale", source.rule, node.name)
        return None


def _after(brakes: Sequence[Brake]) -> date | None:
    """The first day on which none of these brakes holds any more; None while the calendar alone lifts not all."""
    ends = [until for _, until in brakes if until is not None]
    return later(max(ends), 1) if ends and len(ends) == len(brakes) else None
