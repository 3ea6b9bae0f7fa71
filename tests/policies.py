"""Policies for tests: from text to rules, and what they find."""

from __future__ import annotations

from textwrap import dedent

from tests.reading import read_text

from composeguard.engine.rule import Rule
from composeguard.engine.run import Outcome, Selection, check
from composeguard.policy.document import read_text as read_policies
from composeguard.policy.load import rules_of


def policies(text: str) -> tuple[Rule, ...]:
    """The rules of a text of policies."""
    _, root = read_policies(dedent(text).encode(), "policies.yml")
    return tuple(rule for rule, _ in rules_of(root))


def outcome(policy: str, compose: str) -> Outcome:
    """What comes of policies and a Compose file."""
    return check(read_text(compose), Selection(policies(policy)))


def found(policy: str, compose: str) -> list[str]:
    """The line and message of each finding."""
    result = outcome(policy, compose)
    assert [failure.message for failure in result.failures] == []
    return [f"{finding.region.start_line} {finding.message}" for finding in result.findings]
