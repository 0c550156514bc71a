"""Amounts and dates in a text that somebody who is not the debtor may not be told. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

AMOUNT, DATE = "amount", "date"
KINDS = (AMOUNT, DATE)

_NUMBER = r"(?:\d[\d,，. ]{0,18}|[〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟萬億兩]+)"
_PATTERNS = {
    AMOUNT: re.compile(
        rf"(?:[¥$€£￥]|rmb|cny|usd|twd|nt\$|人民币|人民幣|新台币|新臺幣)\s*{_NUMBER}"
        rf"|{_NUMBER}\s*[多余餘几幾]?\s*(?:万|萬|千|亿|億)?\s*(?:元|块钱|塊錢|圆|圓|人民币|人民幣|美元|dollars?|yuan|bucks|usd|cny|rmb|twd)"
        r"|\d[\d,，. ]{0,18}\s*(?:块|塊)",
        re.IGNORECASE,
    ),
    DATE: re.compile(
        rf"\d{{2,4}}\s*[-/.年]\s*\d{{1,2}}\s*[-/.月]\s*\d{{1,2}}\s*[日号號]?"
        rf"|{_NUMBER}\s*(?:月)\s*{_NUMBER}\s*[日号號]?|{_NUMBER}\s*[日号號](?:之?前|到期|截止)"
        r"|\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
        r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?\s+\d{1,2}(?:st|nd|rd|th)?\b|\b\d{1,2}(?:st|nd|rd|th)\b",
        re.IGNORECASE,
    ),
}


def find(kind: str, text: str) -> Iterator[tuple[int, int]]:
    """Where figures of a kind stand in a text, at full width or with characters of no width between as well."""
    shown, at = _shown(text)
    for match in _PATTERNS[kind].finditer(shown):
        end = len(match.group().rstrip()) + match.start()
        yield at[match.start()], at[end - 1] + 1


def _shown(text: str) -> tuple[str, list[int]]:
    """The text at normal width without what shows nothing, and where each character stands in the original."""
    shown: list[str] = []
    at: list[int] = []
    for place, character in enumerate(text):
        for each in unicodedata.normalize("NFKC", character):
            if unicodedata.category(each) not in ("Cf", "Mn"):
                shown.append(each)
                at.append(place)
    return "".join(shown), at
