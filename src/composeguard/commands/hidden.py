"""Files that a repository excludes, though the command line has locked policies: those look at them nevertheless."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from composeguard.compose.discover import ProjectFiles
from composeguard.engine.finding import Finding, Related
from composeguard.source import disk


class Hidden:
    """Which files the configuration takes away from a walk that finds `every`, and leaves `shown`."""

    def __init__(self, every: Sequence[ProjectFiles] = (), shown: Sequence[ProjectFiles] = ()) -> None:
        self._paths = _asked(every) - _asked(shown)

    def holds(self, project: ProjectFiles) -> bool:
        """Whether all that was asked of a project is excluded."""
        return bool(self._paths) and _asked([project]) <= self._paths

    def reveal(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings; of what is excluded those of locked policies only, with a word on that."""
        for finding in findings:
            if not self._paths or disk.real(finding.file.path) not in self._paths:
                yield finding
            elif finding.rule.locked:
                said = f"blocked ignore: {finding.code} is locked, and excluding this file has no effect on it"
                yield replace(finding, related=(*finding.related, Related(finding.file, finding.region, said)))


def _asked(projects: Iterable[ProjectFiles]) -> set[str]:
    return {disk.real(path) for project in projects for path in project.report_on or project.files}
