"""What the README tells a newcomer, run as it stands there: a red hook, a green hook, and a report to upload."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from tests.test_precommit import git, hooks

from composeguard import __version__

__all__ = ["hooks"]

PROJECT = Path(__file__).resolve().parents[1]
SECTION = "## From nothing to a gate"
URL = "https://github.com/composeguard/composeguard"
NO_NETWORK = re.compile("Could not find a version|No matching distribution|Temporary failure in name|ConnectionError")


def _script() -> str:
    """The shell blocks of the section; a line that says `# red` must fail, and every other one succeed."""
    text = (PROJECT / "README.md").read_text("utf-8")
    section = text[text.index(SECTION) :].split("\n## ", 1)[0]
    blocks = re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    said = [f"if {line.split('  # red')[0]}; then exit 99; fi" if "  # red" in line else line for line in lines]
    assert said != lines
    return "\n".join(("set -eux", *said, ""))


@pytest.fixture
def newcomer(tmp_path: Path, hooks: Path) -> dict[str, str]:
    """Somebody for whom git takes the project's address for the checkout, and nothing of this environment is there."""
    git("tag", f"v{__version__}", cwd=hooks)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        f'[user]\n name = n\n email = n@example.org\n[url "file://{hooks}"]\n insteadOf = {URL}\n'
        '[protocol "file"]\n allow = always\n[init]\n defaultBranch = main\n'
    )
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "python3").symlink_to(Path(sys.base_prefix) / "bin" / "python3")
    kept = {key: said for key, said in os.environ.items() if key.startswith("PIP_") or "proxy" in key.lower()}
    return {
        **kept,
        "HOME": str(home),
        "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
        "PRE_COMMIT_COLOR": "never",
        "GIT_PAGER": "cat",
        "LC_ALL": "C.UTF-8",
    }


def test_from_nothing_to_a_gate(newcomer: dict[str, str], shared_dir: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", _script()], cwd=tmp_path, env=newcomer, capture_output=True, text=True, timeout=580
    )
    said = done.stdout + done.stderr
    if NO_NETWORK.search(said):
        pytest.skip("the packages that the README installs cannot be had here")
    assert done.returncode == 0, said[-6000:]
    # Red: what is dangerous is named, and nothing is committed; green: the second try is the first commit.
    states = re.findall(r"^composeguard\.+(Failed|Passed)", said, re.MULTILINE)
    assert states == ["Failed", "Passed"]
    assert "CG302" in said
    repository = tmp_path / "shop"
    assert git("log", "--format=%s", cwd=repository).splitlines() == ["A shop"]
    assert "# behind the proxy of the host" in (repository / "compose.yaml").read_text()
    sarif = json.loads((repository / "composeguard.sarif").read_text())
    schema = json.loads((shared_dir / "schemas" / "sarif-2.1.0.json").read_text())
    jsonschema.Draft7Validator(schema).validate(sarif)
    (run,) = sarif["runs"]
    assert run["results"] == []
    assert len(run["tool"]["driver"]["rules"]) > 50
