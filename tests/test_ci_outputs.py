"""What a CI job sees: each format alone on standard output, the same exit codes for all, the summary of a step."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.format_readers import PARSERS

from composeguard.report import FORMATS

_BAD = "services:\n  web:\n    image: nginx:1.27.2\n    privileged: true\n    extends: {file: gone.yaml, service: a}\n"
_CLEAN = "services: {}\n"


def _run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "composeguard", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_alone_on_standard_output_and_exit_codes_are_the_same(name: str, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(_BAD)
    parse = PARSERS[name]
    seen = _run(tmp_path, "check", "-f", name, "--allow-partial", "-v")
    assert seen.returncode == 1
    parse(seen.stdout)
    assert "read compose.yaml" in seen.stderr
    gap = _run(tmp_path, "check", "-f", name)
    assert gap.returncode == 2
    parse(gap.stdout)
    assert _run(tmp_path, "check", "-f", name, "--allow-partial", "--fail-on", "never").returncode == 0
    (tmp_path / "compose.yaml").write_text(_CLEAN)
    clean = _run(tmp_path, "check", "-f", name)
    assert (clean.returncode, clean.stderr) == (0, "")
    parse(clean.stdout)
    assert _run(tmp_path / "..", "check", "-f", name, str(tmp_path / "none")).returncode == 2


def test_one_run_writes_many_reports(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(_BAD)
    outputs = ["out.sarif", "out.json", "out.jsonl", "out.md", "out.txt", "out.xml", "gitlab=quality.json"]
    run = _run(tmp_path, "check", "-q", "-f", "concise", *(part for name in outputs for part in ("-o", name)))
    assert run.returncode == 2
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert ElementTree.fromstring((tmp_path / "out.xml").read_text()).tag == "testsuites"
    assert (tmp_path / "out.md").read_text().startswith("### composeguard: ")
    assert isinstance(json.loads((tmp_path / "quality.json").read_text()), list)
    assert not list(tmp_path.glob(".*"))


def test_a_step_of_a_github_workflow_gets_its_summary(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(_BAD)
    summary = tmp_path / "summary.md"
    summary.write_text("# said before\n")
    assert _run(tmp_path, "check", "-f", "github", GITHUB_STEP_SUMMARY=str(summary)).returncode == 2
    assert summary.read_text().startswith("# said before\n### composeguard: ")
    unwritable = _run(tmp_path, "check", "-f", "github", GITHUB_STEP_SUMMARY=str(tmp_path / "none" / "x"))
    assert unwritable.returncode == 2
    assert "the summary of the step cannot be written" in unwritable.stderr
    _run(tmp_path, "check", "-f", "json", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text().count("### composeguard") == 1, "only the format for GitHub writes it"
