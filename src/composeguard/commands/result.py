"""What checking one project comes to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.engine.finding import Finding
from composeguard.engine.run import Outcome
from composeguard.report.likely import discreet

if TYPE_CHECKING:
    from composeguard.commands.memory import Entry
    from composeguard.commands.planned import Planned
    from composeguard.commands.stream import Shown
    from composeguard.compose.discover import ProjectFiles
    from composeguard.config import Configuration, Settings
    from composeguard.engine.report import Changes
    from composeguard.engine.run import Selection
    from composeguard.model.reading import Reading

_WORTH_A_WORD = (Kind.UNREADABLE, Kind.GAP, Kind.NOTE)


class Judged(Struct, frozen=True):
    """What a run needs of a checked project; it can come from another process."""

    outcome: Outcome
    """What to report."""
    judged: tuple[Finding, ...]
    """All that the rules that ran have found, in whichever file: what a fix must not make worse."""
    files: tuple[str, ...]
    notes: tuple[Diagnostic, ...]
    """What could not be seen, and what is worth a word."""
    edits: Mapping[int, Changes] = {}
    """The proved edits of what to report, by index, where they are asked for."""
    shown: Shown | None = None
    """What to report as text, where that is asked for; then there are no findings here."""
    entry: Entry | None = None
    """What a memory of projects keeps of it; then it holds the text as well."""
    planned: Planned | None = None
    """What to write, where that is asked for."""
    reads: Mapping[str, str] = {}
    """Of each file that a plan rests upon, by its path, a digest of what was read."""

    @property
    def says_something(self) -> bool:
        return bool(self.outcome.findings or (self.shown is not None and self.shown.blocks))

    @classmethod
    def of(cls, reading: Reading, outcome: Outcome, judged: tuple[Finding, ...]) -> Judged:
        notes = tuple(map(without_secrets, (each for each in reading.diagnostics if each.kind in _WORTH_A_WORD)))
        return cls(outcome, judged, tuple(file.uri for file in reading.files), notes)


class Result(Struct, frozen=True):
    """One project, checked."""

    project: ProjectFiles
    selection: Selection
    configuration: Configuration
    told: Judged
    kept: Reading | None = None

    @property
    def reading(self) -> Reading:
        """The project as read, where the linter keeps that."""
        assert self.kept is not None
        return self.kept

    @property
    def settings(self) -> Settings:
        return self.configuration.settings

    @property
    def outcome(self) -> Outcome:
        return self.told.outcome

    @property
    def judged(self) -> tuple[Finding, ...]:
        return self.told.judged

    @property
    def files(self) -> tuple[str, ...]:
        return self.told.files

    @property
    def notes(self) -> tuple[Diagnostic, ...]:
        return self.told.notes


_Said = TypeVar("_Said", Finding, Diagnostic)


def without_secrets(said: _Said) -> _Said:
    """A finding or note whose message repeats no secret: what it names can be an assignment that is out of place."""
    message = discreet(said.message)
    return said if message is said.message else replace(said, message=message)
