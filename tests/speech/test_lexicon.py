"""What may not be said is found however it is written, at its place; what is true may be said."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from recourse.policy.book import Policy
from recourse.policy.calling_values import EVERYBODY, THIRD_PARTY, Lexicon
from recourse.speech import figures
from recourse.speech.han import SIMPLIFIED
from recourse.speech.lexicon import check, check_third_party
from recourse.speech.plain import plain
from tests.core.any_facts import book

TODAY = date(2026, 11, 27)
CN, TW, US = (book().at(TODAY, jurisdiction, "consumer_loan") for jurisdiction in ("cn", "tw", "us"))
PHRASES = [
    (policy, phrase)
    for policy in (CN, TW, US)
    for _, lexicon in policy.of("lexicon", Lexicon)
    if lexicon.audience == EVERYBODY
    for entry in lexicon.forbids
    for phrase in entry.says
]
HIDING = st.lists(
    st.sampled_from([" ", "\u200b", "\u3000", ".", "·", "-", "\ufe0f", "\u0336", "😀", "\u115f"]), max_size=3
)
ANY_TEXT = st.text(max_size=80) | st.text(alphabet="我不会坐牢通知单位公安局可能依法起诉 \u200bjail go to", max_size=80)


def phrases(text: str, policy: Policy = CN) -> list[str]:
    return [hit.phrase for hit in check(text, policy)]


@pytest.mark.parametrize(("policy", "phrase"), PHRASES)
def test_every_phrase_of_every_lexicon_is_found_alone(policy: Policy, phrase: str) -> None:
    assert any(hit.start == 0 or hit.end == len(phrase) for hit in check(phrase, policy))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("再不还就让你坐牢", "坐牢"),
        ("坐 牢", "坐 牢"),
        ("坐\u200b牢", "坐\u200b牢"),
        ("坐。牢", "坐。牢"),
        ("再不還就通知您單位", "通知您單位"),
        ("加我ＱＱ", "加我ＱＱ"),
        ("爆通訊錄", "爆通訊錄"),
    ],
)
def test_nothing_hides_a_phrase(text: str, found: str) -> None:
    (hit,) = check(text, CN)
    assert hit.text == text[hit.start : hit.end] == found
    assert hit.rule.startswith("script.")
    assert hit.citation


@pytest.mark.parametrize(
    "text",
    [
        "本行可能依法起诉", "本行可能依法报送征信", "我不是公安局的", "本行不收取催收费", "请勿转到我账户", "家住公安县",
        "請您留意，本行可能依法起訴", "car restoration", "",
    ],
)  # fmt: skip
def test_true_statements_may_be_said(text: str) -> None:
    assert phrases(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("可能依法起诉并让你坐牢", ["坐牢"]),
        ("我不会不是公安局的", ["公安局"]),
        ("不会坐牢", ["坐牢"]),
        ("我不是公安局的吗", ["公安局"]),
        ("谨防冒充公安机关", []),
        ("公安机关来找你", ["公安机关"]),
        ("谨防冒充公安机关，公安机关来找你", ["公安机关"]),
    ],
)
def test_the_longest_wins_and_a_denial_counts_only_where_it_makes_it_true(text: str, found: list[str]) -> None:
    assert phrases(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("You will GO TO JAIL", ["go to jail"]),
        ("g o  t o  j a i l", ["go to jail"]),
        ("you cannot go to jail for a debt", []),
        ("The bank may take legal action that the law allows.", []),
        ("We will sue you", ["we will sue you"]),
        ("we will sue yours truly", []),
        ("forego tojail", []),
        ("We will not tell your boss", []),
        ("At the casino tell your boss", ["tell your boss"]),
    ],
)
def test_latin_words_count_as_whole_words(text: str, found: list[str]) -> None:
    assert phrases(text, US) == found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("请问如何能联系上王先生，烦请转告其回电", []),
        ("他欠了银行的钱", ["欠了"]),
        ("有一笔5,000元", [figures.AMOUNT]),
        ("有一笔５０００元", [figures.AMOUNT]),
        ("有五千块钱", [figures.AMOUNT]),
        ("￥300", [figures.AMOUNT]),
        ("请在3月5日之前", [figures.DATE]),
        ("2026-03-05", [figures.DATE]),
        ("本行可能依法起诉", ["起诉"]),
        ("坐牢", ["坐牢"]),
        ("请回拨95588转1号", []),
    ],
)
def test_a_third_party_is_told_of_no_debt_no_amount_and_no_date(text: str, kinds: list[str]) -> None:
    assert [hit.phrase for hit in check_third_party(text, CN)] == kinds


def test_a_third_party_in_the_us_is_told_of_no_debt() -> None:
    found = [hit.phrase for hit in check_third_party("She owes us $500 since March 3rd", US)]
    assert found == ["owes", figures.AMOUNT, figures.DATE]
    assert check_third_party("I am confirming contact information; please ask her to call back.", US) == ()


@given(ANY_TEXT)
def test_any_text_is_judged_and_spans_are_right(text: str) -> None:
    for policy in (CN, US):
        for audience in (EVERYBODY, THIRD_PARTY):
            for hit in check(text, policy, audience):
                assert 0 <= hit.start < hit.end <= len(text)
                assert hit.text == text[hit.start : hit.end]
                if hit.phrase not in figures.KINDS:
                    assert plain(hit.phrase).text in plain(hit.text).text


@given(st.sampled_from(PHRASES), st.data())
def test_spaces_and_characters_without_width_hide_nothing(chosen: tuple[Policy, str], data: st.DataObject) -> None:
    policy, phrase = chosen
    spread = "".join(letter + "".join(data.draw(HIDING)) for letter in phrase)
    hits = check(f"他说：{spread}。", policy)
    assert any(plain(phrase).text in plain(hit.text).text or plain(hit.text).text in plain(phrase).text for hit in hits)


@given(st.sampled_from(PHRASES), st.data())
def test_traditional_wide_and_capital_letters_hide_nothing(chosen: tuple[Policy, str], data: st.DataObject) -> None:
    policy, phrase = chosen
    others: dict[str, list[str]] = {}
    for traditional, simplified in SIMPLIFIED.items():
        others.setdefault(simplified, []).append(traditional)
    written = ""
    for letter in phrase:
        forms = [letter, *others.get(letter, ()), letter.upper()]
        if "!" <= letter <= "~":
            forms.append(chr(ord(letter) + 0xFEE0))
        written += data.draw(st.sampled_from(forms))
    assert plain(written).text == plain(phrase).text
    assert check(written, policy)


@given(ANY_TEXT)
def test_plain_text_is_plain_and_every_letter_has_its_place(text: str) -> None:
    found = plain(text)
    assert plain(found.text).text == found.text
    assert len(found.text) == len(found.at) == len(found.begins) == len(found.ends)
    assert list(found.at) == sorted(found.at)
    assert all(unicodedata.category(letter)[0] in "LN" for letter in found.text)


@given(st.sampled_from(["很好", "请您", "谢谢", "再见"]), st.sampled_from(PHRASES), st.sampled_from(["，", "", " "]))
def test_what_stands_before_changes_no_finding(before: str, chosen: tuple[Policy, str], between: str) -> None:
    policy, phrase = chosen
    assume(not check(before, policy))
    moved = len(before) + len(between)
    alone = [(hit.start + moved, hit.end + moved, hit.rule) for hit in check(phrase, policy)]
    assert [(hit.start, hit.end, hit.rule) for hit in check(before + between + phrase, policy)] == alone
