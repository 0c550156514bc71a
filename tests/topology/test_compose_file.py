"""docker-compose.yml, .env.example and Dockerfile: by the compose specification, and by what a bank's operator expects."""

from __future__ import annotations

import copy
import os
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from desk.cli import app
from topology import compose
from topology.compose import Service

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = compose.load()
SECRET = re.compile(r"PASSWORD|SECRET|_KEY$|_ADMIN$")
ENV_EXAMPLE = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))
OPTIONAL_SECRETS = ("PREFECT_DB_PASSWORD", "PREFECT_AUTH")
"""What only the profile `prefect` needs. `:?` would ask everybody for it: compose fills in the whole file."""
MADE_UP = {name: "made-up" for name, required in compose.variables(DOCUMENT).items() if required}
MADE_UP |= {"PREFECT_DB_PASSWORD": "made-up", "PREFECT_AUTH": "made-up:made-up"}
SERVICES = compose.services(DOCUMENT, MADE_UP)
ALL = pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)


def written(service: Service) -> dict[str, Any]:
    body: dict[str, Any] = DOCUMENT["services"][service.name]
    return body


# --- the specification --------------------------------------------------------------------------------------------


def refusal(document: dict[str, Any]) -> str:
    """What a reader of the compose specification says against a document; "" when nothing."""
    specification = pytest.importorskip("compose_spec", reason="no reader of the compose specification installed")
    try:
        specification.PyCompose.from_yaml(yaml.safe_dump(document)).validate()
    except ValueError as error:
        return str(error)
    return ""


def test_the_file_follows_the_specification() -> None:
    assert refusal(compose.fill_in(DOCUMENT, MADE_UP)) == ""


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda service: service.update(comand="x"), "comand"),
        (lambda service: service["healthcheck"].update(intervall="1s"), "intervall"),
        (lambda service: service["depends_on"]["postgres"].update(condition="up"), "up"),
        (lambda service: service.update(restart="sometimes"), "sometimes"),
        (lambda service: service.update(ports=["x:y"]), "x"),
    ],
)
def test_the_specification_is_read(spoil: Callable[[dict[str, Any]], None], said: str) -> None:
    document = copy.deepcopy(compose.fill_in(DOCUMENT, MADE_UP))
    spoil(document["services"]["api-server"])
    assert said in refusal(document)


def test_every_name_that_is_referred_to_is_there() -> None:
    needed = {name for service in SERVICES.values() for name in service.needs}
    volumes = {mount.source for service in SERVICES.values() for mount in service.mounts if not mount.is_folder}
    assert needed <= SERVICES.keys()
    assert volumes == DOCUMENT["volumes"].keys()


# --- every service ------------------------------------------------------------------------------------------------


@ALL
def test_its_image_is_pinned(service: Service) -> None:
    tag = service.image.rpartition(":")[2]
    assert re.search(r"\d+\.\d+\.\d+|\d+\.\d+-", tag), f"{service.image}: not a release"


@ALL
def test_it_runs_as_somebody_lesser(service: Service) -> None:
    body = written(service)
    user = str(body.get("user", "root")).split(":")[0]
    assert user not in ("root", "0")
    assert body["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in body["security_opt"]
    assert not {"privileged", "network_mode", "pid", "ipc", "cap_add"} & body.keys()


@ALL
def test_it_comes_back_or_is_done(service: Service) -> None:
    if service.is_one_shot:
        waited_for = [each.name for each in SERVICES.values() if service.name in each.needs]
        conditions = {SERVICES[name].needs[service.name] for name in waited_for}
        assert conditions == {"service_completed_successfully"}
    else:
        assert service.restart == "unless-stopped"
        assert service.check is not None


@ALL
def test_it_waits_for_health_where_there_is_any(service: Service) -> None:
    lax = [name for name, how in service.needs.items() if SERVICES[name].check and how != "service_healthy"]
    assert lax == []


@ALL
def test_what_it_publishes_stays_on_this_host_unless_asked(service: Service) -> None:
    assert [port for port in compose.fill_in(written(service).get("ports", []), {}) if port[:10] != "127.0.0.1:"] == []


@ALL
def test_it_exposes_what_it_publishes(service: Service) -> None:
    published = {int(port.rpartition(":")[2]) for port in written(service).get("ports", [])}
    assert published <= set(service.exposed)


@ALL
def test_no_secret_stands_in_the_file(service: Service) -> None:
    literal = [name for name, value in service.environment.items() if SECRET.search(name) and "made-up" not in value]
    passwords = re.findall(r"://[^:/@ ]*:([^@ ]+)@", " ".join([*service.environment.values(), *service.command]))
    assert literal == []
    assert set(passwords) <= {"made-up"}


@ALL
def test_its_recourse_commands_exist(service: Service) -> None:
    group = typer.main.get_command(app)
    for line in (" ".join(service.command)).split("&&"):
        words = shlex.split(line.replace("bash -ec", ""))
        if words[:1] != ["recourse"]:
            continue
        command = getattr(group, "commands", {}).get(words[1])
        assert command is not None, f"no command {words[1]}"
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words[2:] if word.startswith("--")} <= options


def test_only_two_services_know_more_than_the_application_role() -> None:
    powerful = {
        service.name
        for service in SERVICES.values()
        if service.is_built and ({"RECOURSE_OWNER_PASSWORD", "DATABASES_ADMIN"} & service.environment.keys()
                                 or "recourse_owner" in service.environment.get("RECOURSE_LEDGER", ""))
    }  # fmt: skip
    assert powerful == {"databases", "ledger"}


def test_the_server_of_prefect_knows_neither_ledger_nor_key() -> None:
    server = SERVICES["prefect-server"]
    assert [name for name in server.environment if name.startswith("RECOURSE_")] == ["RECOURSE_MODE"]
    assert server.mounts == ()


def test_nobody_needs_prefect_who_does_not_ask_for_it() -> None:
    of_prefect = {each.name for each in SERVICES.values() if "prefect" in each.profiles}
    assert of_prefect == {"prefect-server", "prefect-deploy", "prefect-worker"}
    others = [each for each in SERVICES.values() if each.name not in of_prefect]
    assert [each.name for each in others if of_prefect & each.needs.keys()] == []
    assert [name for name, required in compose.variables(DOCUMENT).items() if required and "PREFECT" in name] == []


def test_prefect_needs_nothing_of_airflow() -> None:
    needed = {each.name for each in compose.in_order(SERVICES, ["prefect-worker", "console"])}
    of_prefect = {"prefect-server", "prefect-deploy", "prefect-worker"}
    assert needed == {"postgres", "databases", "ledger", "console"} | of_prefect


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "PREFECT_DB_PASSWORD: is not set"),
        ({"PREFECT_DB_PASSWORD": "x"}, "PREFECT_AUTH: is not set"),
        ({"PREFECT_DB_PASSWORD": "x", "RECOURSE_MODE": "development"}, ""),
        ({"PREFECT_DB_PASSWORD": "x", "PREFECT_AUTH": "office:y"}, "office:y"),
    ],
)
def test_the_server_of_prefect_says_what_it_lacks(given: dict[str, str], said: str) -> None:
    absent = {"PREFECT_DB_PASSWORD": "", "PREFECT_AUTH": ""}
    server = compose.services(DOCUMENT, {**MADE_UP, **absent, **given})["prefect-server"]
    *shell, script = server.command
    command = [*shell, script.replace("exec prefect", 'echo "$PREFECT_SERVER_API_AUTH_STRING"; exec true')]
    environment = {"PATH": os.environ["PATH"], **server.environment}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert said in ended.stdout + ended.stderr
    assert (ended.returncode == 0) == ("is not set" not in said)


def test_ledger_and_metadata_are_apart() -> None:
    seen = SERVICES["scheduler"].environment
    ledger, metadata = seen["RECOURSE_LEDGER"], seen["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert "//recourse_app:" in ledger
    assert ledger.endswith("/recourse")
    assert "//airflow:" in metadata
    assert metadata.endswith("/airflow")
    assert SERVICES["prefect-worker"].environment["RECOURSE_LEDGER"] == ledger
    metadata = SERVICES["prefect-server"].environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
    assert "//prefect:" in metadata
    assert metadata.endswith("/prefect")


# --- variables ----------------------------------------------------------------------------------------------------


def test_every_variable_is_explained_and_no_other() -> None:
    assert ENV_EXAMPLE.keys() == compose.variables(DOCUMENT).keys()


def test_what_must_be_made_is_empty_in_the_example() -> None:
    required = compose.variables(DOCUMENT) | dict.fromkeys(OPTIONAL_SECRETS, True)
    assert [name for name, needed in required.items() if needed and ENV_EXAMPLE[name]] == []
    assert [name for name in ENV_EXAMPLE if SECRET.search(name) and not required[name]] == []


def test_the_example_says_the_defaults_of_the_file() -> None:
    filled = compose.services(DOCUMENT, MADE_UP)
    assert compose.services(DOCUMENT, {**MADE_UP, **{k: v for k, v in ENV_EXAMPLE.items() if v}}) == filled


# --- the image ----------------------------------------------------------------------------------------------------


def test_the_image_is_pinned_locked_and_not_root() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    assert all(re.match(r"FROM python:\d+\.\d+\.\d+-slim", line) for line in lines if line.startswith("FROM"))
    installs = [part for line in lines if line.startswith("RUN") for part in line.split("&&") if "pip install" in part]
    assert [part for part in installs if "--require-hashes" not in part and "--no-deps" not in part] == []
    assert [line for line in lines if line.startswith("USER")] == ["USER 10001:0"]


def test_what_the_image_copies_is_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    tops = {path.split("/")[0] for line in copied for path in line.split() if path != "."}
    assert [top for top in tops if f"!{top}" not in ignored or not (ROOT / top).exists()] == []
