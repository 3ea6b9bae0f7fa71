"""What the engine reports: findings with everything that an output format needs."""

from __future__ import annotations

from operator import attrgetter

from msgspec import Struct

from composeguard.engine.fix import Fix
from composeguard.engine.rule import Rule, Scope
from composeguard.engine.severity import Severity
from composeguard.source.digest import sha256
from composeguard.source.file import SourceFile
from composeguard.source.node import Path
from composeguard.source.position import Region


class Related(Struct, frozen=True, gc=False):
    """Another place that explains the finding: the override, the anchor, the base that a value came through."""

    file: SourceFile
    region: Region
    message: str


class Suppression(Struct, frozen=True, gc=False):
    """What accepts the finding: a comment in the file, or (`external`) a baseline."""

    justification: str
    line: int = 0
    """The line of the comment; 0 where there is none."""
    external: bool = False


class Finding(Struct, frozen=True, gc=False):
    """A problem with its rule and place. `start`/`end` are code-point offsets into `file.text`."""

    rule: Rule
    severity: Severity
    message: str
    label: str
    file: SourceFile
    start: int
    end: int
    path: Path
    identity: str
    """What tells it from all others: rule, file, path in the model, evidence, and a count of those that are equal in
    this; never the message, the line, or a secret."""
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
    def vouches(self) -> bool:
        """Whether a rule has looked at what is marked: of the reader it only says that it does not belong there."""
        return self.rule.scope is not Scope.DIAGNOSTIC

    @property
    def region(self) -> Region:
        return self.file.region(self.start, self.end)

    @property
    def fingerprint(self) -> str:
        """A digest of the identity, in hexadecimal: what files may hold of it."""
        return sha256(self.identity.encode("utf-8", "surrogatepass"))[:32]


finding_order = attrgetter("file.uri", "start", "end", "rule.code", "identity", "message")
"""The order of findings everywhere: by place, then by what tells two at one place apart."""
