"""`composeguard policy test` and `policy validate`."""

from __future__ import annotations

import sys
from pathlib import Path

from composeguard.commands.policy_cases import Result, judge, policy_files_in, trials
from composeguard.commands.rule_sources import given_rules
from composeguard.engine.rule import Rule
from composeguard.errors import UsageError
from composeguard.policy.builtin import load_builtin
from composeguard.report.escape import visible


def run_test(
    paths: tuple[str, ...],
    policies: tuple[str, ...],
    folders: tuple[str, ...] = (),
    plugins: tuple[str, ...] = (),
    *,
    require_all: bool,
) -> int:
    """Test policies, and rules of one's own in Python; returns 1 where a test fails.

    With `require_all` also where a policy has none.
    """
    beside, files = policy_files_in([Path(path) for path in paths or (".",)])
    rules = _policies((*policies, *(str(path) for path in beside)), folders, plugins)
    result = Result()
    for trial in trials(rules, files):
        judge(trial, result)
    for name, lines in result.failures:
        _say(f"FAIL {name}")
        for line in lines:
            _say(f"  {line}")
    untested = [rule.code for rule in rules if rule.code not in result.found]
    unproven = [rule.code for rule in rules if rule.code not in result.silent]
    if untested:
        _say(f"no test shows what they find: {', '.join(untested)}")
    if unproven:
        _say(f"no test shows what they leave alone: {', '.join(unproven)}")
    tested = len(rules) - len({*untested, *unproven})
    failed = f"{len(result.failures)} failed" if result.failures else "all passed"
    _say(f"{_count(result.tests, 'test')}, {failed}; {tested} of {_count(len(rules), 'policy', 'policies')} tested")
    return 1 if result.failures or (require_all and tested < len(rules)) else 0


def _policies(paths: tuple[str, ...], folders: tuple[str, ...] = (), plugins: tuple[str, ...] = ()) -> list[Rule]:
    own = {rule.code for rule in load_builtin()}
    rules = [rule for rule in given_rules(folders, plugins, tuple(dict.fromkeys(paths))) if rule.code not in own]
    if not rules:
        raise UsageError("no policy to test: name a file or folder of policies")
    return rules


def run_validate(paths: tuple[str, ...]) -> int:
    """Load policies, and say how many there are. What is wrong ends the run with 2."""
    rules = _policies(paths)
    _say(f"{_count(len(rules), 'policy', 'policies')}: {', '.join(rule.code for rule in rules)}")
    return 0


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _say(line: str) -> None:
    sys.stdout.write(visible(line) + "\n")
