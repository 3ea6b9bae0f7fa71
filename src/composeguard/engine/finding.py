"""What the engine reports: findings with everything that an output format needs."""

from __future__ import annotations

from msgspec import Struct

from composeguard.engine.fix import Fix
from composeguard.engine.rule import Rule
from composeguard.engine.severity import Severity
from composeguard.source.file import SourceFile
from composeguard.source.node import Path
from composeguard.source.position import Region


class Related(Struct, frozen=True):
    """Another place that explains the finding: the override, the anchor, the base that a value came through."""

    file: SourceFile
    region: Region
    message: str


class Suppression(Struct, frozen=True):
    """What accepts the finding: a comment in the file, or (`external`) a baseline."""

    justification: str
    line: int = 0
    """The line of the comment; 0 where there is none."""
    external: bool = False


class Finding(Struct, frozen=True):
    """A problem with its rule and place. `start`/`end` are code-point offsets into `file.text`."""

    rule: Rule
    severity: Severity
    message: str
    label: str
    file: SourceFile
    start: int
    end: int
    path: Path
    fingerprint: str
    """Hex digest of rule, path in the model and evidence; never of the message, the line, or a secret."""
    fix: Fix | None = None
    related: tuple[Related, ...] = ()
    suppression: Suppression | None = None
    redact: bool = False
    """The text at the place holds a secret: no report shows it."""

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def uri(self) -> str:
        return self.file.uri

    @property
    def region(self) -> Region:
        return self.file.region(self.start, self.end)


def finding_order(finding: Finding) -> tuple[object, ...]:
    """The order of findings everywhere: by place, then by what tells two at one place apart."""
    steps = tuple(map(str, finding.path))
    return (
        finding.file.uri,
        finding.start,
        finding.end,
        finding.rule.code,
        steps,
        finding.message,
        finding.fingerprint,
    )
