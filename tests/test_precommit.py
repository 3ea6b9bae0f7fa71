"""Both hooks, run by pre-commit itself on a repository made here, offline but for the packages to install."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]

BAD = """\
# The site.
services:
  web:
    image: nginx:1.27.2  # pinned
    user: "101:101"
    read_only: true
    cap_drop: [ALL]
    security_opt:
      - no-new-privileges:false
    mem_limit: 512m
    cpus: 1
    pids_limit: 100
    logging: {driver: local}
"""


def git(*arguments: str, cwd: Path) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *arguments], cwd=cwd, capture_output=True, text=True, check=True)
    return done.stdout


def hook(name: str, repository: Path, hooks: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PRE_COMMIT_HOME": str(cache), "PRE_COMMIT_COLOR": "never"}
    command = [sys.executable, "-m", "pre_commit", "try-repo", str(hooks), name, "--all-files", "--verbose"]
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a repository of hooks: what is on disk now, committed or not."""
    folder = tmp_path_factory.mktemp("hooks") / "composeguard"
    folder.mkdir()
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=PROJECT)
    for name in filter(None, listed.split("\0")):
        source, target = PROJECT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    git("init", "-q", cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "-qm", "hooks", cwd=folder)
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git("init", "-q", cwd=tmp_path)
    (tmp_path / "compose.yaml").write_text(BAD)
    for name in ("composer.yaml", "composeguard.yml"):
        (tmp_path / name).write_text("not: [a compose file\n")
    (tmp_path / "--exit-zero-compose.yaml").write_text("services: {}\n")
    git("add", "-A", cwd=tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["composeguard"])
def test_check_hook_reports_and_fails(name: str, repository: Path, hooks: Path, cache: Path) -> None:
    done = hook(name, repository, hooks, cache)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "CG104" in done.stdout
    assert "composer.yaml" not in done.stdout
    assert "composeguard.yml" not in done.stdout


def test_fix_hook_repairs_and_the_next_run_passes(repository: Path, hooks: Path, cache: Path) -> None:
    first = hook("composeguard-fix", repository, hooks, cache)
    assert "files were modified by this hook" in first.stdout, first.stdout + first.stderr
    text = (repository / "compose.yaml").read_text()
    assert text == BAD.replace("no-new-privileges:false", "no-new-privileges:true")
    git("add", "-A", cwd=repository)
    second = hook("composeguard-fix", repository, hooks, cache)
    assert second.returncode == 0, second.stdout + second.stderr
    third = hook("composeguard", repository, hooks, cache)
    assert third.returncode == 0, third.stdout + third.stderr
