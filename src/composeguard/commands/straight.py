"""The command lines that hooks and pipelines use, understood without the command line library.

Importing that, and declaring all commands and options to it, takes as long as checking a small file. What is not plain
here is left to it: it alone says what is wrong with a command line. A test holds both to the same answers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from composeguard.commands.names import COMMANDS, COMPLETION
from composeguard.commands.options import CheckOptions
from composeguard.commands.words import COLOURS, PROFILES, SECONDS, SEVERITIES, THRESHOLDS
from composeguard.report import FORMATS
from composeguard.source.regex import regex

FLAGS = {
    "--exit-zero": "exit_zero",
    "--no-cache": "no_cache",
    "--no-config": "no_config",
    "--no-ignores": "no_ignores",
    "--no-progress": "no_progress",
    "--quiet": "quiet",
    "--statistics": "statistics",
    "--verbose": "verbose",
    "-q": "quiet",
    "-v": "verbose",
}
CHOICES = {
    "--color": ("color", COLOURS),
    "--fail-on": ("fail_on", THRESHOLDS),
    "--format": ("output_format", tuple(FORMATS)),
    "--min-severity": ("min_severity", SEVERITIES),
    "--profile": ("profile", PROFILES),
    "-f": ("output_format", tuple(FORMATS)),
}
_NUMBER = regex(r"[1-9][0-9]{0,3}")


def plain_check(arguments: Sequence[str]) -> CheckOptions | None:
    """The options of a `check` of which every word is plain; None where it is not."""
    if COMPLETION in os.environ:
        return None
    if arguments[:1] == ["check"]:
        arguments = arguments[1:]
    elif arguments and arguments[0] in COMMANDS:
        return None
    said: dict[str, object] = {}
    paths: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if not word.startswith("-") or word == "-":
            paths.append(word)
        elif word in FLAGS:
            said[FLAGS[word]] = True
        elif name == "--jobs" or word.startswith("-j"):
            attached = value if equals and name == "--jobs" else word.removeprefix("--jobs").removeprefix("-j")
            given = attached or next(words, "")
            if not _NUMBER.fullmatch(given):
                return None
            said["jobs"] = int(given)
        elif name in CHOICES and (not equals or name.startswith("--")):
            field, known = CHOICES[name]
            given = value if equals else next(words, "")
            if given not in known:
                return None
            said[field] = given
        else:
            return None
    return CheckOptions(paths=tuple(paths), timeout=SECONDS, **said)  # type: ignore[arg-type]
