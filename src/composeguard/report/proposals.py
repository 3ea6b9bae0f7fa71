"""The fixes of a report, each proved by itself: for formats that carry changes or show them.

A proof reads the whole file, so that a run proves as much text as a bound allows; what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from composeguard.engine.finding import Finding
from composeguard.engine.report import Changes, CheckedProject, Report, TextEdit
from composeguard.fix.edits import Edit
from composeguard.fix.judge import Checked
from composeguard.fix.previews import FileEdits, Previews
from composeguard.fix.trial import Tried
from composeguard.report.sensitive import sensitive_spans
from composeguard.report.stretches import overlapping
from composeguard.source.file import SourceFile
from composeguard.source.node import Node

_MOST_PROVED = 16_000_000
"""Code points of all the files that are proved, each as often as it is."""


class Proposals:
    """What the fixes of the findings that are shown would change: as the report carries it for other formats, else
    proved here, those of a project at once."""

    def __init__(self, report: Report, shown: Sequence[Finding]) -> None:
        self._edits = {id(report.findings[index]): edits for index, edits in report.edits.items()}
        self._shown = frozenset(map(id, shown))
        self._projects: dict[int, CheckedProject] = {}
        for project in report.projects:
            for finding in project.findings:
                self._projects.setdefault(id(finding), project)
        self._left = _MOST_PROVED
        self.left_out = 0
        """Fixes that were not looked at: those before them have cost enough."""

    def of(self, finding: Finding) -> tuple[TextEdit, ...]:
        """What a finding's fix changes; nothing where it has no fix, or no proof."""
        project = self._projects.get(id(finding))
        if finding.fix is not None and project is not None and id(finding) not in self._edits:
            self._prove(project)
        edits = self._edits.get(id(finding), ())
        if edits is None:
            self.left_out += 1
        return edits or ()

    def _prove(self, project: CheckedProject) -> None:
        wanted = [
            each
            for each in project.findings
            if each.fix is not None and id(each) in self._shown and id(each) not in self._edits
        ]
        previews = Previews(Checked(project.reading.root, project.findings), self._left)
        self._edits |= _proved(previews, wanted)
        self._left = previews.left


def proved_edits(root: Node, findings: Sequence[Finding]) -> dict[int, Changes]:
    """What the fixes of what was found in a project change, by index, but for what is accepted."""
    wanted = {index: each for index, each in enumerate(findings) if each.fix is not None and each.suppression is None}
    edits = _proved(Previews(Checked(root, tuple(findings)), _MOST_PROVED), list(wanted.values()))
    return {index: edits[id(finding)] for index, finding in wanted.items()}


def _proved(previews: Previews, findings: Sequence[Finding]) -> dict[int, Changes]:
    """What the fixes of findings change, by the `id` of each."""
    found: dict[int, Changes] = dict.fromkeys(map(id, findings))
    for proof in previews.proofs(findings):
        hidden = {each.file: _hidden(each) for each in proof.tried}
        found |= {id(finding): _texts(files, hidden) for finding, files in proof.edits}
    return found


_Hidden = Mapping[tuple[int, int, str], tuple[tuple[int, int], ...]]
"""By what an edit writes, and where."""


def _texts(files: FileEdits, hidden: Mapping[SourceFile, _Hidden]) -> tuple[TextEdit, ...]:
    return tuple(
        TextEdit(file, edit.start, edit.end, edit.replacement, hidden[file].get(_key(edit), ()))
        for file, edits in files.items()
        for edit in edits
    )


def _hidden(tried: Tried) -> _Hidden:
    """The stretches of what edits write that are sensitive where they stand then."""
    spans = sensitive_spans(tried.proved.file)
    hidden: dict[tuple[int, int, str], tuple[tuple[int, int], ...]] = {}
    shift = 0
    for edit in tried.edits:
        start, length = edit.start + shift, len(edit.replacement)
        found = overlapping(spans, start, start + length)
        if found:
            here = ((max(first - start, 0), min(last - start, length)) for first, last in found)
            hidden[_key(edit)] = (*hidden.get(_key(edit), ()), *here)
        shift += length - (edit.end - edit.start)
    return hidden


def _key(edit: Edit) -> tuple[int, int, str]:
    return edit.start, edit.end, edit.replacement
