"""The fixes of a report, each proved by itself: for formats that carry changes or show them.

A proof reads the whole file, so that a run proves as much text as a bound allows; what is left out is counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from composeguard.engine.finding import Finding
from composeguard.engine.report import CheckedProject, Report, TextEdit
from composeguard.fix.judge import Checked
from composeguard.fix.previews import Previews
from composeguard.fix.refusal import Refusal
from composeguard.fix.trial import Tried
from composeguard.source.node import Node

_MOST_PROVED = 16_000_000
"""Code points of all the files that are proved, each as often as it is."""


class Proposals:
    """What the fixes of a report would change."""

    def __init__(self, report: Report) -> None:
        self._projects: dict[int, CheckedProject] = {}
        for project in report.projects:
            for finding in project.findings:
                self._projects.setdefault(id(finding), project)
        self._previews: dict[int, Previews] = {}
        self._left = _MOST_PROVED
        self.left_out = 0
        """Fixes that were not looked at: those before them have cost enough."""

    def of(self, finding: Finding) -> tuple[Tried, ...]:
        """The files that a finding's fix changes; none where it has no fix, or no proof."""
        project = self._projects.get(id(finding))
        if project is None or finding.fix is None:
            return ()
        if self._left < len(finding.file.text):
            self.left_out += 1
            return ()
        self._left -= len(finding.file.text)
        previews = self._previews.get(id(project))
        if previews is None:
            checked = Checked(project.reading.root, project.findings)
            previews = self._previews[id(project)] = Previews(checked)
        try:
            return previews.of(finding)
        except Refusal:
            return ()


def proved_edits(root: Node, findings: Sequence[Finding]) -> dict[int, tuple[TextEdit, ...]]:
    """The proved edits of what was found in a project, by index; what is accepted has none."""
    places = {id(finding): index for index, finding in enumerate(findings) if finding.suppression is None}
    previews = Previews(Checked(root, tuple(findings)))
    return {
        places[id(finding)]: tuple(
            TextEdit(file, edit.start, edit.end, edit.replacement) for file, some in files.items() for edit in some
        )
        for finding, files in previews.edits([findings[index] for index in places.values()], _MOST_PROVED)
    }
