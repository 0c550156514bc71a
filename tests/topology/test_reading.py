"""The reader of the compose file and the rewriting of a service for this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from recourse.errors import UserError
from topology import compose
from topology.compose import Mount, Service, fill_in, in_order, variables
from topology.native import CHECKOUT, LOOPBACK, Site, site


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$A and ${A}", "1 and 1"),
        ("${A:-2} ${MISSING:-2} ${EMPTY:-2} ${EMPTY-2}", "1 2 2 "),
        ("${MISSING}", ""),
        ("$$A $${A}", "$A ${A}"),
        ("${A:?say}", "1"),
    ],
)
def test_variables_are_replaced(text: str, filled: str) -> None:
    assert fill_in({"x": [text]}, {"A": "1", "EMPTY": ""}) == {"x": [filled]}


@pytest.mark.parametrize("text", ["${MISSING:?make one}", "${EMPTY:?make one}", "${MISSING?make one}"])
def test_a_missing_variable_is_a_mistake_of_a_person(text: str) -> None:
    with pytest.raises(UserError, match="is not set: make one"):
        fill_in(text, {"EMPTY": ""})


def test_what_is_not_understood_is_refused() -> None:
    with pytest.raises(UserError, match="does not know"):
        fill_in("${A:-${B}}", {})


def test_variables_are_listed_with_what_must_be_given() -> None:
    assert variables({"a": "${A:-1} $$NOT", "b": ["${B:?x}", "${B}"]}) == {"A": False, "B": True}


def test_a_broken_file_is_a_mistake_of_a_person(tmp_path: Path) -> None:
    (tmp_path / "broken.yml").write_text("a: [")
    with pytest.raises(UserError, match=r"broken\.yml"):
        compose.load(tmp_path / "broken.yml")


def service(name: str, *needs: str, exposed: tuple[int, ...] = (), mounts: tuple[Mount, ...] = ()) -> Service:
    return Service(
        name, "recourse:1.0.0", True, (), {}, exposed, mounts, dict.fromkeys(needs, "service_started"),
        "unless-stopped", (), None,
    )  # fmt: skip


def test_services_come_after_what_they_need() -> None:
    known = {each.name: each for each in (service("a", "b"), service("b", "c"), service("c"), service("d"))}
    assert [each.name for each in in_order(known, ["a"])] == ["c", "b", "a"]


@pytest.mark.parametrize(("wanted", "said"), [("z", "no service 'z'"), ("a", "a -> b -> a")])
def test_an_unknown_service_and_a_ring_are_refused(wanted: str, said: str) -> None:
    known = {"a": service("a", "b"), "b": service("b", "a")}
    with pytest.raises(UserError, match=said):
        in_order(known, [wanted])


@pytest.mark.parametrize(
    ("written", "here"),
    [
        ("postgresql://u:p5432@db:5432/x", "postgresql://u:p5432@127.0.0.1:60001/x"),
        ("http://localhost:8080/health", "http://127.0.0.1:60002/health"),
        ("8080", "60002"),
        ("0.0.0.0", LOOPBACK),
        ("18080 8080x db:54321 mydb:5432", "18080 8080x db:54321 mydb:5432"),
        ("/opt/recourse/dags", f"{CHECKOUT}/dags"),
        ("/var/lib/things/a", "/site/volumes/things/a"),
        ("/var/lib/thingsother", "/var/lib/thingsother"),
    ],
)
def test_texts_are_rewritten_for_this_machine(written: str, here: str) -> None:
    web = service("web", exposed=(8080,), mounts=(Mount("things", "/var/lib/things", False),))
    where = Site(Path("/site"), {("db", 5432): 60001, ("web", 8080): 60002})
    assert where.text(web, written) == here


def test_every_exposed_port_gets_one_of_its_own(tmp_path: Path) -> None:
    where = site(tmp_path, [service("a", exposed=(1, 2)), service("b", exposed=(1,))], {"b": 4321})
    assert where.ports["b", 1] == 4321
    assert len(set(where.ports.values())) == 3
