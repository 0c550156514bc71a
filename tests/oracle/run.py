"""Run a file of peers' cases against the product: ``python tests/oracle/run.py CASES.json``.

A case is ``{"kind", "input", "expected", "source_repo", "source_path", "note"}``. Prints passed / failed / not ours for
each kind, every failure with what was expected and what came out, and why a kind is not ours. Exit 0: no failure;
1: at least one; 2: the file cannot be read as cases (one line says why).
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tests.oracle.adapters import ADAPTERS, REFUSAL_WORDS  # noqa: E402
from tests.oracle.not_ours import NOT_OURS  # noqa: E402

NO_REASON = "no function of ours is connected to this kind, and no reason is on record"


class BadCases(Exception):
    """The file cannot be read as cases; the message says what and where."""


class Outcome(NamedTuple):
    """What became of one case: `verdict` is passed, failed or not ours; `got` is our answer where one was asked for.

    `reason_unread`: both sides refuse, but the case's words for it are new to us, so only the refusal was compared.
    """

    number: int
    kind: str
    verdict: str
    got: Mapping[str, Any] | str = ""
    reason_unread: bool = False


def load(path: Path) -> list[dict[str, Any]]:
    """The cases of a file, checked for shape; raises BadCases."""
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadCases(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise BadCases(f"not JSON: {path}: {error}") from None
    if not isinstance(cases, list):
        raise BadCases(f"not a list of cases: {path}")
    for index, case in enumerate(cases):
        if not isinstance(case, dict):
            raise BadCases(f"case {index} of {path} is not an object")
        for key, kind in (("kind", str), ("input", dict), ("expected", dict)):
            if not isinstance(case.get(key), kind):
                raise BadCases(f"case {index} of {path} has no {key!r} of the right form")
    return cases


def judge(index: int, case: Mapping[str, Any]) -> Outcome:
    """Put one case to its adapter and compare every field that the case expects."""
    kind = case["kind"]
    if kind not in ADAPTERS:
        return Outcome(index, kind, "not ours")
    try:
        got = ADAPTERS[kind](case["input"], case["expected"])
    except Exception as error:
        return Outcome(index, kind, "failed", f"{type(error).__name__}: {error}")
    want = case["expected"]
    reason = want.get("error")
    meant = reason_codes(reason) if isinstance(reason, str) else set()
    both_refuse = isinstance(reason, str) and bool(got.get("error"))
    unread = both_refuse and not meant
    right = all(
        got["error"] in meant or unread if key == "error" and both_refuse else key in got and got[key] == value
        for key, value in want.items()
    )
    shown = {key: got.get(key) for key in want}
    return Outcome(index, kind, "passed" if right else "failed", shown, unread)


def reason_codes(words: str) -> set[str]:
    """Our refusal codes that a case's free words can stand for; empty when the words are new to us."""
    return {code for code, known in REFUSAL_WORDS.items() if any(each in words.lower() for each in known)}


def report(cases: Sequence[Mapping[str, Any]], outcomes: Sequence[Outcome]) -> str:
    """The whole report as text: the table, the failures, the kinds that are not ours."""
    counts = Counter((outcome.kind, outcome.verdict) for outcome in outcomes)
    kinds = sorted({outcome.kind for outcome in outcomes}, key=lambda kind: (kind not in ADAPTERS, kind))
    verdicts = ("passed", "failed", "not ours")
    lines = [_row("kind", *verdicts)]
    lines += [_row(kind, *(counts[kind, verdict] or "" for verdict in verdicts)) for kind in kinds]
    totals = Counter(outcome.verdict for outcome in outcomes)
    lines.append(_row("all", *(totals[verdict] for verdict in verdicts)))
    for outcome in (each for each in outcomes if each.verdict == "failed"):
        case = cases[outcome.number]
        source = f"{case.get('source_repo', '')} {case.get('source_path', '')}"
        lines += ["", f"FAILED case {outcome.number}, {outcome.kind}: {source}"]
        lines += [f"  expected {_text(case['expected'])}", f"  got      {_text(outcome.got)}"]
        lines += [f"  note     {case['note']}"] if case.get("note") else []
    for outcome in (each for each in outcomes if each.reason_unread and each.verdict == "passed"):
        words = cases[outcome.number]["expected"]["error"]
        place = f"case {outcome.number}, {outcome.kind}"
        lines += ["", f"{place}: both refuse; the reason {words!r} could not be compared with {_text(outcome.got)}"]
    others = [kind for kind in kinds if kind not in ADAPTERS]
    lines += ["", "Not ours:"] + [f"  {kind}: {NOT_OURS.get(kind, NO_REASON)}" for kind in others] if others else []
    return "\n".join(lines)


def _row(name: str, *cells: object) -> str:
    return f"{name:<26}" + "".join(f"{cell:>10}" for cell in cells)


def _text(got: Mapping[str, Any] | str) -> str:
    return got if isinstance(got, str) else json.dumps(got, ensure_ascii=False)


def main(arguments: Sequence[str]) -> int:
    """Command line; returns the exit code."""
    if len(arguments) != 1:
        print("usage: python tests/oracle/run.py CASES.json", file=sys.stderr)
        return 2
    try:
        cases = load(Path(arguments[0]))
    except BadCases as error:
        print(str(error).replace("\n", " "), file=sys.stderr)
        return 2
    outcomes = [judge(index, case) for index, case in enumerate(cases)]
    print(report(cases, outcomes))
    return int(any(outcome.verdict == "failed" for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
