"""The lock files: complete, in step with pyproject.toml, and silent about where packages come from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
ENGINES = ("airflow", "prefect")
LOCKS = ("uv", "core", "dev", *ENGINES)


def pins(lock: str) -> dict[str, str]:
    """Name and version of each locked package; fails on one without a hash."""
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    entries = re.findall(r"^(\S+?)==(\S+)[^\n]*\n((?:    .*\n?)*)", text, flags=re.MULTILINE)
    assert all("--hash=sha256:" in rest for _, _, rest in entries), f"requirements/{lock}.txt: a package has no hash"
    return {canonicalize_name(name): version for name, version, _ in entries}


def asked(lock: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups, extras = project["dependency-groups"], project["project"]["optional-dependencies"]
    lists = {
        **{engine: [*project["project"]["dependencies"], *extras[engine]] for engine in ENGINES},
        "uv": groups["setup"],
        "core": project["project"]["dependencies"],
        "dev": [*project["project"]["dependencies"], *(line for line in groups["dev"] if isinstance(line, str))],
    }
    return [Requirement(line) for line in lists[lock]]


@pytest.mark.parametrize("lock", LOCKS)
def test_what_pyproject_asks_for_is_locked(lock: str) -> None:
    locked = pins(lock)
    missing = [
        str(wanted) for wanted in asked(lock) if not wanted.specifier.contains(locked.get(wanted.name.lower(), "0"))
    ]
    assert missing == [], "run `make lock`"


@pytest.mark.parametrize("smaller", ["uv", "core"])
def test_dev_holds_the_same_pins(smaller: str) -> None:
    assert pins(smaller).items() <= pins("dev").items(), "run `make lock`"


def test_the_engines_share_one_environment() -> None:
    """With each other, with the core and with what the tests need: no package has two pins."""
    every = [pins(lock) for lock in LOCKS]
    apart = {name for one in every for other in every for name in one.keys() & other.keys() if one[name] != other[name]}
    assert apart == set(), "run `make lock`"


def test_an_install_without_the_lock_takes_no_web_framework_that_prefect_cannot_be_imported_with() -> None:
    """Prefect's own bound lets in releases of FastAPI that end it as it is imported (docs/operations.md, Versions)."""
    (fastapi,) = [wanted for wanted in asked("prefect") if wanted.name == "fastapi"]
    (prefect,) = [wanted for wanted in asked("prefect") if wanted.name == "prefect"]
    assert not any(fastapi.specifier.contains(version) for version in ("0.137", "0.139.0", "0.155.0", "1.0"))
    assert not prefect.specifier.contains("3.8.0")


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_folder(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    assert not re.search(r"://|--(extra-)?index|--find-links|@ file|\s/\w", text)
