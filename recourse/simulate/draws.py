"""Chance by name: every draw is a hash of the seed and what the draw is about.

So a draw does not depend on what was drawn before it, on the order of iteration, on shards or on the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Draws:
    """Draws under one seed. A key names what is drawn: ids, topics, days."""

    __slots__ = ("_seed",)

    def __init__(self, seed: int) -> None:
        self._seed = str(seed)

    def below(self, n: int, *key: object) -> int:
        """A whole number from 0 to n - 1."""
        text = "\x1f".join((self._seed, *map(str, key)))
        return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big") % n

    def between(self, low: int, high: int, *key: object) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1, *key)

    def chance(self, percent: int, *key: object) -> bool:
        """True in `percent` of a hundred."""
        return self.below(100, *key) < percent

    def pick(self, options: Sequence[T], *key: object) -> T:
        """One of the options, all alike."""
        return options[self.below(len(options), *key)]

    def weighted(self, options: Mapping[T, int], *key: object) -> T:
        """One of the options, each as likely as its weight says."""
        left = self.below(sum(options.values()), *key)
        for option, weight in options.items():
            left -= weight
            if left < 0:
                return option
        raise ValueError("no option has a weight")
