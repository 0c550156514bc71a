"""The book of all rules, and the policy that holds on one day.

Statute and regulation bind by the day; the bank's own strategy (entries, gaps, grading, plans of `bank_internal` level) is
pinned to the day a case was opened under. Values change rarely, so the policies of two days are the same object
whenever they select the same values.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

import msgspec
from pydantic import ValidationError

from recourse import measures
from recourse.canonical import digest, encode
from recourse.errors import UserError
from recourse.policy import values as v
from recourse.policy.debtor_values import Buckets, Plan
from recourse.policy.resolve import Family, Held, family, resolve
from recourse.policy.resolve import Sourced as Sourced
from recourse.policy.schema import BindingLevel, Rule, State, Value
from recourse.policy.strictness import together
from recourse.policy.text import read_yaml

PINNED = frozenset({"entry", "gap", "grading", "buckets", "scorecard", "plan"})

K = TypeVar("K", bound=v.Strictly)


class Policy(msgspec.Struct, frozen=True, dict=True, eq=False):
    """Everything in force for one jurisdiction, product and day; `hash` names it in every decision."""

    jurisdiction: str
    product: str
    hash: str
    sourced: tuple[tuple[str, Sourced], ...]
    """What holds, by kind: one value a rule, or all values of a rule whose kind holds all together."""
    matched: tuple[tuple[str, tuple[Sourced, ...]], ...] = ()
    """All that matched, by rule, the winner first."""

    def of(self, kind: str, cls: type[K]) -> list[tuple[Sourced, K]]:
        """All values of one kind that are switched on, each with its source."""
        return [
            (source, source.value)
            for k, source in self.sourced
            if k == kind and source.state is not State.DISABLED and isinstance(source.value, cls)
        ]

    def matches(self, rule: str) -> tuple[Sourced, ...]:
        """Everything that matched under a rule id, the winner first; none when nothing is known for the day."""
        return self._matched.get(rule, ())

    @cached_property
    def _matched(self) -> Mapping[str, tuple[Sourced, ...]]:
        return dict(self.matched)

    @cached_property
    def entries(self) -> Mapping[str, tuple[Sourced, v.Entry]]:
        return {entry.node: (source, entry) for source, entry in self.of("entry", v.Entry)}

    @cached_property
    def gaps(self) -> Mapping[str, v.Gap]:
        return {gap.track: gap for _, gap in self.of("gap", v.Gap)}

    @cached_property
    def braking(self) -> Mapping[str, tuple[tuple[Sourced, v.Brake], ...]]:
        """Every brake that answers to a hold, the strictest first: an act is stopped if one of them stops it."""
        found: dict[str, tuple[tuple[Sourced, v.Brake], ...]] = {}
        for source, brake in self.of("brake", v.Brake):
            found[brake.hold] = (*found.get(brake.hold, ()), (source, brake))
        return found

    @cached_property
    def brakes(self) -> Mapping[str, tuple[Sourced, v.Brake]]:
        """By hold: what all its brakes stop together, with the strictest as the source."""
        return {hold: (all_of[0][0], together([brake for _, brake in all_of])) for hold, all_of in self.braking.items()}

    @cached_property
    def freshness(self) -> Mapping[str, tuple[Sourced, v.Freshness]]:
        return {fresh.act_class: (source, fresh) for source, fresh in self.of("freshness", v.Freshness)}

    @cached_property
    def bands(self) -> tuple[v.Band, ...]:
        return tuple(band for _, grading in self.of("grading", v.Grading) for band in grading.bands)

    @cached_property
    def quiet_hours(self) -> list[tuple[Sourced, v.QuietHours]]:
        return self.of("quiet_hours", v.QuietHours)

    @cached_property
    def caps(self) -> list[tuple[Sourced, v.ContactCap]]:
        return self.of("contact_cap", v.ContactCap)

    @cached_property
    def pauses(self) -> list[tuple[Sourced, v.ContactPause]]:
        return self.of("contact_pause", v.ContactPause)

    @cached_property
    def bars(self) -> Mapping[str, list[tuple[Sourced, v.ContactBar]]]:
        """What refuses a contact, by the fact that it needs."""
        found: dict[str, list[tuple[Sourced, v.ContactBar]]] = {}
        for source, bar in self.of("contact_bar", v.ContactBar):
            found.setdefault(bar.when, []).append((source, bar))
        return found

    @cached_property
    def authority(self) -> Mapping[str, tuple[Sourced, v.Authority]]:
        return {row.action: (source, row) for source, row in self.of("authority", v.Authority)}

    @cached_property
    def materiality(self) -> Mapping[str, tuple[str, ...]]:
        return {row.action: row.voids for _, row in self.of("materiality", v.Materiality)}

    @cached_property
    def tiers(self) -> Mapping[str, v.Tiers]:
        return {row.currency: row for _, row in self.of("tiers", v.Tiers)}

    @cached_property
    def up(self) -> Mapping[str, str]:
        return {low: high for _, levels in self.of("levels", v.Levels) for low, high in levels.up.items()}

    @cached_property
    def criteria(self) -> list[tuple[Sourced, v.Criterion]]:
        return self.of("criterion", v.Criterion)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Role → its Chinese title."""
        return {role: zh for _, roles in self.of("roles", v.Roles) for role, zh in roles.zh.items()}

    @cached_property
    def packets(self) -> Mapping[str, tuple[Sourced, v.PacketList]]:
        """The items of each kind of packet."""
        return {each.packet: (source, each) for source, each in self.of("packet_list", v.PacketList)}

    @cached_property
    def grounds(self) -> Mapping[str, tuple[Sourced, v.Ground]]:
        """Grounds on which a claim may end for good, by name."""
        return {ground.name: (source, ground) for source, ground in self.of("ground", v.Ground)}

    @cached_property
    def duties(self) -> Mapping[str, tuple[Sourced, v.Duty]]:
        """Who may do what without a gate, by duty."""
        return {duty.duty: (source, duty) for source, duty in self.of("duty", v.Duty)}

    @cached_property
    def hardships(self) -> Mapping[str, tuple[Sourced, v.HardshipCause]]:
        """Causes of hardship with the papers that each wants."""
        return {each.cause: (source, each) for source, each in self.of("hardship_cause", v.HardshipCause)}

    @cached_property
    def eligibility(self) -> tuple[Sourced, v.Eligibility] | None:
        """What may be sold in bulk; None while no rule allows it."""
        return next(iter(self.of("eligibility", v.Eligibility)), None)

    @cached_property
    def plan_floor(self) -> tuple[Sourced, v.PlanFloor] | None:
        """The least that an arrangement must bring; None while no rule says it."""
        return next(iter(self.of("plan_floor", v.PlanFloor)), None)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Single numbers by rule id, those by which the M stages of this policy are counted (`recourse.buckets`), and how old
        a balance may be, by class of act."""
        numbers = {source.rule: number.number for source, number in self.of("number", v.Number)}
        numbers |= {f"freshness.{name}": fresh.at_most_days for name, (_, fresh) in self.freshness.items()}
        for _, stages in self.of("buckets", Buckets):
            numbers |= stages.numbers()
        return numbers

    def plan_for(self, grade: str, cause: str) -> tuple[Sourced, Plan] | None:
        """The initial plan of a grade and a cause: one that names the cause before one that names none."""
        return self._plans.get((grade, cause)) or self._plans.get((grade, ""))

    @cached_property
    def _plans(self) -> Mapping[tuple[str, str], tuple[Sourced, Plan]]:
        return {
            (grade, cause): (source, plan)
            for source, plan in self.of("plan", Plan)
            for grade in plan.grades
            for cause in plan.causes or ("",)
        }

    @cached_property
    def citations(self) -> Mapping[str, str]:
        return {source.rule: source.citation for _, source in reversed(self.sourced)}

    def number(self, rule: str) -> int:
        """A number by rule id; a pack without it cannot be used."""
        try:
            return self.numbers[rule]
        except KeyError:
            raise UserError(f"no rule {rule!r} in force", where=self.jurisdiction, mend="add it to the pack") from None

    def tier_of(self, currency: str, exposure: int) -> str:
        """Authority tier of an exposure in minor units; a currency without a table is the highest tier."""
        table = self.tiers.get(currency)
        if table is None:
            return "T4"
        for name, bound in zip(table.names, table.bounds, strict=False):
            if exposure <= bound:
                return name
        return table.names[-1]


class PolicyBook:
    """All rules of all jurisdictions, checked when built."""

    def __init__(self, rules: Iterable[tuple[str, Rule]]) -> None:
        """`rules` by place, whose first part is the jurisdiction; a rule that the bank holds in all stands under each."""
        self._policies: dict[tuple[str, str, tuple[tuple[str, tuple[int, ...]], ...]], Policy] = {}
        self._by_span: dict[tuple[int, str, str, int], Policy] = {}
        held: dict[str, dict[str, list[Held]]] = {}
        for place, rule in rules:
            members = held.setdefault(place.split("/", 1)[0], {}).setdefault(rule.rule, [])
            if any(_contend(other.rule, rule) for other in members):
                raise UserError(f"rule {rule.rule!r} stands twice", where=place, mend="keep one file for a product")
            members.append(Held(rule, parse_values(place, rule)))
        self._families = {
            name: [family(sorted(members, key=_in_order)) for _, members in sorted(families.items())]
            for name, families in held.items()
        }
        self._changes = sorted({day for _, rule in self.rules() for day in _first_days(rule)})

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        return tuple(sorted(self._families))

    def rules(self, jurisdiction: str | None = None) -> Iterator[tuple[str, Rule]]:
        for name in self.jurisdictions if jurisdiction is None else (jurisdiction,):
            for held in self.held(name):
                yield name, held.rule

    def held(self, jurisdiction: str) -> Iterator[Held]:
        """Every rule file that may speak in a jurisdiction, with its values, by rule id."""
        return (held for each in self._families.get(jurisdiction, ()) for held in each.members)

    @cached_property
    def text(self) -> str:
        """Canonical text of the whole book: what the ledger keeps of an activated pack."""
        return encode([(name, rule.model_dump(mode="json", by_alias=True)) for name, rule in self.rules()])

    @cached_property
    def hash(self) -> str:
        return digest(self.text)

    def changes_on(self, day: date) -> bool:
        """Whether any value begins, or ended the day before: then everything is to be looked at again."""
        return day in self._changes

    def at(self, day: date, jurisdiction: str, product: str, strategy_on: date | None = None) -> Policy:
        """The policy of a day for a product; `strategy_on` pins the bank's own strategy to an earlier day."""
        pinned_on = strategy_on or day
        key = (bisect_right(self._changes, day), jurisdiction, product, bisect_right(self._changes, pinned_on))
        policy = self._by_span.get(key)
        if policy is None:
            policy = self._by_span[key] = self._select(day, jurisdiction.lower(), product, pinned_on)
        return policy

    def _select(self, day: date, jurisdiction: str, product: str, pinned_on: date) -> Policy:
        chosen = [
            (each, found)
            for each in self._families.get(jurisdiction, ())
            if (found := _matching(each, product, day, pinned_on))
        ]
        which = tuple((each.rule, tuple(n for pair in found for n in pair)) for each, found in chosen)
        signature = (jurisdiction, product, which)
        if signature not in self._policies:
            self._policies[signature] = _policy(jurisdiction, product, chosen)
        return self._policies[signature]


Matching = Sequence[tuple[int, int]]
"""Of a family: which members match, and by which of their values."""


def _matching(found: Family, product: str, day: date, pinned_on: date) -> Matching:
    matches = []
    for place, rule in enumerate(held.rule for held in found.members):
        if rule.products and product not in rule.products:
            continue
        pinned = rule.kind in PINNED and rule.binding_level is BindingLevel.BANK_INTERNAL
        in_force = rule.on(pinned_on if pinned else day)
        if in_force is not None:
            matches.append((place, rule.values.index(in_force)))
    return matches


def _policy(jurisdiction: str, product: str, chosen: Sequence[tuple[Family, Matching]]) -> Policy:
    sourced: list[tuple[str, Sourced]] = []
    matched: list[tuple[str, tuple[Sourced, ...]]] = []
    for found, matches in chosen:
        holds, everything = resolve(found, [(found.members[place], n) for place, n in matches])
        sourced += ((found.kind, source) for source in holds)
        matched.append((found.rule, everything))
    said = [(kind, each.rule, each.state, each.citation, each.value) for kind, each in sourced]
    return Policy(jurisdiction, product, digest(encode(said))[:16], tuple(sourced), tuple(matched))


def _in_order(held: Held) -> tuple[str, ...]:
    """The order of files does not count: what stands in a family lies in this one."""
    return (str(held.rule.is_default), *held.rule.products)


def _contend(one: Rule, other: Rule) -> bool:
    """Whether two rules of one id and one holder speak of one product; a general one and a product's do not contend."""
    if one.is_default is not other.is_default:
        return False
    some, others = one.products, other.products
    return bool(set(some) & set(others)) if some and others else some == others


def _first_days(rule: Rule) -> Iterator[date]:
    """The days on which what the rule says may begin or end."""
    for value in rule.values:
        yield value.from_
        if value.to is not None and value.to < date.max:
            yield value.to + timedelta(days=1)


def parse_values(place: str, rule: Rule) -> tuple[v.Strictly, ...]:
    """The typed values of a rule, in its order; a UserError that names `place` if one does not fit its kind."""
    return tuple(_parse_value(place, rule, value) for value in rule.values)


def _parse_value(place: str, rule: Rule, value: Value) -> v.Strictly:
    try:
        parsed = msgspec.convert(value.value, type=v.KINDS[rule.kind])
    except msgspec.ValidationError as error:
        raise UserError(f"rule {rule.rule!r}: {error}", where=f"{place}, from {value.from_}") from None
    for condition in conditions_of(parsed):
        measures.check(condition, place)
    if isinstance(parsed, v.Entry):
        if parsed.clock:
            measures.check_clock(parsed.clock, place)
        if parsed.reopen is not None and not isinstance(measures.MEASURES.get(parsed.reopen.by), measures.Since):
            raise UserError(
                f"{parsed.reopen.by!r} is no measure of days since", where=place, mend="such as days_since_clue"
            )
    return parsed


def conditions_of(parsed: v.Strictly) -> tuple[v.Condition, ...]:
    """Every condition of an entry or a criterion."""
    if isinstance(parsed, v.Entry):
        return tuple(condition for clause in parsed.any for condition in clause.all)
    return parsed.all if isinstance(parsed, v.Criterion) else ()


def parse_rule(place: str, text: str) -> Rule:
    """One rule from YAML text; `place` (``cn/contact/quiet_hours.yaml``) is named in every complaint."""
    try:
        return Rule.model_validate(read_yaml(place, text)).placed(place)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        says, _, mend = first["msg"].removeprefix("Value error, ").partition("; ")
        raise UserError(f"{field or 'rule'}: {says}", where=place, mend=mend or "mend this value") from None
