"""Findings that are known today, by fingerprint: new debt fails, known debt does not.

A baseline is a JSON file with one finding a line, in order of file, path and code, so that versions of it merge well:

    {
    "format": "composeguard-baseline",
    "version": 1,
    "findings": [
    {"code": "CG101", "file": "compose.yaml", "path": "/services/web/privileged", "fingerprint": "3f…"},
    …
    ]
    }

Only the fingerprint counts: code, file and path tell people what it stands for. It holds no line, no message and no
value. What could not be read or seen, and rules that failed, are never known: a baseline would hide that nobody looked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from composeguard.engine.finding import Finding, Suppression
from composeguard.engine.rule import Scope
from composeguard.errors import ConfigError
from composeguard.source.file import SourceError
from composeguard.source.node import Node, Path, child
from composeguard.source.read import read_source

FORMAT = "composeguard-baseline"
VERSION = 1
_KEYS = ("file", "path", "code", "fingerprint")
_REASON = "in the baseline"


class Entry(Struct, frozen=True, order=True):
    """One finding that is known."""

    file: str
    path: str
    code: str
    fingerprint: str

    @classmethod
    def of(cls, finding: Finding) -> Entry:
        """The entry for a finding. Places in a list are left open: another item may come before."""
        steps = ("*" if isinstance(step, int) else step.replace("~", "~0").replace("/", "~1") for step in finding.path)
        return cls(finding.uri, "".join(f"/{step}" for step in steps), finding.code, finding.fingerprint)


def can_be_known(finding: Finding) -> bool:
    """Whether a baseline may hold the finding: not where something could not be read, seen or judged."""
    return finding.suppression is None and not finding.rule.always and finding.rule.scope is not Scope.FAILURE


class Run(Struct, frozen=True):
    """What one project tells of a baseline."""

    files: frozenset[str]
    ran: frozenset[str]
    """The codes of the rules that ran to their end; none, if a part of the project could not be seen."""
    findings: tuple[Finding, ...]


class Baseline:
    """The entries of one file, and what the projects of a run have to say of them."""

    def __init__(self, entries: Iterable[Entry] = (), name: str = "") -> None:
        self.name = name
        self.entries = frozenset(entries)
        self._known = {entry.fingerprint for entry in self.entries}
        self._runs: list[Run] = []

    def mark(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings, those that are known marked so."""
        accepted = Suppression(_REASON, external=True)
        return [
            replace(finding, suppression=accepted)
            if finding.fingerprint in self._known and can_be_known(finding)
            else finding
            for finding in findings
        ]

    def saw(self, run: Run) -> None:
        """Remember a project, for `stale`."""
        self._runs.append(run)

    def stale(self, exists: Callable[[str], bool]) -> list[Entry]:
        """The entries that stand for nothing any more: the file is gone, or was checked without that finding.

        `exists` tells whether a file is there. What was not checked this time is not stale.
        """
        present = {f.fingerprint for run in self._runs for f in run.findings if can_be_known(f)}
        checked: dict[str, set[str]] = {}
        for run in self._runs:
            for file in run.files:
                checked.setdefault(file, set()).update(run.ran)
        return sorted(
            entry
            for entry in self.entries
            if entry.fingerprint not in present
            and (entry.code in checked.get(entry.file, ()) or not (entry.file in checked or exists(entry.file)))
        )


def dump(entries: Iterable[Entry]) -> str:
    """The text of a baseline. It is ASCII, and the same for the same findings."""
    lines = [
        json.dumps({"code": e.code, "file": e.file, "path": e.path, "fingerprint": e.fingerprint})
        for e in sorted(set(entries))
    ]
    body = ",\n".join(lines) + ("\n" if lines else "")
    return f'{{\n"format": "{FORMAT}",\n"version": {VERSION},\n"findings": [\n{body}]\n}}\n'


def parse(data: bytes, name: str) -> Baseline:
    """Read a baseline. `name` is that of the file, for messages.

    Raises:
        ConfigError: it is none, or of a later version; the message holds the place.
    """
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: not UTF-8 (byte {error.start + 1})") from None
    except json.JSONDecodeError as error:
        raise ConfigError(f"{name}:{error.lineno}:{error.colno}: not JSON: {_hint(data, error)}") from None
    except RecursionError:
        raise ConfigError(f"{name}:1:1: not a baseline: nested too deeply") from None
    except ValueError:
        # Python reads no number of so many digits.
        raise ConfigError(f"{name}:1:1: not a baseline: a number in it has too many digits") from None

    def fault(path: Path, what: str) -> ConfigError:
        return ConfigError(f"{name}{_place(data, path)}: {what}")

    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise fault((), f'not a baseline: it has no "format": "{FORMAT}"')
    if content.get("version") != VERSION or isinstance(content.get("version"), bool):
        raise fault(("version",), f"version {content.get('version')!r} of the format is not known here, only {VERSION}")
    findings = content.get("findings")
    if not isinstance(findings, list):
        raise fault(("findings",), "`findings` is to be a list")
    entries: list[Entry] = []
    for number, each in enumerate(findings):
        where: Path = ("findings", number)
        if not isinstance(each, dict):
            raise fault(where, "a finding is to be an object")
        for key in _KEYS:
            if not isinstance(each.get(key), str):
                raise fault((*where, key), f"`{key}` of a finding is to be a text")
        entries.append(Entry(*(each[key] for key in _KEYS)))
    return Baseline(entries, name)


def _hint(data: bytes, error: json.JSONDecodeError) -> str:
    line = error.doc.splitlines()[error.lineno - 1] if error.lineno <= len(error.doc.splitlines()) else ""
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>")) or b"\n<<<<<<<" in data:
        return "an unfinished merge; keep the lines of both sides, then `composeguard baseline prune`"
    return error.msg[0].lower() + error.msg[1:]


def _place(data: bytes, path: Path) -> str:
    """`:line:column` of what stands at a path, or of the nearest above it. JSON is YAML: our reader knows places."""
    try:
        file = read_source("", data)
    except SourceError:
        return ""
    node: Node | None = file.documents[0] if file.documents else None
    for step in path:
        below = child(node, step) if node is not None else None
        if below is None:
            break
        node = below
    region = file.region(node.start, node.start) if node is not None else file.region(0, 0)
    return f":{region.start_line}:{region.start_column}"
