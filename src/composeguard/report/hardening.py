"""The near-universal absences of one service, gathered: a terminal shows them as one group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.fix import Append, Safety, Set
from composeguard.engine.severity import Severity
from composeguard.source.node import Path

_CONTAINER_DEPTH = 2
_STEP_DEPTH = 4


class Group(Struct, frozen=True):
    """Findings at one place that say the same kind of thing; most groups hold one."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        return self.findings[0]

    @property
    def severity(self) -> Severity:
        return max(finding.severity for finding in self.findings)

    @property
    def name(self) -> str:
        """The container's name, as the messages of rules have it."""
        path = _container(self.first.path)
        if len(path) == _STEP_DEPTH:
            return f"{path[1]} pre_start step {path[3]}"
        return str(path[-1]) if path else self.first.uri


def groups(findings: Sequence[Finding]) -> Iterator[Group]:
    """The findings in order; those of a grouping rule that stand at the place of an earlier one join it.

    Only findings at one place are joined: a setting that is written and wrong deserves its own snippet.
    """
    gathered: dict[tuple[object, ...], list[Finding]] = {}
    for index, finding in enumerate(findings):
        key: tuple[object, ...] = (index,)
        if finding.rule.group:
            key = (
                finding.rule.group,
                finding.uri,
                finding.start,
                finding.end,
                _container(finding.path),
                finding.suppression is None,
            )
        gathered.setdefault(key, []).append(finding)
    return (Group(tuple(members)) for members in gathered.values())


def setting(finding: Finding) -> str:
    """What is missing, in the words of the Compose specification: `cap_drop ALL`, `read_only true`, `mem_limit`."""
    path = finding.path[len(_container(finding.path)) :]
    key = ".".join(str(step) for step in path) or finding.rule.name
    if finding.fix is None or not finding.fix.operations:
        return key
    operation = finding.fix.operations[0]
    if not isinstance(operation, Set | Append) or operation.path != finding.path:
        return key
    value = operation.value
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    elif isinstance(operation, Set) and finding.fix.safety is Safety.UNSAFE and not isinstance(value, bool):
        # The number of an unsafe fix is a proposal (a limit), not what is missing.
        return key
    if isinstance(value, bool):
        return f"{key} {str(value).lower()}"
    return f"{key} {value}" if isinstance(value, str | int | float) else key


def _container(path: Path) -> Path:
    """The path of the service, job or pre_start step that a path leads into."""
    is_step = len(path) >= _STEP_DEPTH and path[_CONTAINER_DEPTH] == "pre_start"
    return path[: _STEP_DEPTH if is_step else _CONTAINER_DEPTH]
