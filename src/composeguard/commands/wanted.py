"""Which findings of a project somebody wants to hear of: of the rules, severities, files and changes asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from composeguard.commands.inputs import STDIN
from composeguard.commands.options import CheckOptions, LintOptions
from composeguard.compose.discover import ProjectFiles
from composeguard.compose.folders import Folders
from composeguard.engine.finding import Finding
from composeguard.engine.run import Selection
from composeguard.engine.severity import Severity
from composeguard.errors import UsageError
from composeguard.source import disk

if TYPE_CHECKING:
    from composeguard.commands.since import Changes


class Wanted:
    """What the command line narrows findings down to. What git says is asked once a repository."""

    def __init__(self, options: LintOptions, folders: Folders) -> None:
        self._options = options
        self._folders = folders
        self._changes: dict[str, Changes] = {}

    def of(self, project: ProjectFiles, chosen: Selection, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Only what was selected, in the files that were asked for; a gap that is allowed is information."""
        codes = {rule.code for rule in chosen.rules}
        all_levels, allow_partial = chosen.minimum is Severity.INFO, self._options.allow_partial
        asked, others = set[str](), set[str]()
        if project.report_on and not set(project.files).issubset(project.report_on):
            asked = {disk.real(path) for path in project.report_on}
            others = {disk.real(path) for path in project.files} - asked
        for finding in findings:
            if finding.rule.code not in codes or (not all_levels and self._is_below(finding, chosen)):
                continue
            if others and disk.real(finding.file.path) not in asked:
                continue
            if allow_partial and finding.rule.code == "CG902":
                yield replace(finding, severity=Severity.INFO)
            else:
                yield finding

    def _is_below(self, finding: Finding, chosen: Selection) -> bool:
        """Whether nobody wants to hear of it; of what is locked, the command line alone decides."""
        asked_here = self._options.min_severity is not None or not finding.rule.locked
        return asked_here and finding.severity < chosen.minimum

    def changed(self, project: ProjectFiles, findings: list[Finding]) -> list[Finding]:
        """With `--since`, the findings of what changed."""
        reference = self._options.since if isinstance(self._options, CheckOptions) else None
        if reference is None:
            return findings
        from composeguard.commands.since import Changes, kept

        if STDIN in self._options.paths:
            raise UsageError("--since compares files; standard input is none")
        root = self._folders.repository(project.directory)
        if root is None:
            raise UsageError(f"--since {reference}: {project.directory} is in no git repository")
        if root not in self._changes:
            self._changes[root] = Changes(Path(root), reference)
        return kept(findings, self._changes[root])
