"""Other settings for some files or services: a filter on findings, after the rules have run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from msgspec import Struct
from msgspec.structs import replace

from composeguard.base import BaseModel, BeforeValidator, ConfigDict, Field
from composeguard.engine.finding import Finding
from composeguard.engine.registry import find_rule, matching
from composeguard.engine.rule import Rule
from composeguard.engine.severity import Severity
from composeguard.errors import UsageError

Verdict = Literal["off", "critical", "high", "medium", "low", "info"]


def _verdict(value: object) -> object:
    """YAML reads a bare `off` as false."""
    if isinstance(value, Mapping):
        raise ValueError("an override takes `off` or a severity; options of a rule hold for whole projects")
    return "off" if value is False else value


class Override(BaseModel):
    """What holds for the findings in some files or services; where both are named, for those in both."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    files: list[str] = Field(default_factory=list, description="Files, as in .gitignore, from this file's folder.")
    services: list[str] = Field(default_factory=list, description="Names of services, with * and ?.")
    ignore: list[str] = Field(default_factory=list, description="Rules to leave out: codes, names, starts of codes.")
    rules: dict[str, Annotated[Verdict, BeforeValidator(_verdict)]] = Field(
        default_factory=dict, description="Single rules: off, or another severity."
    )


OverrideRow = tuple[Callable[[Finding], bool], Mapping[str, Severity | None]]
"""What it holds for, and the verdicts by code."""


class Overrides(Struct, frozen=True):
    """The overrides of one configuration, in order: the last that speaks of a finding counts."""

    rows: tuple[OverrideRow, ...] = ()

    @classmethod
    def of(cls, overrides: Sequence[Override], rules: tuple[Rule, ...], folder: str) -> Overrides:
        """Checked against the rules.

        Raises:
            UsageError: an override names no place, or a rule that does not exist.
        """
        return cls(tuple((_place(each, folder), _verdicts(each, rules)) for each in overrides))

    def apply(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings that stay, with their severities. What could not be read or seen is never left out."""
        for finding in findings:
            severity: Severity | None = finding.severity
            for holds, verdicts in self.rows:
                if finding.code in verdicts and not (finding.rule.always or finding.rule.locked) and holds(finding):
                    severity = verdicts[finding.code]
            if severity is not None:
                yield finding if severity is finding.severity else replace(finding, severity=severity)


def _place(override: Override, folder: str) -> Callable[[Finding], bool]:
    if not override.files and not override.services:
        raise UsageError("overrides: each needs `files` or `services`")
    from composeguard.compose.gitignore import patterns

    spec = patterns(override.files)

    def holds(finding: Finding) -> bool:
        if override.files:
            name = os.path.relpath(finding.file.path, folder)
            if name.startswith("..") or not spec.match_file(name):
                return False
        if not override.services:
            return True
        of_service = len(finding.path) > 1 and finding.path[0] == "services"
        return of_service and any(fnmatchcase(str(finding.path[1]), pattern) for pattern in override.services)

    return holds


def _verdicts(override: Override, rules: tuple[Rule, ...]) -> Mapping[str, Severity | None]:
    """By code; None is off."""
    verdicts: dict[str, Severity | None] = {
        find_rule(rules, word).code: None if said == "off" else Severity[said.upper()]
        for word, said in override.rules.items()
    }
    for word in override.ignore:
        verdicts.update(dict.fromkeys(matching(rules, word)))
    return verdicts
