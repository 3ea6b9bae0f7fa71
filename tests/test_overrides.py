"""`overrides`: other settings for some files or services."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.test_cli import BAD, Run, run

__all__ = ["run"]


@pytest.mark.parametrize(
    ("override", "severity"),
    [
        ("{services: [web], ignore: [CG101]}", None),
        ("{services: ['w*'], rules: {privileged: off}}", None),
        ("{files: [sub/], rules: {CG101: low}}", "low"),
        ("{files: [other/], ignore: [CG101]}", "critical"),
        ("{files: [sub/], services: [db], ignore: [CG101]}", "critical"),
    ],
)
def test_a_finding_is_judged_by_its_place(run: Run, override: str, severity: str | None) -> None:
    Path(".git").mkdir()
    Path("sub").mkdir()
    Path("sub/compose.yaml").write_text(BAD)
    Path(".composeguard.yaml").write_text(f"overrides:\n  - {override}\n")
    out = run("check", "-f", "concise", "--select", "CG101").out
    assert ("CG101" in out) is (severity is not None)
    assert severity is None or f"[{severity}]" in out


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("{ignore: [CG101]}", "needs `files` or `services`"),
        ("{services: [web], ignore: [no-such-rule]}", "no-such-rule"),
        ("{services: [web], rules: {CG103: {allow: [NET_RAW]}}}", "options of a rule hold for whole projects"),
        ("{services: [web], ignores: [CG101]}", "unknown key 'ignores'"),
    ],
)
def test_what_makes_no_sense_is_an_error(run: Run, override: str, said: str) -> None:
    Path(".git").mkdir()
    Path("compose.yaml").write_text(BAD)
    Path(".composeguard.yaml").write_text(f"overrides:\n  - {override}\n")
    result = run("check")
    assert result.code == 2
    assert said in result.err


def test_what_could_not_be_read_is_never_left_out(run: Run) -> None:
    Path(".git").mkdir()
    Path("compose.yaml").write_text("services: [\n")
    Path(".composeguard.yaml").write_text("overrides:\n  - {files: ['*'], ignore: [ALL]}\n")
    assert run("check").code == 2
