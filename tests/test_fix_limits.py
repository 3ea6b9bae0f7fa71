"""`fix.limits`: what an organisation has chosen is written, safely, where it is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from composeguard import cli

TEXT = """\
services:
  web:
    image: nginx:1.27.2
    tmpfs: [/run]
  db:
    image: docker.io/library/postgres:17.2
    cpu_quota: 0
  old-db:
    image: ${IMAGE}
"""
CONFIGURATION = """\
fix:
  limits:
    - {memory: 256m, cpus: 0.5, pids: 100, log-max-size: 5m, log-max-file: 2, tmpfs-size: 16m}
    - {images: [postgres, "ghcr.io/team/*"], memory: 2g, cpus: 2}
    - {services: ["*-db"], memory: 1g}
"""
FIXED = """\
services:
  web:
    image: nginx:1.27.2
    tmpfs: [/run:size=16m]
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging:
      driver: json-file
      options:
        max-size: 5m
        max-file: "2"
  db:
    image: docker.io/library/postgres:17.2
    cpu_quota: 200000
    mem_limit: 2g
    pids_limit: 100
    logging:
      driver: json-file
      options:
        max-size: 5m
        max-file: "2"
  old-db:
    image: ${IMAGE}
    mem_limit: 1g
    cpus: 0.5
    pids_limit: 100
    logging:
      driver: json-file
      options:
        max-size: 5m
        max-file: "2"
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_is_chosen_is_written_without_unsafe(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("compose.yaml")
    path.write_text(TEXT)
    Path(".composeguard.yaml").write_text(CONFIGURATION)
    code = cli.run(["fix", "--select", "CG401,CG402,CG403,CG405,CG406"])
    assert (code, capsys.readouterr().err) == (0, "")
    assert path.read_text() == FIXED


def test_without_a_choice_nothing_is_written_unless_asked(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path("compose.yaml")
    path.write_text(TEXT)
    Path(".composeguard.yaml").write_text("fix: {limits: [{services: [none], memory: 1g}]}\n")
    cli.run(["fix", "--select", "CG401"])
    assert path.read_text() == TEXT
    cli.run(["fix", "--select", "CG401", "--unsafe"])
    assert path.read_text().count("mem_limit: 512m") == 3
    capsys.readouterr()


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ("memory: 0", "1:17: fix.limits.0.memory: input should be a valid string"),
        ("memory: 0m", "'0m' is no limit"),
        ("memory: lots", "'lots' is no size such as 512m"),
        ("cpus: -1", "fix.limits.0.cpus: input should be greater than 0"),
        ("memroy: 1g", "did you mean memory?"),
    ],
)
def test_a_choice_that_is_none_is_an_error_with_its_place(
    limits: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("compose.yaml").write_text(TEXT)
    Path(".composeguard.yaml").write_text(f"fix: {{limits: [{{{limits}}}]}}\n")
    code = cli.run(["check"])
    captured = capsys.readouterr()
    assert (code, captured.out) == (2, "")
    assert ".composeguard.yaml:1:" in captured.err
    assert message in captured.err
