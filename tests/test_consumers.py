"""Real output, read by programs that read such formats."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import junitparser
import pytest

PROJECT = Path(__file__).resolve().parents[1]


def _check(folder: Path, *arguments: str) -> None:
    """The platform of twenty services, and a project that is not seen whole, in a repository of their own."""
    (folder / ".git").mkdir()
    for name, text in {
        "platform/compose.yaml": (PROJECT / "examples" / "platform" / "compose.yaml").read_text("utf-8"),
        "ä b/compose.yaml": "# composeguard: ignore-file[CG101] so\r\nservices: {a: {image: b, privileged: true}}\r\n",
        "gap/compose.yaml": "include: [gone.yaml]\nservices: {a: {image: b, privileged: true}}\n",
        "broken/compose.yaml": "services: {a: [\n",
    }.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, "utf-8", newline="")
    command = [sys.executable, "-m", "composeguard", "check", "-q", "--profile", "all", *arguments]
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, timeout=120)


def test_a_parser_of_junit_reads_it(tmp_path: Path) -> None:
    _check(tmp_path, "--output", "junit=out.xml", "--output", "concise=out.txt", "--include-suppressed")
    suites = junitparser.JUnitXml.fromfile(str(tmp_path / "out.xml"))
    lines = (tmp_path / "out.txt").read_text("utf-8").splitlines()
    cases = [case for suite in suites for case in suite]
    accepted = [case for case in cases if case.is_skipped]
    assert len(accepted) == 1
    assert suites.failures + suites.errors + suites.skipped >= len(lines) > 150
    assert {suite.name for suite in suites} == {f"{name}/compose.yaml" for name in ("platform", "ä b", "gap", "broken")}
    assert suites.tests == len(cases)


@pytest.mark.parametrize("options", [[], ["--include-suppressed"]])
def test_the_multitool_has_nothing_to_say(options: list[str], tmp_path: Path) -> None:
    """Microsoft's validator with the rules of the format and of GitHub: it prints problems, and always exits with 0."""
    multitool = shutil.which("sarif-multitool")
    if multitool is None:
        pytest.skip("sarif-multitool is not installed (`npm install --global @microsoft/sarif-multitool`)")
    _check(tmp_path, "--output", "out.sarif", *options)
    (tmp_path / "wrong.sarif").write_text('{"version": "2.1.0", "runs": [{"results": []}]}')
    # The program is called through a shell.
    command = [multitool, "validate", "--rule-kind", "'Sarif;Ghas'"]
    texts = [
        subprocess.run([*command, name], cwd=tmp_path, capture_output=True, text=True, timeout=120).stdout
        for name in ("out.sarif", "wrong.sarif")
    ]
    problems = [re.findall(r"^.*: (?:error|warning) .*$", text, re.MULTILINE) for text in texts]
    assert "1 files scanned" in texts[0]
    assert problems[0] == []
    assert problems[1], "the validator is at work"
