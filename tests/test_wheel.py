"""The wheel in an empty environment, used from another folder: nothing may lean on the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")

pytestmark = pytest.mark.wheel


def run(*command: str | Path, cwd: Path) -> str:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the core lock and the wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    run(UV, "venv", "--quiet", "--python", sys.executable, "env", cwd=folder)
    target = ("--python", folder / "env" / "bin" / "python")
    run(UV, "pip", "install", "--require-hashes", "-r", ROOT / "requirements" / "core.txt", *target, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    run(UV, "pip", "install", "--offline", "--no-deps", wheel, *target, cwd=folder)
    return folder / "env" / "bin"


@pytest.mark.parametrize("package", ["policy_packs", "legal_templates"])
def test_the_wheel_carries_every_pack_and_template(installed: Path, tmp_path: Path, package: str) -> None:
    where = f"import importlib.resources as r; print(r.files('{package}'))"
    shipped = Path(run(installed / "python", "-c", where, cwd=tmp_path).strip())
    assert not shipped.is_relative_to(ROOT)
    assert files_below(shipped) == files_below(ROOT / package)


def files_below(folder: Path) -> list[str]:
    found = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return sorted(str(path.relative_to(folder)) for path in found)


def test_the_command_answers_from_another_folder(installed: Path, tmp_path: Path) -> None:
    assert "explain" in run(installed / "recourse", "--help", cwd=tmp_path)
