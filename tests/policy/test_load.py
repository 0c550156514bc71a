"""Reading packs: whose rule wins, what the bank's own folder gives, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from recourse.errors import UserError
from recourse.policy.load import load_book, shipped_packs
from recourse.policy.text import read_yaml

DAY = date(2026, 3, 2)


def write(root: Path, place: str, number: int, products: str = "", kind: str = "number") -> Path:
    topic, name = place.removesuffix(".yaml").split("/")[-2:]
    file = root / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        f"""rule: {topic}.{name.split(".")[0]}
kind: {kind}
title: {{zh: 数, en: A number}}
strength: must
effect: convention
binding_level: bank_internal
products: [{products}]
checked: {{on: 2026-01-01, by: somebody}}
values:
  - from: 2004-01-01
    state: bank_default
    value: {{number: {number}}}
    citation: {{act: 行规, in_force_from: 2004-01-01, accessed: 2026-01-01, source: bank, confidence: bank}}
""",
        encoding="utf-8",
    )
    return file


def number(roots: list[Path], jurisdiction: str = "cn", product: str = "credit_card") -> int:
    return load_book(list(roots)).at(DAY, jurisdiction, product).number("promise.days")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "shipped", "cn/other/rule.yaml", 0)
    write(tmp_path / "shipped", "tw/other/rule.yaml", 0)
    return tmp_path / "shipped"


def test_the_banks_own_rule_holds_everywhere_but_where_the_jurisdiction_has_one(root: Path) -> None:
    write(root, "bank_default/promise/days.yaml", 3)
    write(root, "tw/promise/days.yaml", 5)
    assert (number([root], "cn"), number([root], "tw")) == (3, 5)
    assert load_book([root]).jurisdictions == ("cn", "tw")


def test_a_jurisdictions_rule_for_a_product_leaves_the_banks_rule_for_the_others(root: Path) -> None:
    write(root, "bank_default/promise/days.yaml", 3)
    write(root, "cn/promise/days.card.yaml", 7, "credit_card")
    assert (number([root]), number([root], product="mortgage")) == (7, 3)


def test_a_jurisdictions_general_rule_replaces_the_banks_rule_for_a_product_too(root: Path) -> None:
    write(root, "bank_default/promise/days.card.yaml", 3, "credit_card")
    write(root, "cn/promise/days.yaml", 7)
    assert (number([root]), number([root], "tw")) == (7, 3)


def test_a_later_root_replaces_by_folder_rule_and_products_and_keeps_the_rest(root: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    write(root, "bank_default/promise/days.yaml", 3)
    write(root, "cn/promise/days.card.yaml", 7, "credit_card")
    write(home, "bank_default/promise/days.yaml", 4)
    assert (number([root, home]), number([root, home], product="mortgage")) == (7, 4)
    write(home, "cn/promise/days.ours.yaml", 8, "credit_card")
    assert number([root, home]) == 8
    assert number([home, root]) == 7
    assert load_book([root, home]).at(DAY, "cn", "other").number("other.rule") == 0


def test_the_hash_of_a_book_follows_what_it_says_and_not_where_it_lay(root: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    before = load_book([root]).hash
    assert load_book([root, home]).hash == before
    write(home, "cn/other/rule.yaml", 0)
    assert load_book([root, home]).hash == before
    write(home, "cn/other/rule.yaml", 1)
    assert load_book([root, home]).hash != before


def test_two_files_of_one_rule_in_a_root_are_refused(root: Path) -> None:
    write(root, "cn/promise/days.one.yaml", 3, "credit_card, mortgage")
    write(root, "cn/promise/days.two.yaml", 4, "mortgage, credit_card")
    with pytest.raises(UserError, match=r"stands in cn/promise/days.one.yaml too \(cn/promise/days.two.yaml\)"):
        load_book([root])
    write(root, "cn/promise/days.two.yaml", 4, "mortgage")
    with pytest.raises(UserError, match="stands twice"):
        load_book([root])


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("cn/promise/days.yml", "not a rule file"),
        ("cn/promise/days.yaml.orig", "not a rule file"),
        ("cn/promise/Days.yaml", "not a rule file"),
        ("cn/promise/deep/days.yaml", "not a rule file"),
        ("cn/days.yaml", "a file where a folder belongs"),
        ("days.yaml", "a file where a folder belongs"),
        ("CN/promise/days.yaml", "lower-case"),
    ],
)
def test_nothing_is_skipped_in_silence(root: Path, place: str, says: str) -> None:
    stray = root / place
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_text("rule: promise.days\n")
    with pytest.raises(UserError) as refused:
        load_book([root])
    assert says in str(refused.value)
    assert str(root) not in str(refused.value)


def test_notes_and_hidden_files_lie_beside_the_rules(root: Path) -> None:
    for place in ("README.md", "cn/README.md", "cn/other/.swp", ".git/config", "__pycache__/x.pyc"):
        (root / place).parent.mkdir(exist_ok=True)
        (root / place).write_text("x")
    assert load_book([root]).jurisdictions == ("cn", "tw")


def test_a_variant_says_for_which_products(root: Path) -> None:
    write(root, "cn/promise/days.card.yaml", 3)
    with pytest.raises(UserError, match="a variant without products"):
        load_book([root])


def test_no_pack_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no policy pack"):
        load_book([tmp_path / "nowhere"])
    write(tmp_path, "bank_default/promise/days.yaml", 3)
    with pytest.raises(UserError, match="no policy pack"):
        load_book([tmp_path])


def test_what_is_not_text_is_refused(root: Path) -> None:
    write(root, "cn/promise/days.yaml", 3).write_bytes("rule: 承诺".encode("gb18030"))
    with pytest.raises(UserError, match=r"not UTF-8 text \(cn/promise/days.yaml\)"):
        load_book([root])


def test_the_shipped_packs_are_found_as_a_package() -> None:
    assert {"cn", "tw"} <= set(load_book([shipped_packs()]).jurisdictions)


def test_words_that_yaml_would_turn_into_something_else_stay_words() -> None:
    read = read_yaml(
        "x", "{on: no, at: 22:00, day: 2026-06-40, n: 1_000, m: -3, yes: true, none: null, zip: 012, x: 1e3}"
    )
    assert read == {
        "on": "no", "at": "22:00", "day": "2026-06-40", "n": 1000, "m": -3,
        "yes": True, "none": None, "zip": "012", "x": "1e3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", "'a' stands twice (x, line 3)"),
        ("a: [1\n", "not YAML"),
        ("a: {[1]: 2}\n", "a key must be a word"),
        ("a: &x [*x]\nb: *y\n", "not YAML"),
        ("a: !!python/object:os.system x\n", "not YAML"),
        ("a: !!timestamp 2026-06-40\n", "not YAML"),
        ("a: \x07\n", "not YAML"),
    ],
)
def test_bad_yaml_is_one_line(text: str, says: str) -> None:
    with pytest.raises(UserError) as refused:
        read_yaml("x", text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
