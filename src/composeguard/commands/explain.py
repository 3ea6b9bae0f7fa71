"""`composeguard explain CODE|NAME`: one rule's documentation, offline."""

from __future__ import annotations

import sys

from composeguard.commands.rule_page import markdown
from composeguard.engine.registry import find_rule
from composeguard.engine.rule import Rule


def run_explain(word: str, rules: tuple[Rule, ...]) -> int:
    """Print the page of a rule as Markdown; the page is made from the rule itself."""
    sys.stdout.write(markdown(find_rule(rules, word)))
    return 0
