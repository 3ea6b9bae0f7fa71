"""`--since`: which lines of a repository changed since a commit, and which findings stand in them.

A finding counts when its region, or a place that it came through, touches a changed line; when the key of its service
does (the service is new, or another one); and when it stands on that key, which is where absences are told, if any
line of the service changed. Lines that were removed touch their neighbours.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from composeguard.engine.finding import Finding
from composeguard.engine.suppress import service_extents
from composeguard.errors import UsageError
from composeguard.source.file import SourceFile

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_GIT = ("git", "-c", "core.fsmonitor=", "-c", "diff.external=", "-c", "core.quotePath=off", "-c", "core.hooksPath=")
_DIFF = ("--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--unified=0", "--submodule=short")
_PREFIXES = ("--src-prefix=a/", "--dst-prefix=b/")


class Changes:
    """What changed in one repository, with the working tree as it is; untracked files changed whole.

    Counts from where the branch left the commit (the merge base): what others did there since is no change of ours.
    """

    def __init__(self, root: Path, reference: str) -> None:
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
                return self._touched(finding.file, first, last if line == first else first)
        return False

    def _touched(self, file: SourceFile, first: int, last: int) -> bool:
        name = Path(os.path.relpath(os.path.realpath(file.path), os.path.realpath(self._root))).as_posix()
        if name not in self._tracked:
            return True
        return any(start <= last and end >= first for start, end in self._lines.get(name, ()))


def parse_diff(diff: bytes) -> dict[str, list[tuple[int, int]]]:
    """The changed lines (first, last) of each file in a diff without context."""
    found: dict[str, list[tuple[int, int]]] = {}
    name, skip = "", 0
    for line in diff.split(b"\n"):
        if skip and line[:1] in (b"+", b"-"):
            skip -= 1
        elif line.startswith(b"+++ "):
            name = _name(line[4:])
        elif hunk := _HUNK.match(line):
            removed, start, count = (int(hunk[1] or 1), int(hunk[2]), int(hunk[3] or 1))
            skip = removed + count
            found.setdefault(name, []).append((start, start + (count - 1 if count else 1)))
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
