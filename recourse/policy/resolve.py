"""Several rules of one id match a case on a day: which of them holds. All of them are kept.

Where values of the kind have an order, every match counts and the strictest wins, or all hold together; a value that is
switched off never wins. Where they have none, the more specific file stands in for the more general one: a file for the
product before one for all, the jurisdiction's before the bank's. What wins never depends on the order of files. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from recourse.canonical import encode
from recourse.errors import UserError
from recourse.policy import values as v
from recourse.policy.schema import BindingLevel, Rule, State, Strength
from recourse.policy.strictness import ALL_TOGETHER, order_of

_STATES, _LEVELS, _STRENGTHS = tuple(State), tuple(BindingLevel), tuple(Strength)


class Sourced(msgspec.Struct, frozen=True):
    """A value in force, with the rule that gives it and its citation. `place`: the file, without its ending."""

    rule: str
    state: State
    citation: str
    value: v.Strictly
    place: str = ""

    @property
    def name(self) -> str:
        """The rule with the variant of its file, if it is one: ``contact.quiet_hours.online``."""
        variant = self.place.rsplit("/", 1)[-1].partition(".")[2]
        return f"{self.rule}.{variant}" if variant else self.rule


class Held(msgspec.Struct, frozen=True):
    """One rule file of a jurisdiction, with its values parsed in their order."""

    rule: Rule
    values: tuple[v.Strictly, ...]

    @property
    def breadth(self) -> tuple[bool, bool]:
        """How general it is: the more specific file comes first."""
        return self.rule.is_default, not self.rule.products

    def source(self, n: int) -> Sourced:
        """Its n-th value with where it stands."""
        value = self.rule.values[n]
        return Sourced(self.rule.rule, value.state, str(value.citation), self.values[n], self.rule.place)


class Family(msgspec.Struct, frozen=True):
    """All files of one rule id that may speak in a jurisdiction."""

    rule: str
    kind: str
    stricter: str
    members: tuple[Held, ...]

    @property
    def ordered(self) -> bool:
        return order_of(self.kind, self.stricter) is not None


def family(members: Sequence[Held]) -> Family:
    """The files of one id; a UserError if they are of two kinds, or contradict each other on which way is stricter.

    Without an order, the bank's own rules hold only where the jurisdiction has no general rule.
    """
    first = members[0].rule
    for held in members:
        if held.rule.kind != first.kind:
            raise _split(held.rule, first, f"is a {held.rule.kind}", f"a {first.kind}")
    said = [held.rule for held in members if held.rule.stricter]
    for rule in said:
        if rule.stricter != said[0].stricter:
            raise _split(rule, said[0], f"calls {rule.stricter} the stricter", said[0].stricter)
    found = Family(first.rule, first.kind, said[0].stricter if said else "", tuple(members))
    if found.ordered or not any(not (held.rule.is_default or held.rule.products) for held in members):
        return found
    return msgspec.structs.replace(found, members=tuple(held for held in members if not held.rule.is_default))


def _split(rule: Rule, other: Rule, says: str, there: str) -> UserError:
    return UserError(f"rule {rule.rule!r} {says}, and in {other.place} {there}", where=rule.place, mend="say it alike")


def resolve(found: Family, matches: Sequence[tuple[Held, int]]) -> tuple[tuple[Sourced, ...], tuple[Sourced, ...]]:
    """What holds of the matches (file, index of its value in force), and all of them, the winner first."""
    order = order_of(found.kind, found.stricter)
    if order is None:
        ranked = [held.source(n) for held, n in sorted(matches, key=lambda each: (each[0].breadth, each[0].rule.place))]
        return tuple(ranked[:1]), tuple(ranked)

    def rank(each: tuple[Held, int]) -> tuple[object, ...]:
        held, n = each
        state = held.rule.values[n].state
        return (state is State.DISABLED, order(held.values[n]), encode(held.values[n]), _STATES.index(state),
                _LEVELS.index(held.rule.binding_level), _STRENGTHS.index(held.rule.strength), held.breadth,
                held.rule.place)  # fmt: skip

    ranked = [held.source(n) for held, n in sorted(matches, key=rank)]
    if found.kind not in ALL_TOGETHER:
        return tuple(ranked[:1]), tuple(ranked)
    on = [source for source in ranked if source.state is not State.DISABLED] or ranked[:1]
    return tuple(source for n, source in enumerate(on) if not n or source.value != on[n - 1].value), tuple(ranked)
