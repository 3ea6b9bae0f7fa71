"""What is understood without the command line library is what the library understands."""

from __future__ import annotations

from itertools import product

import pytest

from composeguard.cli import cli
from composeguard.commands.names import COMMANDS
from composeguard.commands.options import CheckOptions
from composeguard.commands.straight import CHOICES, FLAGS, plain_check

LINES = [
    [],
    ["check"],
    ["compose.yaml"],
    ["check", "a", "fix", "-", "b c"],
    ["-q", "check"],
    ["", "-f", "concise", "-f", "json"],
    *([flag, "a"] for flag in FLAGS),
    *([name, value, "a"] for name, (_, known) in CHOICES.items() for value in known),
    *(["a", f"{name}={value}"] for name, (_, known) in CHOICES.items() if name[1] == "-" for value in known[:2]),
    *(["check", "a", *words] for words in (["-j2"], ["-j", "12"], ["--jobs", "3"], ["--jobs=4", "-j1"])),
    *(["check", *pair, "a"] for pair in product(FLAGS, FLAGS)),
]
LEFT = [
    *([command, "a"] for command in COMMANDS if command != "check"),
    ["--version"],
    ["-h"],
    ["check", "--help"],
    ["--", "-q"],
    ["-qv"],
    ["-fjson"],
    ["-f=json"],
    ["-f", "jsom"],
    ["-f"],
    ["--quiet=1"],
    ["--rules", "rules"],
    ["--plugin=x"],
    ["--pack", "cis", "a"],
    ["-x"],
    *(
        ["a", *words]
        for words in (["-j"], ["-j0"], ["-j=2"], ["-j", "-q"], ["--jobs="], ["--jobs", "1.5"], ["-j99999"])
    ),
    ["-j", "\u0663"],
    ["-jq"],
]


def by_click(arguments: list[str]) -> CheckOptions:
    command = cli.commands["check"]
    context = command.make_context("check", [*arguments])
    return CheckOptions.of(context.params)


@pytest.mark.parametrize("arguments", LINES, ids=" ".join)
def test_it_is_what_the_library_says(arguments: list[str]) -> None:
    given = arguments[1:] if arguments[:1] == ["check"] else arguments
    assert plain_check(arguments) == by_click(given)


@pytest.mark.parametrize("arguments", LEFT, ids=" ".join)
def test_what_is_not_plain_is_left_to_it(arguments: list[str]) -> None:
    assert plain_check(arguments) is None


def test_completion_is_left_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_COMPOSEGUARD_COMPLETE", "bash_complete")
    assert plain_check(["a"]) is None
