"""`composeguard rules`: the list of all rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from composeguard.commands.rule_page import profiles
from composeguard.engine.registry import load_builtin, load_folder
from composeguard.engine.rule import Rule


def run_rules(output_format: str, rule_folders: tuple[str, ...]) -> int:
    """Print the list as a table for people, as JSON or as Markdown."""
    rules = list(load_builtin())
    for number, folder in enumerate(rule_folders):
        rules.extend(load_folder(Path(folder), f"composeguard_rules_{number}"))
    writers = {"table": _table, "json": _json, "markdown": markdown_table}
    sys.stdout.write(writers[output_format](rules))
    return 0


def _table(rules: list[Rule]) -> str:
    width = max(len(rule.name) for rule in rules)
    lines = [
        f"{rule.code:8} {rule.name:{width}}  {rule.severity.label:8}  {', '.join(profiles(rule)):18}  {rule.summary}"
        for rule in rules
    ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _json(rules: list[Rule]) -> str:
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
    return json.dumps({"version": 1, "rules": listing}, indent=2, ensure_ascii=False) + "\n"


def markdown_table(rules: list[Rule]) -> str:
    """The table of the README, with links to the pages."""
    lines = ["| Code | Name | Severity | Profiles | What it finds |", "|---|---|---|---|---|"]
    lines += [
        f"| [{rule.code}](docs/rules/{rule.code}.md) | {rule.name} | {rule.severity.label} "
        f"| {', '.join(profiles(rule))} | {rule.summary} |"
        for rule in rules
    ]
    return "\n".join(lines) + "\n"
