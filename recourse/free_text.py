"""Short free text that a person types and the journal keeps: one line, and nobody's number in it. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from recourse.errors import UserError

LONGEST = 120
_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
_MOBILE = re.compile(r"(?<!\d)(?:(?:00|\+)?86)?1[3-9]\d{9}(?!\d)|(?<!\d)09\d{8}(?!\d)")
_ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def one_line(text: str, where: str) -> str:
    """The text, normalised and without white space around it; UserError when it is long, not one line, or holds a
    phone or identity number: what is personal has no place in the journal."""
    plain = unicodedata.normalize("NFC", text).strip()
    if len(plain) > LONGEST:
        raise UserError(f"longer than {LONGEST} characters", where=where, mend="say it shorter")
    if any(unicodedata.category(each) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for each in plain):
        raise UserError("control characters in a text", where=where, mend="write one line of plain text")
    if holds_number(plain):
        raise UserError(
            "looks like a phone or identity number", where=where, mend="name the place or the reference only"
        )
    return plain


def code(text: str, where: str) -> str:
    """A code such as ``loan_contract``; UserError for anything else."""
    if not _CODE.fullmatch(text):
        raise UserError(
            f"not a code: {text[:40]!r}", where=where, mend="2 to 40 of a-z, 0-9 and _, such as loan_contract"
        )
    return text


def holds_number(text: str) -> bool:
    """Whether a mobile number (mainland, Taiwan) or a mainland identity number (GB 11643) stands in the text."""
    folded = unicodedata.normalize("NFKC", text)
    return any(
        _MOBILE.search(form) or any(_is_id_number(found) for found in _ID_NUMBER.findall(form))
        for form in (folded, re.sub(r"[\s\-]", "", folded))
    )


def _is_id_number(digits: str) -> bool:
    """By its day of birth and its check digit."""
    try:
        date.fromisoformat(f"{digits[6:10]}-{digits[10:12]}-{digits[12:14]}")
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECK[total % 11] == digits[-1].upper()
