"""The built-in rules: those in Python, and those that are policies.

A run pays for the facts of a policy only. Its check is made on the first use, without the models that tell an author
what is wrong with a policy: tests read the same files as anybody's policies, with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from composeguard.engine.registry import builtin_folder, load_folder, unique
from composeguard.engine.rule import Example, Problem, Rule, Scope
from composeguard.engine.severity import Profile, Severity
from composeguard.errors import RuleError
from composeguard.policy.cited import cited
from composeguard.source.file import SourceError
from composeguard.source.node import Node
from composeguard.source.read import read_source

ENDING = ".policy.yml"
"""How the file of a built-in rule that is a policy ends. It may say `profiles`, and its code starts with CG."""


@cache
def load_builtin() -> tuple[Rule, ...]:
    """All built-in rules, by code: once a process, as the classes that a rule defines are never given back."""
    folder = builtin_folder()
    declared = [_rule(path) for path in sorted(folder.glob(f"*{ENDING}"))]
    return unique([*load_folder(folder, "composeguard.builtin"), *declared])


class Later:
    """A check that is made when it is called for the first time. Its docstring is that of the rule."""

    def __init__(self, make: Callable[[], Callable[[object], Iterable[Problem]]], documentation: str) -> None:
        self._made = cache(make)
        self.__doc__ = documentation

    def __call__(self, subject: object) -> Iterable[Problem]:
        return self._made()(subject)


def _rule(path: Path) -> Rule:
    try:
        (document,) = read_source(path.name, path.read_bytes()).documents
        (facts,) = _plain(document)["policies"]
        documentation = facts["description"].strip()
        return Rule(
            facts["code"],
            facts["name"],
            Severity[facts["severity"].upper()],
            tuple(Profile(each) for each in facts["profiles"]),
            Scope.CONTAINER,
            Later(lambda: _check(facts, documentation), documentation),
            tuple(cited(each) for each in facts["references"]),
            tuple(Example(**each) for each in facts["examples"]),
        )
    except (OSError, SourceError, LookupError, TypeError, ValueError) as error:
        raise RuleError(f"{path}: the rule cannot be loaded: {type(error).__name__}: {error}") from error


def _check(facts: dict[str, Any], documentation: str) -> Callable[[object], Iterable[Problem]]:
    from composeguard.policy.declaration import DeclaredFix
    from composeguard.policy.fixes import FixPlan
    from composeguard.policy.templates import Templated, template

    of = template(facts["use"])
    fix = facts.get("fix")
    return Templated(
        of,
        of.parameters.model_construct(**facts["with"]),
        message=facts.get("message"),
        label=facts.get("label", ""),
        fix=FixPlan(DeclaredFix.model_construct(**fix), of.item, RuleError) if fix else None,
        fail=lambda said, key="": RuleError(f"{facts['code']}: {key}: {said}"),
        documentation=documentation,
    )


def _plain(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: _plain(below) for key, below in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(below) for below in node.value]
    return node.value
