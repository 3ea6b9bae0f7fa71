"""What one run has to say, as plain data: the input of every output format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.engine.finding import Finding, finding_order
from composeguard.engine.fix import Safety
from composeguard.engine.rule import Rule
from composeguard.engine.severity import Severity
from composeguard.source.file import SourceFile

if TYPE_CHECKING:
    from composeguard.model.reading import Place, Reading

_UNSEEN = (Kind.UNREADABLE, Kind.GAP)


class TextEdit(Struct, frozen=True):
    """The text that a proved fix puts in the place of `file.text[start:end]` (code points)."""

    file: SourceFile
    start: int
    end: int
    text: str
    hidden: tuple[tuple[int, int], ...] = ()
    """Stretches of `text` that hold values such as reports for people hide: those of an environment, say."""


Changes = tuple[TextEdit, ...] | None
"""What a fix changes: nothing where that has no proof; None where nobody has looked, for what it would cost."""


class Fixable(Struct, frozen=True):
    """How many findings a fix is known for."""

    safe: int = 0
    unsafe: int = 0


class Totals(Struct, frozen=True):
    """What a report comes to: all that its last line needs, whoever has counted it."""

    counts: Mapping[Severity, int] = {}
    """How many findings there are of each severity."""
    suppressed: int = 0
    files: int = 0
    """How many were read."""
    affected: int = 0
    """How many of them have findings."""
    unseen: int = 0
    """The notes on parts of the projects that no rule has seen."""
    fixable: Fixable = Fixable()

    @property
    def findings(self) -> int:
        return sum(self.counts.values())

    @property
    def worst_first(self) -> Iterator[tuple[Severity, int]]:
        """Every severity and its count."""
        return ((severity, self.counts.get(severity, 0)) for severity in sorted(Severity, reverse=True))


class CheckedProject(Struct, frozen=True):
    """A project and what was found in it, for formats that show more of it than the places of findings.

    A finding in a file that several projects read is in each of them, and in the report once.
    """

    reading: Reading
    findings: tuple[Finding, ...]


class Report(Struct, frozen=True):
    """Findings in order of place, and what a reader must know to trust that there are no more.

    `Report.of` makes one in order; formats rely on the order and sort nothing.
    """

    version: str
    """The version of composeguard."""
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    """Findings that a comment or the baseline accepts."""
    files: tuple[str, ...] = ()
    """The `uri` of every file that was read."""
    notes: tuple[Diagnostic, ...] = ()
    """What the reader could not see, and what is worth a word but no finding."""
    rules: tuple[Rule, ...] = ()
    """The rules that ran, by code."""
    fixable: Fixable = Fixable()
    secrets: tuple[Place, ...] = ()
    """Texts that no report may show, beyond those of findings that say `redact`."""
    edits: Mapping[int, Changes] = field(default_factory=dict)
    """The text edits of fixes, by index into `findings`, for formats that carry them."""
    projects: tuple[CheckedProject, ...] = ()
    """In the order in which they were checked."""

    @classmethod
    def of(
        cls,
        findings: Iterable[Finding],
        *,
        version: str,
        files: Iterable[str] = (),
        notes: Iterable[Diagnostic] = (),
        rules: Iterable[Rule] = (),
        fixable: Fixable | None = None,
        secrets: Iterable[Place] = (),
        projects: Iterable[CheckedProject] = (),
    ) -> Report:
        """Sort everything, and set accepted findings apart. `fixable` is counted where it is not given.

        Edits are added by `replace(report, edits=...)`, once the order is known.
        """
        ordered = sorted(findings, key=finding_order)
        active = tuple(finding for finding in ordered if finding.suppression is None)
        return cls(
            version=version,
            findings=active,
            suppressed=tuple(finding for finding in ordered if finding.suppression is not None),
            files=tuple(sorted(set(files))),
            notes=tuple(sorted(notes, key=_note_order)),
            rules=tuple(sorted(rules, key=lambda rule: rule.code)),
            fixable=count_fixable(active) if fixable is None else fixable,
            secrets=tuple(secrets),
            projects=tuple(projects),
        )

    def listed(self, *, include_suppressed: bool) -> Sequence[Finding]:
        """The findings to show, accepted ones at their places among them if asked for."""
        if not (include_suppressed and self.suppressed):
            return self.findings
        return sorted((*self.findings, *self.suppressed), key=lambda finding: (finding.uri, finding.start))

    @property
    def unseen(self) -> tuple[Diagnostic, ...]:
        """The notes on parts of the project that no rule has seen."""
        return tuple(note for note in self.notes if note.kind in _UNSEEN)

    @property
    def totals(self) -> Totals:
        return Totals(
            counts=Counter(finding.severity for finding in self.findings),
            suppressed=len(self.suppressed),
            files=len(self.files),
            affected=len({finding.uri for finding in self.findings}),
            unseen=len(self.unseen),
            fixable=self.fixable,
        )


def count_fixable(findings: Iterable[Finding]) -> Fixable:
    """Count the findings whose rule offers a fix that needs nothing else."""
    counted = Counter(map(ready_fix, findings))
    return Fixable(counted[Safety.SAFE], counted[Safety.UNSAFE])


def ready_fix(finding: Finding) -> Safety | None:
    """How safe the fix of a finding is, if there is one that needs nothing else."""
    return finding.fix.safety if finding.fix is not None and not finding.fix.first else None


def _note_order(note: Diagnostic) -> tuple[object, ...]:
    return (note.file.uri, note.start, note.end, note.kind.value, note.message)
