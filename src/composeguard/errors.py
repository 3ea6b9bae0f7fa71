"""The errors that end a run, each with its exit code. Findings are not errors; see `engine/finding.py`."""

from __future__ import annotations

from typing import ClassVar


class ComposeguardError(Exception):
    """Something that a person must put right before the run can go on. `str()` is the whole message."""

    exit_code: ClassVar[int] = 2


class UsageError(ComposeguardError):
    """The command line asks for something that does not exist or contradicts itself."""


class ConfigError(ComposeguardError):
    """A configuration file that cannot be used; the message holds its place."""


class RuleError(ComposeguardError):
    """A rule that cannot be loaded; the message names the file."""


class WorkerError(ComposeguardError):
    """A process that checks projects was ended from outside, or cannot be started."""


class NoInputError(ComposeguardError):
    """No file to read."""

    exit_code: ClassVar[int] = 3
