"""What a template or a fact may try: none of it reaches Python, and none of it takes more than a document needs."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.documents.blocks import words
from recourse.documents.compose import FactList, MissingFact, Refused, compose
from recourse.documents.sandbox import MOST_CHARACTERS, MOST_TURNS
from recourse.errors import UserError

NOTHING = FactList(())


def said(source: str, **facts: Any) -> str:
    return words(compose("letter", source, facts, NOTHING))


@pytest.mark.parametrize(
    "source",
    [
        "{{ a.__class__ }}",
        "{{ a['__class__'] }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ a | attr('__class__') }}",
        "{{ refuse.__globals__ }}",
        "{{ refuse.__globals__['jinja2'] }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler }}",
        "{{ lipsum.__globals__ }}",
        "{{ namespace(x=1) }}",
        "{{ a.items() }}",
        "{{ a.update({'x': 1}) }}",
        "{{ 'x'.format(a) }}",
        "{{ '{0.__class__}'.format(a) }}",
        "{{ '%s' % a }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ 'x' | center(999999999) }}",
        "{{ 'x' | _turns }}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% extends 'x' %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% set x %}y{% endset %}{{ x }}",
        "{% filter upper %}x{% endfilter %}",
        "{% block b %}x{% endblock %}",
        "{% for i in [[1]] recursive %}{{ loop(i) }}{% endfor %}",
    ],
)
def test_nothing_but_fields_conditions_and_loops(source: str) -> None:
    with pytest.raises(UserError) as refused:
        said(source, a={"b": "c"})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(99999999) %}x{% endfor %}",
        "{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}{% endfor %}{% endfor %}{% endfor %}x",
        "{{ 'x' * 999999999 }}",
        "{{ [1] * 999999999 }}",
        "{{ 9 ** 9 ** 9 ** 9 }}",
        "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a + a %}" * 40 + "{{ a }}",
        "{% set a = 9 %}" + "{% set a = a * a %}" * 40 + "{{ a }}",
        "{{ range(99999999) | join }}",
        "{% for i in range(20000) %}" + "甲" * 1000 + "{% endfor %}",
        "(" * 3000 + "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    ],
)
def test_what_would_never_end_is_given_up(source: str) -> None:
    began = time.monotonic()
    with pytest.raises(UserError):
        said(source)
    assert time.monotonic() - began < 10


def test_the_bounds_leave_room_for_a_document() -> None:
    assert said("{% for i in range(3) %}{{ loop.index }}{% if not loop.last %}、{% endif %}{% endfor %}") == "1、2、3"
    turns = "{% for i in range(n) %}{% endfor %}好"
    assert said(turns, n=MOST_TURNS) == "好"
    with pytest.raises(UserError, match="range"):
        said(turns, n=MOST_TURNS + 1)
    halves = "{% for i in range(n) %}{% endfor %}{% for i in range(n) %}{% endfor %}好"
    assert said(halves, n=MOST_TURNS // 2) == "好"
    with pytest.raises(UserError, match="turns"):
        said(halves, n=MOST_TURNS // 2 + 1)
    assert len(said("甲" * MOST_CHARACTERS)) == MOST_CHARACTERS
    with pytest.raises(UserError, match="characters"):
        said("甲" * (MOST_CHARACTERS + 1))


def test_a_field_that_is_not_there_is_named() -> None:
    for source in (
        "{{ debtor.nmae }}",
        "{% if debtor.nmae == 'x' %}y{% endif %}",
        "{% for each in debtor.nmae %}x{% endfor %}",
    ):
        with pytest.raises(MissingFact) as missing:
            said(source, debtor={"name": "张某"})
        assert missing.value.field == "nmae"
    with pytest.raises(MissingFact) as missing:
        said("{{ debtr.name }}", debtor={"name": "张某"})
    assert missing.value.field == "debtr"


def test_a_document_that_must_not_be_used_says_why() -> None:
    with pytest.raises(Refused, match="only for joint guarantees"):
        said("{{ refuse('only for joint guarantees') }}")


CODE = [
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{{ refuse('x') }}",
    "{# gone #}",
    "**bold**",
    "# 标题",
    "| a | b |",
    "```note",
    "<b>x</b>",
    "\ue0000\ue001",
]


@given(st.text(max_size=20), st.sampled_from(CODE), st.text(max_size=20))
def test_a_fact_is_text_whatever_it_looks_like(before: str, code: str, after: str) -> None:
    fact = f"甲{before}{code}{after}乙"
    assert said("{{ fact }}", fact=fact) == " ".join(fact.split())


def test_a_fact_cannot_take_the_place_of_a_function() -> None:
    with pytest.raises(UserError):
        said("{{ refuse('no') }}", refuse="yes")
    with pytest.raises(UserError, match="turns|range"):
        said("{% for i in range(99999) %}x{% endfor %}", _spent=[-(10**9)], _slots=["x"])
