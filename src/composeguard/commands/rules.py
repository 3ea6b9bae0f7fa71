"""`composeguard rules`: the list of all rules."""

from __future__ import annotations

import json
import sys

from composeguard.commands.rule_page import profiles
from composeguard.engine.rule import Rule
from composeguard.engine.severity import Profile

_PAGES = "docs/rules"


def run_rules(output_format: str, rules: list[Rule], profile: str | None = None) -> int:
    """Print the list as a table for people, as JSON or as Markdown; of one profile, if it is named.

    The profile `cis` comes with what it covers of the benchmark, and what it does not.
    """
    if profile is not None:
        rules = [rule for rule in rules if Profile(profile).holds(rule.profiles)]
    covered = rules if profile == Profile.CIS.value else None
    if output_format == "json":
        sys.stdout.write(_json(rules, covered))
        return 0
    sys.stdout.write(markdown_table(rules) if output_format == "markdown" else _table(rules))
    if covered is not None:
        from composeguard.commands import cis

        sys.stdout.write(f"\n{cis.markdown(covered, _PAGES) if output_format == 'markdown' else cis.table(covered)}")
    return 0


def _table(rules: list[Rule]) -> str:
    width = max(len(rule.name) for rule in rules)
    lines = [
        f"{rule.code:8} {rule.name:{width}}  {rule.severity.label:8}  {', '.join(profiles(rule)):18}  {rule.summary}"
        for rule in rules
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _json(rules: list[Rule], covered: list[Rule] | None) -> str:
    listing = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": rule.severity.label,
            "profiles": [profile.value for profile in rule.profiles],
            "summary": rule.summary,
            "references": [{"label": reference.label, "url": reference.url} for reference in rule.references],
        }
        for rule in rules
    ]
    whole: dict[str, object] = {"version": 1, "rules": listing}
    if covered is not None:
        from composeguard.commands import cis

        whole["coverage"] = cis.as_json(covered)
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def markdown_table(rules: list[Rule]) -> str:
    """The table of the README, with links to the pages."""
    lines = ["| Code | Name | Severity | Profiles | What it finds |", "|---|---|---|---|---|"]
    lines += [
        f"| [{rule.code}]({_PAGES}/{rule.code}.md) | {rule.name} | {rule.severity.label} "
        f"| {', '.join(profiles(rule))} | {rule.summary} |"
        for rule in rules
    ]
    return "\n".join(lines) + "\n"
