"""The book of all rules, and the policy that holds on one day.

Statute and regulation bind by the day; the bank's own strategy (entries, gaps, grading of `bank_internal` level) is
pinned to the day a case was opened under. Values change rarely, so the policies of two days are the same object
whenever they select the same values.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

import msgspec
from pydantic import ValidationError

from recourse import measures
from recourse.canonical import digest, encode
from recourse.errors import UserError
from recourse.policy import values as v
from recourse.policy.schema import BindingLevel, Rule, State, Value
from recourse.policy.text import read_yaml

PINNED = frozenset({"entry", "gap", "grading"})

K = TypeVar("K", bound=v.Strictly)


class Sourced(msgspec.Struct, frozen=True):
    """A value in force, with the rule that gives it and its citation."""

    rule: str
    state: State
    citation: str
    value: v.Strictly


class Policy(msgspec.Struct, frozen=True, dict=True, eq=False):
    """Everything in force for one jurisdiction, product and day; `hash` names it in every decision."""

    jurisdiction: str
    product: str
    hash: str
    sourced: tuple[tuple[str, Sourced], ...]

    def of(self, kind: str, cls: type[K]) -> list[tuple[Sourced, K]]:
        """All values of one kind that are switched on, each with its source."""
        return [
            (source, source.value)
            for k, source in self.sourced
            if k == kind and source.state is not State.DISABLED and isinstance(source.value, cls)
        ]

    @cached_property
    def entries(self) -> Mapping[str, tuple[Sourced, v.Entry]]:
        return {entry.node: (source, entry) for source, entry in self.of("entry", v.Entry)}

    @cached_property
    def gaps(self) -> Mapping[str, int]:
        return {gap.track: gap.days for _, gap in self.of("gap", v.Gap)}

    @cached_property
    def brakes(self) -> Mapping[str, tuple[Sourced, v.Brake]]:
        return {brake.hold: (source, brake) for source, brake in self.of("brake", v.Brake)}

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
    def numbers(self) -> Mapping[str, int]:
        return {source.rule: number.number for source, number in self.of("number", v.Number)}

    @cached_property
    def citations(self) -> Mapping[str, str]:
        return {source.rule: source.citation for _, source in self.sourced}

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
        self._rules: dict[str, list[tuple[Rule, tuple[v.Strictly, ...]]]] = {}
        self._policies: dict[tuple[str, str, tuple[tuple[str, int], ...]], Policy] = {}
        self._by_span: dict[tuple[int, str, str, int], Policy] = {}
        for place, rule in rules:
            jurisdiction = place.split("/", 1)[0]
            known = self._rules.setdefault(jurisdiction, [])
            if any(other.rule == rule.rule and _contend(other.products, rule.products) for other, _ in known):
                raise UserError(f"rule {rule.rule!r} stands twice", where=place, mend="keep one file for a product")
            known.append((rule, parse_values(place, rule)))
        for known in self._rules.values():
            known.sort(key=lambda pair: (pair[0].rule, pair[0].products))
        self._changes = sorted({day for _, rule in self.rules() for day in _first_days(rule)})

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        return tuple(sorted(self._rules))

    def rules(self, jurisdiction: str | None = None) -> Iterator[tuple[str, Rule]]:
        for name in self.jurisdictions if jurisdiction is None else (jurisdiction,):
            for rule, _ in self._rules.get(name, ()):
                yield name, rule

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
        chosen: dict[str, tuple[Rule, int, v.Strictly]] = {}
        for rule, parsed in self._rules.get(jurisdiction, ()):
            if rule.products and product not in rule.products:
                continue
            if rule.rule in chosen and not rule.products:
                continue
            pinned = rule.kind in PINNED and rule.binding_level is BindingLevel.BANK_INTERNAL
            in_force = rule.on(pinned_on if pinned else day)
            if in_force is not None:
                n = rule.values.index(in_force)
                chosen[rule.rule] = (rule, n, parsed[n])
        signature = (jurisdiction, product, tuple((name, n) for name, (_, n, _) in sorted(chosen.items())))
        if signature not in self._policies:
            self._policies[signature] = _policy(jurisdiction, product, chosen)
        return self._policies[signature]


def _policy(jurisdiction: str, product: str, chosen: Mapping[str, tuple[Rule, int, v.Strictly]]) -> Policy:
    sourced = []
    for name, (rule, n, parsed) in sorted(chosen.items()):
        value = rule.values[n]
        sourced.append((rule.kind, Sourced(name, value.state, str(value.citation), parsed)))
    return Policy(jurisdiction, product, digest(encode(sourced))[:16], tuple(sourced))


def _contend(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether two rules of one id speak of one product; a general rule and one for a product do not contend."""
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
    for condition in _conditions(parsed):
        measures.check(condition, place)
    if isinstance(parsed, v.Entry):
        if parsed.clock:
            measures.check_clock(parsed.clock, place)
        if parsed.reopen is not None and not isinstance(measures.MEASURES.get(parsed.reopen.by), measures.Since):
            raise UserError(
                f"{parsed.reopen.by!r} is no measure of days since", where=place, mend="such as days_since_clue"
            )
    return parsed


def _conditions(parsed: v.Strictly) -> tuple[v.Condition, ...]:
    if isinstance(parsed, v.Entry):
        return tuple(condition for clause in parsed.any for condition in clause.all)
    return parsed.all if isinstance(parsed, v.Criterion) else ()


def parse_rule(place: str, text: str) -> Rule:
    """One rule from YAML text; `place` (``cn/contact/quiet_hours.yaml``) is named in every complaint."""
    try:
        return Rule.model_validate(read_yaml(place, text))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{field or 'rule'}: {first['msg']}", where=place, mend="mend this value") from None


def check_nodes(book: PolicyBook, nodes: frozenset[str]) -> None:
    """Refuse an entry for a node that the ladder does not have, and a condition that names one."""
    for jurisdiction, rule in book.rules():
        for parsed in parse_values(f"{jurisdiction}/{rule.rule}", rule):
            named = {each.of for each in _conditions(parsed) if each.measure in measures.OF_A_NODE}
            if isinstance(parsed, v.Entry):
                named.add(parsed.node)
            elif isinstance(parsed, v.Brake):
                named.update(parsed.lets_through)
            for node in sorted(named - nodes):
                raise UserError(
                    f"rule {rule.rule!r} names unknown node {node!r}", where=jurisdiction, mend="see the ladder"
                )
