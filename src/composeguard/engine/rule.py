"""What a rule is: its facts, its check, and the problems that the check yields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, field

from composeguard.engine.fix import Fix
from composeguard.engine.severity import Profile, Severity
from composeguard.source.node import Path
from composeguard.source.regex import regex

if TYPE_CHECKING:
    from composeguard.compose.diagnostic import Diagnostic
    from composeguard.engine.options import Options
    from composeguard.model.reading import Place

_CODE = regex(r"[A-Z]{2,12}[0-9]{3,4}")
_NAME = regex(r"[a-z0-9]+(-[a-z0-9]+)*")


class Scope(StrEnum):
    """What the check of a rule is called with."""

    CONTAINER = "container"  # each service, job and pre_start step
    SERVICE = "service"  # each service
    READING = "reading"  # the project as read, once
    DIAGNOSTIC = "diagnostic"  # each thing that the reader has to say
    SUPPRESSION = "suppression"  # each comment that accepts findings, once all other rules have run
    FAILURE = "failure"  # each rule that crashed


class Reference(Struct, frozen=True):
    """A source for a rule: `label` as people cite it ("CIS Docker 5.5"), `tag` for machines ("external/cwe/cwe-1")."""

    label: str
    url: str
    tag: str = ""


class Example(Struct, frozen=True):
    """A Compose file that shows the rule. `bad` marks the offending lines with `# expect: CODE`; `fixed` is what the
    fix (unsafe ones included) makes of `bad`; `good` gets no finding from any rule of the default profile but those
    that `besides` names."""

    bad: str = ""
    fixed: str = ""
    good: str = ""
    title: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    """What a configuration says of the rule's options for this example."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Files beside it, by path: an env file, `.git` where it is to be in a repository. They may have marks as well."""
    rules: str = ""
    """Python of rules of one's own that run beside, for what is said about rules."""


class Focus(StrEnum):
    """Which token of the place at a path a reader must change."""

    AUTO = "auto"  # a scalar entry whole, of a collection its key
    KEY = "key"
    VALUE = "value"


class Problem(Struct, frozen=True, gc=False):
    """One thing wrong, as a rule sees it; the engine adds code, severity, region and fingerprint.

    `path` is that of the resolved project; where nothing stands there (a missing key), the nearest parent is shown.
    """

    path: Path
    message: str
    label: str = ""
    """A few words under the marked text: the consequence."""
    fix: Fix | None = None
    severity: Severity | None = None
    """Where this case is better or worse than the rule's own severity."""
    related: tuple[Path, ...] = ()
    evidence: str = ""
    """What tells this finding from others of the same rule at the same path (never a secret)."""
    focus: Focus = Focus.AUTO
    diagnostic: Diagnostic | None = None
    """The place, where the reader found the problem and there may be no path."""
    place: Place | None = None
    """The place, where it is no value of the project: a comment."""
    redact: bool = False
    """The text at the place holds a secret: reports show the key, never the value."""


class Rule(Struct, frozen=True):
    """A rule and its facts. Made by the decorators below; the decorated name is the rule."""

    code: str
    name: str
    severity: Severity
    profiles: tuple[Profile, ...]
    scope: Scope
    check: Callable[..., Iterable[Problem]]
    references: tuple[Reference, ...] = ()
    examples: tuple[Example, ...] = ()
    group: str = ""
    """A word for the near-universal absences of one service, which a terminal shows together."""
    correctness: bool = False
    """The rule is about what the file means, not about security."""
    always: bool = False
    """Runs whatever is selected: what could not be read is never silenced by a choice of rules."""
    options: type[Options] | None = None
    """What a configuration can set; the check then takes such an object as its second argument."""
    locked: bool = False
    """No comment, baseline or configuration of the repository switches it off: a policy of those who run the check."""

    @property
    def documentation(self) -> str:
        """The docstring of the check, in Markdown."""
        import inspect

        return inspect.cleandoc(self.check.__doc__ or "")

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.documentation.partition("\n")[0]


def _decorator(scope: Scope) -> Callable[..., Callable[[Callable[..., Iterable[Problem]]], Rule]]:
    def decorate(
        *,
        code: str,
        name: str,
        severity: Severity,
        profiles: Sequence[Profile],
        references: Sequence[Reference] = (),
        examples: Sequence[Example] = (),
        group: str = "",
        correctness: bool = False,
        always: bool = False,
        options: type[Options] | None = None,
    ) -> Callable[[Callable[..., Iterable[Problem]]], Rule]:
        if not _CODE.fullmatch(code) or not _NAME.fullmatch(name):
            raise ValueError(f"{code!r} {name!r} are not a code (AB123) and a name (kebab-case)")

        def wrap(check: Callable[..., Iterable[Problem]]) -> Rule:
            if not check.__doc__:
                raise ValueError(f"{code} has no docstring; it is the rule's documentation")
            return Rule(
                code,
                name,
                severity,
                tuple(profiles),
                scope,
                check,
                tuple(references),
                tuple(examples),
                group,
                correctness,
                always,
                options,
            )

        return wrap

    return decorate


container_rule = _decorator(Scope.CONTAINER)
"""Makes a rule of a check of one container: a service, a job, or a step before a start.

Takes `code`, `name`, `severity`, `profiles`, and perhaps `references`, `examples`, `group`, `correctness`, `always` and
`options` (see `Rule`), all by name. The docstring of the check is the documentation of the rule.
"""
service_rule = _decorator(Scope.SERVICE)
"""As `container_rule`, of one service."""
reading_rule = _decorator(Scope.READING)
"""As `container_rule`, of a whole project as read."""
diagnostic_rule = _decorator(Scope.DIAGNOSTIC)
"""As `container_rule`, of each thing that the reader has to say of a file."""
suppression_rule = _decorator(Scope.SUPPRESSION)
"""As `container_rule`, of each comment that accepts findings, once the other rules have run."""
failure_rule = _decorator(Scope.FAILURE)
"""As `container_rule`, of each rule that crashed."""
