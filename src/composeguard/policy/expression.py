"""Policies with expressions: parsed, checked against the model, compiled; every error under its character."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from composeguard.engine.rule import Scope
from composeguard.policy.cel.check import must_be, type_of
from composeguard.policy.cel.evaluate import Run, compiled
from composeguard.policy.cel.parse import ExpressionError, parse
from composeguard.policy.cel.places import place, uses
from composeguard.policy.cel.syntax import Expression
from composeguard.policy.cel.types import BOOL, Type
from composeguard.policy.check import Judged
from composeguard.policy.declaration import Declaration
from composeguard.policy.document import first_line_end, in_value, key_or_start
from composeguard.policy.error import PolicyError
from composeguard.policy.fixes import FixPlan
from composeguard.policy.items import items
from composeguard.policy.keys import checked, steps
from composeguard.policy.message import Message
from composeguard.policy.shown import MAY_BE_SECRET
from composeguard.source.node import Node, Path


def judged(policy: Declaration, node: Node, documentation: str) -> tuple[Judged, Scope]:
    """The check of a policy with expressions, and what it is called with.

    Raises:
        PolicyError: an expression is none, or names what the model does not have.
    """
    for key, given in (("for", policy.for_), ("assert", policy.assert_), ("message", policy.message)):
        if given is None:
            start, end = key_or_start(_first_key(node))
            raise PolicyError(f"{policy.code}: the key {key!r} is missing; or `use` a template", node.file, start, end)
    assert policy.for_ is not None
    assert policy.assert_ is not None
    assert policy.message is not None
    found = items(policy.for_, fail_at(node, "for"))
    wanted, wanted_run = _expression(policy.assert_, found.names, _at(node, "assert"))
    when_tree, when_run = None, None
    if policy.when is not None:
        when_tree, when_run = _expression(policy.when, found.names, _at(node, "when"))
    secret = found.subject == "item" and any(step in MAY_BE_SECRET for step in found.steps)
    with_place = _at(node, "message")
    try:
        message = Message(policy.message, found.names, item_is_secret=secret)
    except ExpressionError as error:
        raise _placed(error, with_place) from None
    pointed: Path = place(wanted, found.subject, found.record)
    if policy.at is not None:
        pointed = steps(policy.at, fail_at(node, "at"))
        checked(pointed, found.record, fail_at(node, "at"))
    fix = FixPlan(policy.fix, found.record, fail_at(node, "fix")) if policy.fix else None

    def locate(at: int, in_when: bool) -> str:
        part = _at(node, "when" if in_when else "assert")
        start = in_value(part, at)
        region = node.file.region(start, start)
        return f"{node.file.uri}:{region.start_line}:{region.start_column}"

    judged = Judged(
        found,
        when=when_run,
        wanted=wanted_run,
        message=message,
        at=pointed,
        label=policy.label,
        fix=fix,
        locate=locate,
        documentation=documentation,
    )
    texts = [tree for tree in (wanted, when_tree) if tree is not None]
    needs_project = any(uses(tree, "project") for tree in texts) or "project" in policy.message
    expanded = found.steps[-1:] == ("ports",)
    """An entry that holds a range is many items, and the reading tells that they are one text."""
    return judged, Scope.READING if needs_project or expanded else found.scope


def _expression(text: str, names: Mapping[str, Type], node: Node) -> tuple[Expression, Run]:
    try:
        tree = parse(text)
        must_be(BOOL, type_of(tree, names), tree)
        return tree, compiled(tree)
    except ExpressionError as error:
        raise _placed(error, node) from None


def _placed(error: ExpressionError, node: Node) -> PolicyError:
    start = in_value(node, error.start)
    end = max(start + 1, in_value(node, error.end - 1) + 1) if error.end > error.start else start + 1
    return PolicyError(error.message, node.file, start, end)


def _at(node: Node, key: str) -> Node:
    assert isinstance(node.value, dict)
    return node.value[key]


def _first_key(node: Node) -> Node:
    assert isinstance(node.value, dict)
    return next(iter(node.value.values()), node)


def fail_at(node: Node, key: str) -> Callable[[str], Exception]:
    """Makes errors at the value of a key; at its key, where the value is a collection."""
    part = _at(node, key)
    start, end = (part.start, first_line_end(part))
    if isinstance(part.value, (dict, list)) and part.style != "flow":
        start, end = key_or_start(part)
    return lambda message: PolicyError(message, part.file, start, end)
