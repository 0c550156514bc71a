"""Holding a text against the phrases that a jurisdiction forbids 禁用语, and those it lets stand. Pure.

Of several phrases at one place the longest wins: a true statement that is allowed ("可能依法起诉") covers a shorter
forbidden one inside it, never one that reaches beyond it. Where an entry says so, a denial in front takes the phrase
away ("我不是公安局的"), and a second denial or a question after it brings it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from recourse.policy.book import Policy
from recourse.policy.calling_values import EVERYBODY, THIRD_PARTY, Lexicon, Phrases
from recourse.speech import figures
from recourse.speech.plain import Plain, plain


class Hit(msgspec.Struct, frozen=True):
    """A phrase that may not be said: where it stands in the text, what stands there, by which rule, what to say
    instead."""

    start: int
    end: int
    text: str
    phrase: str
    rule: str
    lexicon: str
    citation: str
    instead: str = ""


class Word(msgspec.Struct, frozen=True):
    """One phrase in plain form, with where it comes from. `allowed`: it may be said."""

    plain: str
    phrase: str
    rule: str
    lexicon: str
    citation: str
    audience: str
    instead: str
    deniable: bool = False
    allowed: bool = False


class Words(msgspec.Struct, frozen=True):
    """All phrases that bind a text for one audience, by their first letter, the longest first."""

    by_first: dict[str, tuple[Word, ...]]
    denials: tuple[str, ...]
    returns: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]
    """(kind of figure, rule, citation) that the audience may not be told."""


Found = tuple[int, int, Word]


def check(text: str, policy: Policy, audience: str = EVERYBODY) -> tuple[Hit, ...]:
    """Every phrase in a text that the policy's lexicons forbid before this audience, in order of place."""
    return check_words(text, words_of(policy, audience))


def check_third_party(text: str, policy: Policy) -> tuple[Hit, ...]:
    """As :func:`check`, for what is said to somebody who is not the debtor: no amount, no date, no word for debt."""
    return check(text, policy, THIRD_PARTY)


def check_words(text: str, words: Words) -> tuple[Hit, ...]:
    """As :func:`check`, with the phrases at hand."""
    letters = plain(text)
    found = list(_found(letters, words))
    allowed = [(start, end, word.audience) for start, end, word in found if word.allowed]
    wrong = [
        each
        for each in found
        if not each[2].allowed and not _covered(each, allowed) and not _denied(letters, each, words)
    ]
    hits = [_hit(text, letters, each) for each in wrong if not _inside_another(each, wrong)]
    for kind, rule, citation in words.figures:
        hits += [
            Hit(start, end, text[start:end], kind, rule, rule.split(".")[-1], citation)
            for start, end in figures.find(kind, text)
        ]
    return tuple(sorted(hits, key=lambda hit: (hit.start, hit.end, hit.rule)))


@lru_cache(maxsize=64)
def words_of(policy: Policy, audience: str = EVERYBODY) -> Words:
    """The phrases of all lexicons in force for an audience: those for everybody bind before a third party too."""
    words: list[Word] = []
    denials: set[str] = set()
    returns: set[str] = set()
    told: list[tuple[str, str, str]] = []
    for source, lexicon in policy.of("lexicon", Lexicon):
        if lexicon.audience not in (EVERYBODY, audience):
            continue
        words += _words(source.rule, source.citation, lexicon)
        denials.update(plain(each).text for each in lexicon.denials)
        returns.update(plain(each).text for each in lexicon.returns)
        told += [(kind, source.rule, source.citation) for kind in lexicon.figures]
    return Words(_by_first(words), _longest_first(denials), _longest_first(returns), tuple(told))


def _words(rule: str, citation: str, lexicon: Lexicon) -> Iterable[Word]:
    for entry in lexicon.forbids:
        for phrase in entry.says:
            yield _word(phrase, rule, citation, lexicon, entry)
    for phrase in lexicon.allows:
        letters = plain(phrase).text
        yield Word(letters, phrase, rule, lexicon.lexicon, citation, lexicon.audience, "", allowed=True)


def _word(phrase: str, rule: str, citation: str, lexicon: Lexicon, entry: Phrases) -> Word:
    letters = plain(phrase).text
    return Word(letters, phrase, rule, lexicon.lexicon, citation, lexicon.audience, entry.instead, entry.deniable)


def _by_first(words: Sequence[Word]) -> dict[str, tuple[Word, ...]]:
    found: dict[str, list[Word]] = {}
    for word in sorted(words, key=lambda word: (-len(word.plain), word.plain, word.rule)):
        found.setdefault(word.plain[0], []).append(word)
    return {first: tuple(each) for first, each in found.items()}


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _found(letters: Plain, words: Words) -> Iterable[Found]:
    for start, first in enumerate(letters.text):
        for word in words.by_first.get(first, ()):
            end = start + len(word.plain)
            if _stands(letters, start, end, word.plain):
                yield start, end, word


def _covered(found: Found, allowed: Sequence[tuple[int, int, str]]) -> bool:
    start, end, word = found
    return any(first <= start and end <= last and audience == word.audience for first, last, audience in allowed)


def _inside_another(found: Found, others: Sequence[Found]) -> bool:
    """Whether a longer phrase of the same rule says it already."""
    start, end, word = found
    return any(
        first <= start and end <= last and last - first > end - start and other.rule == word.rule
        for first, last, other in others
    )


def _denied(letters: Plain, found: Found, words: Words) -> bool:
    """Whether an odd number of denials stands right in front, and nothing behind turns it round."""
    start, end, word = found
    if not word.deniable or any(_stands(letters, end, end + len(each), each) for each in words.returns):
        return False
    times = 0
    while before := next((d for d in words.denials if _stands(letters, start - len(d), start, d)), ""):
        start -= len(before)
        times += 1
    return times % 2 == 1


def _stands(letters: Plain, start: int, end: int, wanted: str) -> bool:
    """Whether a word stands at a place, a Latin one as a whole word."""
    whole = 0 <= start < end <= len(letters.text) and letters.begins[start] and letters.ends[end - 1]
    return whole and letters.text.startswith(wanted, start)


def _hit(text: str, letters: Plain, found: Found) -> Hit:
    first, last, word = found
    start, end = letters.span(first, last)
    return Hit(start, end, text[start:end], word.phrase, word.rule, word.lexicon, word.citation, word.instead)
