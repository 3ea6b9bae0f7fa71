"""The wheel and the editable install both find the built-in rules."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
_PAGE = PROJECT / "src" / "composeguard" / "report" / "page"
_TEMPLATES = PROJECT / "src" / "composeguard" / "commands" / "templates"


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def codes(listing: str) -> list[str]:
    return [rule["code"] for rule in json.loads(listing)["rules"]]


def codes_in_folder() -> list[str]:
    return sorted(path.name[:5].upper() for path in (PROJECT / "rules").glob("cg*.*"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, PROJECT, cwd=folder)
    (built,) = folder.glob("composeguard-*.whl")
    return built


def test_wheel_ships_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"composeguard"}
    assert "composeguard/py.typed" in names
    assert "composeguard/images/profiles.json" in names
    assert {f"composeguard/report/page/{path.name}" for path in _PAGE.iterdir()} <= set(names)
    assert {f"composeguard/commands/templates/{path.name}" for path in _TEMPLATES.iterdir()} <= set(names)
    assert not [name for name in names if name.endswith(".pyc") or "__pycache__" in name]
    assert sorted(name for name in names if name.startswith("composeguard/builtin/cg")) == sorted(
        f"composeguard/builtin/{path.name}" for path in (PROJECT / "rules").glob("cg*.*")
    )


def test_wheel_in_a_clean_environment_lists_the_rules_of_the_folder(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, cwd=tmp_path)
    listing = run(python, "-m", "composeguard", "rules", "--format", "json", cwd=tmp_path)
    assert codes(listing) == codes_in_folder()
    # The command that a user types works as well, on a file, from an unrelated folder.
    (tmp_path / "compose.yaml").write_text("services: {web: {image: 'nginx:1.27.2', privileged: true}}\n")
    script = tmp_path / "env" / "bin" / "composeguard"
    done = subprocess.run([script, "-f", "concise", "compose.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "compose.yaml:1:41: CG101 [critical]" in done.stdout


def test_editable_install_lists_the_rules_of_the_folder(tmp_path: Path) -> None:
    listing = run(sys.executable, "-m", "composeguard", "rules", "--format", "json", cwd=tmp_path)
    assert codes(listing) == codes_in_folder()
