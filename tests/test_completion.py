"""`composeguard completion`: the script, and what it asks for."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.test_cli import Run, run

__all__ = ["run"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_script_asks_the_program(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert (result.code, result.err) == (0, "")
    assert f"_COMPOSEGUARD_COMPLETE={shell}_complete" in result.out


def test_the_program_answers() -> None:
    environment = {
        **os.environ,
        "_COMPOSEGUARD_COMPLETE": "bash_complete",
        "COMP_WORDS": "composeguard base",
        "COMP_CWORD": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "composeguard"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["plain,baseline"]
