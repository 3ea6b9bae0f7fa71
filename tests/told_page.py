"""Pages whose console blocks are run: what they show is what comes."""

from __future__ import annotations

import re
import shlex

import pytest

from composeguard.cli import run


def run_as_shown(block: str, capsys: pytest.CaptureFixture[str]) -> int:
    """Run every `$ composeguard …` of a console block in the current folder; returns how many there are."""
    commands = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    for each in commands:
        command, _, shown = each.partition("\n")
        program, *arguments = shlex.split(command)
        assert program == "composeguard"
        run(arguments)
        captured = capsys.readouterr()
        assert captured.err + captured.out == shown, command
    return len(commands)
