"""The baselines of a run: which file holds for a project, and which of its entries are stale."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from composeguard.compose.diagnostic import Kind
from composeguard.config import Configuration
from composeguard.errors import ConfigError, UsageError
from composeguard.source import disk

if TYPE_CHECKING:
    from composeguard.commands.result import Result
    from composeguard.engine.baseline import Baseline, Entry, Run
    from composeguard.engine.finding import Finding

DEFAULT_NAME = ".composeguard-baseline.json"
_MAXIMUM_BYTES = 64 * 1024 * 1024


class Baselines:
    """Reads each baseline once. `given` is that of the command line, which holds for all projects."""

    def __init__(self, given: str | None, in_use: bool = True) -> None:
        self._given = given
        self._in_use = in_use
        self._read: dict[Path, Baseline] = {}

    def mark(self, configuration: Configuration, findings: Iterable[Finding]) -> list[Finding]:
        """The findings of a project, those that its baseline knows marked so."""
        baseline = self._of(configuration)
        if baseline is None:
            return list(findings)
        every = list(findings)
        marked = iter(baseline.mark(each for each in every if not each.rule.locked))
        return [each if each.rule.locked else next(marked) for each in every]

    def saw(self, result: Result) -> None:
        """Remember a checked project, for `stale`."""
        baseline = self._of(result.configuration)
        if baseline is not None:
            baseline.saw(as_run(result))

    def holds_for(self, configuration: Configuration) -> bool:
        """Whether the projects of a configuration have a baseline."""
        return self._of(configuration) is not None

    def stale(self, exists: Callable[[str], bool]) -> list[tuple[Baseline, list[Entry]]]:
        """The entries of each baseline that stand for nothing any more, where there are any."""
        found = ((baseline, baseline.stale(exists)) for baseline in self._read.values())
        return [(baseline, entries) for baseline, entries in found if entries]

    def _of(self, configuration: Configuration) -> Baseline | None:
        path = self._given or configured(configuration)
        if path is None or not self._in_use:
            return None
        where = Path(disk.real(path))
        if where not in self._read:
            self._read[where] = read(Path(path), configuration.origin if self._given is None else "--baseline")
        return self._read[where]


def configured(configuration: Configuration) -> str | None:
    """The path of the baseline that a configuration names, which is relative to its file."""
    name = configuration.settings.baseline
    return None if name is None else str(configuration.folder(("baseline",)) / name)


def read(path: Path, asked_by: str) -> Baseline:
    """Read one baseline.

    Raises:
        UsageError: there is no such file.
        ConfigError: it cannot be read, or is no baseline.
    """
    from composeguard.engine.baseline import parse

    if not disk.is_file(str(path)):
        raise UsageError(f"{asked_by}: there is no baseline {path}; `composeguard baseline write` makes one")
    try:
        data = disk.read(str(path), _MAXIMUM_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > _MAXIMUM_BYTES:
        raise ConfigError(f"{path}: larger than {_MAXIMUM_BYTES:,} bytes")
    return parse(data, str(path))


def as_run(result: Result) -> Run:
    """What a checked project tells of a baseline."""
    from composeguard.engine.baseline import Run

    failed = {failure.rule.code for failure in result.outcome.failures}
    seen_whole = not any(note.kind in (Kind.UNREADABLE, Kind.GAP) for note in result.notes)
    ran = {rule.code for rule in result.selection.rules} - failed if seen_whole else frozenset[str]()
    return Run(frozenset(result.files), frozenset(ran), result.judged)
