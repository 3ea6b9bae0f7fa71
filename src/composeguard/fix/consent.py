"""Whether all whom a text takes effect in ask for its change."""

from __future__ import annotations

from collections.abc import Sequence

from composeguard.engine.finding import Finding
from composeguard.fix.sharing import Owner
from composeguard.fix.target import Located


def missing(findings: Sequence[Finding], located: Sequence[Located]) -> str:
    """The reason to refuse where others share the text and do not ask for the same; "" where all do."""
    if not any(each.needs for each in located):
        return ""
    asking = {owner for finding in findings for owner in _owners(finding)}
    others: set[Owner] = set()
    for each in located:
        others |= each.needs - asking
    if not others:
        return ""
    names = sorted(str(owner[-1]) for owner in others)
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"the text takes effect in {shown} too"


def _owners(finding: Finding) -> set[Owner]:
    """Who asks: whatever the operations name, so that one finding may speak for all who share its text."""
    paths = [operation.path for operation in finding.fix.operations] if finding.fix else []
    return {path[:2] if len(path) > 1 else (*path, "") for path in paths or [finding.path]}
