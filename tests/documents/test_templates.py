"""Choosing the version in force, and one-line errors for what legal staff may write wrong."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from recourse.documents.blocks import Paragraph, Run
from recourse.documents.templates import Templates
from recourse.errors import UserError

META = """
title: {zh: 便函, en: Note}
issuer: bank
life_cycle: [draft, issued]
draft: false
channels: [post]
head: bank
legal_basis:
  - {act: 示例法, in_force_from: 2020-01-01, accessed: 2026-01-01, source: here, confidence: primary}
required: [bank]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "cn" / "note"
    folder.mkdir(parents=True)
    (folder / "meta.yaml").write_text(META, "utf-8")
    (folder / "2024-01-01.md").write_text("旧文本 {{ bank }}", "utf-8")
    (folder / "2025-06-01.md").write_text("新文本 {{ bank }}", "utf-8")
    (folder / "sample.json").write_text('{"bank": "甲银行"}', "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("on", "version"), [("2024-01-01", "旧"), ("2025-05-31", "旧"), ("2025-06-01", "新"), ("2030-01-01", "新")]
)
def test_the_newest_text_in_force_on_the_day(root: Path, on: str, version: str) -> None:
    document = Templates(root).in_force("cn", "note", date.fromisoformat(on)).document({"bank": "甲银行"})
    assert document.blocks == (Paragraph((Run(f"{version}文本 甲银行"),)),)
    assert document.head == "甲银行"


def test_a_version_is_named_by_what_made_it(root: Path) -> None:
    old, new = (Templates(root).in_force("cn", "note", date(year, 1, 1)) for year in (2025, 2026))
    assert old.version == "cn/note/2024-01-01"
    assert old.sha256 != new.sha256


def test_before_the_first_text_there_is_none(root: Path) -> None:
    with pytest.raises(UserError, match=r"no template in force on 2023-12-31.*from 2024-01-01"):
        Templates(root).in_force("cn", "note", date(2023, 12, 31))


def test_an_unknown_document_names_the_known_ones(root: Path) -> None:
    with pytest.raises(UserError, match=r"no such document 'letter' \(cn\): one of note"):
        Templates(root).in_force("cn", "letter", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("issuer: bank", "issuer: somebody"), "issuer"),
        (("draft: false", ""), "draft"),
        (("draft: false", "draft: false\nspare: 1"), "spare"),
        (("confidence: primary", "confidence: hearsay"), "legal_basis.0.confidence"),
        (("in_force_from: 2020-01-01", "in_force_from: 1.1.2020"), "legal_basis.0.in_force_from"),
        (("required: [bank]", "required: [Bank Name]"), "required"),
        (("title: {", "title: ["), "not YAML"),
    ],
)
def test_a_wrong_meta_names_file_and_field(root: Path, change: tuple[str, str], said: str) -> None:
    path = root / "cn" / "note" / "meta.yaml"
    path.write_text(META.replace(*change), "utf-8")
    with pytest.raises(UserError) as refused:
        Templates(root).in_force("cn", "note", date(2026, 1, 1))
    assert said in str(refused.value)
    assert "cn/note/meta.yaml" in str(refused.value)


def test_a_text_without_a_date_in_its_name_is_refused(root: Path) -> None:
    (root / "cn" / "note" / "final.md").write_text("x", "utf-8")
    with pytest.raises(UserError, match=r"final\.md"):
        Templates(root).in_force("cn", "note", date(2026, 1, 1))


def test_a_missing_or_broken_sample_is_named(root: Path) -> None:
    path = root / "cn" / "note" / "sample.json"
    path.write_text("{", "utf-8")
    with pytest.raises(UserError, match=r"not JSON \(cn/note/sample\.json\)"):
        Templates(root).sample("cn", "note")
    path.unlink()
    with pytest.raises(UserError, match=r"missing file \(cn/note/sample\.json\)"):
        Templates(root).sample("cn", "note")


def approved(root: Path, by: str, on: str) -> None:
    path = root / "cn" / "note" / "meta.yaml"
    path.write_text(f"{META}approved: {{by: {by}, on: {on}}}\n", "utf-8")


@pytest.mark.parametrize(("by", "whose"), [("Recourse maintainers", False), ("法律合规部", True)])
def test_a_shipped_default_is_not_approved_by_the_bank(root: Path, by: str, whose: bool) -> None:
    approved(root, by, "2025-06-01")
    assert Templates(root).in_force("cn", "note", date(2026, 1, 1)).meta.by_the_bank is whose


def test_without_an_approval_nobody_has(root: Path) -> None:
    meta = Templates(root).in_force("cn", "note", date(2026, 1, 1)).meta
    assert (meta.approved, meta.by_the_bank) == (None, False)


def test_a_bank_approves_a_text_before_it_comes_into_force(root: Path) -> None:
    approved(root, "法律合规部", "2025-06-02")
    with pytest.raises(UserError, match=r"approved on 2025-06-02, after it came into force on 2025-06-01"):
        Templates(root).in_force("cn", "note", date(2026, 1, 1))
    approved(root, "Recourse maintainers", "2025-06-02")
    assert Templates(root).in_force("cn", "note", date(2026, 1, 1)).meta.approved


def test_the_texts_of_a_day(root: Path) -> None:
    templates = Templates(root)
    assert [each.version for each in templates.effective(date(2025, 1, 1))] == ["cn/note/2024-01-01"]
    assert templates.effective(date(2025, 1, 1), "tw") == templates.effective(date(2023, 12, 31)) == []
    assert templates.named("cn/note/2024-01-01").source.startswith("旧")
    with pytest.raises(UserError, match="gone"):
        templates.named("cn/note/2024-01-02")
