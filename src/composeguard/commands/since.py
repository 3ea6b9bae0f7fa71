"""`--since`: which lines of a repository changed since a commit, and which findings stand in them.

A finding counts when its region, or a place that it came through, touches a changed line; when the key of its service
does (the service is new, or another one); and when it stands on that key, which is where absences are told, if lines
of the service were removed for nothing, or one that names what is missing. Removed lines touch their neighbours.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.suppress import service_extents
from composeguard.errors import UsageError
from composeguard.source import disk
from composeguard.source.file import SourceFile

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_GIT = ("git", "-c", "core.fsmonitor=", "-c", "diff.external=", "-c", "core.quotePath=off", "-c", "core.hooksPath=")
_DIFF = ("--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--unified=0", "--submodule=short")
_PREFIXES = ("--src-prefix=a/", "--dst-prefix=b/")


class Hunk(Struct):
    """Changed lines, or the neighbours of removed ones, and what was removed."""

    first: int
    last: int
    only_removes: bool = False
    removed: bytes = b""


class Changes:
    """What changed in one repository, with the working tree as it is; untracked files changed whole.

    Counts from where the branch left the commit (the merge base): what others did there since is no change of ours.
    """

    def __init__(self, root: Path, reference: str) -> None:
        disk.unrepeatable()
        self._root = root
        found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
        if found is None or reference.startswith("-"):
            raise UsageError(f"--since {reference}: no such commit in the repository")
        commit = found.decode().strip()
        base = (self._git("merge-base", commit, "HEAD") or b"").decode().strip() or commit
        diff = self._git("diff", *_DIFF, *_PREFIXES, base, "--")
        tracked = self._git("ls-files", "-z", "--")
        if diff is None or tracked is None:
            raise UsageError(f"--since {reference}: git cannot compare the working tree with it")
        self._lines = parse_diff(diff)
        self._tracked = {os.fsdecode(name) for name in tracked.split(b"\0")}

    def _git(self, *arguments: str) -> bytes | None:
        environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
        try:
            done = subprocess.run(  # noqa: S603 -- fixed arguments; the reference follows `--end-of-options`
                [*_GIT, *arguments], cwd=self._root, env=environment, capture_output=True, check=False
            )
        except OSError as error:
            raise UsageError(f"--since: git cannot be run: {error.strerror}") from None
        return done.stdout if done.returncode == 0 else None

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is of what changed."""
        region = finding.region
        if self._touched(finding.file, region.start_line, region.end_line):
            return True
        if any(self._touched(r.file, r.region.start_line, r.region.end_line) for r in finding.related):
            return True
        line = finding.file.line_of(finding.start)
        for first, last in service_extents(finding.file).items():
            if first <= line <= last:
                key = str(finding.path[-1]) if line == first and finding.path else ""
                return self._touched(finding.file, first, first) or (line == first and self._lost(finding, last, key))
        return False

    def _lost(self, finding: Finding, last: int, key: str) -> bool:
        """Whether the service that begins where the finding stands lost lines, or one with this key."""
        first = finding.file.line_of(finding.start)
        return any(
            hunk.first <= last and hunk.last >= first and (hunk.only_removes or os.fsencode(key) in hunk.removed)
            for hunk in self._lines.get(self._name(finding.file), ())
        )

    def _name(self, file: SourceFile) -> str:
        return Path(os.path.relpath(os.path.realpath(file.path), os.path.realpath(self._root))).as_posix()

    def _touched(self, file: SourceFile, first: int, last: int) -> bool:
        name = self._name(file)
        if name not in self._tracked:
            return True
        return any(hunk.first <= last and hunk.last >= first for hunk in self._lines.get(name, ()))


def parse_diff(diff: bytes) -> dict[str, list[Hunk]]:
    """The changes of each file in a diff without context."""
    found: dict[str, list[Hunk]] = {}
    name, skip = "", 0
    for line in diff.split(b"\n"):
        if skip and line[:1] in (b"+", b"-"):
            skip -= 1
            if line[:1] == b"-":
                found[name][-1].removed += line[1:] + b"\n"
        elif line.startswith(b"+++ "):
            name = _name(line[4:])
        elif hunk := _HUNK.match(line):
            removed, start, count = (int(hunk[1] or 1), int(hunk[2]), int(hunk[3] or 1))
            skip = removed + count
            found.setdefault(name, []).append(Hunk(start, start + (count - 1 if count else 1), not count))
    return found


def _name(text: bytes) -> str:
    text = text.rstrip(b"\t\r")
    if text.startswith(b'"'):
        # As C writes a string: git quotes names with quotes, backslashes and control characters.
        text = text[1:-1].decode("latin-1").encode("latin-1").decode("unicode_escape").encode("latin-1")
    return os.fsdecode(text.removeprefix(b"b/"))


def kept(findings: Iterable[Finding], changes: Changes) -> list[Finding]:
    """The findings of what changed; what could not be read or judged always counts."""
    return [finding for finding in findings if finding.rule.always or changes.holds(finding)]
