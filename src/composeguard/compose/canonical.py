"""Short syntax to long, in the one way that the reference stores a project between files.

Children that a short form stands for have its span, and no key of their own. An unknown part is kept where it stands.
Safe to run again on its own result, as the loader does for each file that it merges.
"""

from __future__ import annotations

from collections.abc import Callable

from composeguard.compose import short
from composeguard.compose.canonical_items import (
    Budget,
    Report,
    Short,
    device,
    entries,
    env_files,
    exposed,
    external,
    file_reference,
    from_short,
    mounts,
    names_to_mapping,
    pairs_to_mapping,
    place,
    ports,
    say,
    singleton,
    to_text,
)
from composeguard.compose.unique import CANONICAL_KEYS, Key, unique_items
from composeguard.compose.unresolved import Unresolved
from composeguard.source.node import Node, Path

Step = Callable[[Node, Path, Report], Node | None]
"""A node at a path to its canonical form; None leaves it out."""


def canonicalize(root: Node, report: Report) -> Node:
    """The canonical form of a project tree that has passed the schema check.

    What cannot be read is reported (SCHEMA, refused) and left out.
    """
    budget = Budget()

    def written_out(node: Node, path: Path, report: Report) -> Node:
        return ports(node, path, report, budget)

    # All else is the same for every project, and is there once.
    of_jobs = _only(written_out, list)
    of_services = _once(of_jobs, CANONICAL_KEYS["ports"])
    project = {
        **_PROJECT,
        "services": each(steps({**_SERVICE, "ports": of_services})),
        "jobs": each(steps({**_JOB, "ports": of_jobs})),
    }
    canonical = steps(project)(root, (), report)
    return root if canonical is None else canonical


def steps(table: dict[str, Step]) -> Step:
    """Apply a table of steps to the entries of a mapping; what is none, and what no step names, stays."""
    named, many = table.get, len(table)

    def apply(node: Node, path: Path, report: Report) -> Node | None:
        value = node.value
        if not isinstance(value, dict):
            return node
        changed: dict[str, Node] | None = None
        for key in value if len(value) < many else table:
            step, below = named(key), value.get(key)
            if step is None or below is None:
                continue
            canonical = step(below, (*path, key), report)
            if canonical is not below:
                if changed is None:
                    changed = dict(value)
                if canonical is None:
                    del changed[key]
                else:
                    changed[key] = canonical
        return node if changed is None else node.with_value(changed)

    return apply


def each(step: Step) -> Step:
    """Apply a step to every entry of a mapping or item of a list."""

    def apply(node: Node, path: Path, report: Report) -> Node | None:
        return entries(node, path, report, step)

    return apply


def _once(step: Step, key: Key) -> Step:
    """Apply a step to a list, then leave one item a key."""

    def apply(node: Node, path: Path, report: Report) -> Node | None:
        canonical = step(node, path, report)
        if canonical is None or not isinstance(canonical.value, list):
            return canonical
        return unique_items(canonical, canonical.value, key, path, report)

    return apply


def _only(step: Step, *kinds: type) -> Step:
    """The step for values of these types; others are refused, which matters where no schema was checked before."""
    known = (*kinds, Unresolved) if str in kinds or int in kinds else kinds
    words = " or ".join(_KINDS[kind] for kind in kinds)

    def apply(node: Node, path: Path, report: Report) -> Node | None:
        if isinstance(node.value, known) and not isinstance(node.value, bool):
            return step(node, path, report)
        say(report, node, path, f"{place(path)} must be {words}")
        return None

    return apply


_KINDS = {str: "a text", int: "a whole number", list: "a list", dict: "a mapping"}


def _as_is(node: Node, path: Path, report: Report) -> Node:
    return node


def _build(node: Node, path: Path, report: Report) -> Node | None:
    if isinstance(node.value, (str, Unresolved)):
        return from_short(node, {"context": node.value})
    return _BUILD(node, path, report)


def _gpus(node: Node, path: Path, report: Report) -> Node:
    if isinstance(node.value, (str, Unresolved)):
        return node.with_value([from_short(node, {"count": "all"}, keyless=True)])
    return node


def _schedule(node: Node, path: Path, report: Report) -> Node:
    if isinstance(node.value, (str, Unresolved)):
        return from_short(node, {"cron": node.value})
    return node


def _contexts(node: Node, path: Path, report: Report) -> Node:
    return pairs_to_mapping(node, path, report, short.parse_required_pair)


def _ssh(node: Node, path: Path, report: Report) -> Node:
    return pairs_to_mapping(node, path, report, short.parse_ssh)


def _dependencies(node: Node, path: Path, report: Report) -> Node | None:
    started: dict[str, Short] = {"condition": "service_started", "required": True}
    if isinstance(node.value, list):
        return names_to_mapping(node, started)
    return entries(node, path, report, _dependency)


def _dependency(node: Node, path: Path, report: Report) -> Node | None:
    value = node.value
    if not isinstance(value, dict):
        say(report, node, path, f"the dependency {path[-1]} must be a mapping")
        return None
    missing = [(key, default) for key, default in _DEPENDENCY_DEFAULTS if key not in value]
    if not missing:
        return node
    return node.with_value({**value, **{key: singleton(node, default) for key, default in missing}})


_DEPENDENCY_DEFAULTS: tuple[tuple[str, str | bool], ...] = (("condition", "service_started"), ("required", True))


def _names(node: Node, path: Path, report: Report) -> Node:
    return names_to_mapping(node, None)


def text_list(node: Node, path: Path, report: Report) -> Node:
    """One text as the list of it."""
    if isinstance(node.value, (str, Unresolved)):
        return node.with_value([singleton(node, node.value)])
    return node


def _label_files(node: Node, path: Path, report: Report) -> Node | None:
    return entries(text_list(node, path, report), path, report, _only(_as_is, str))


def _dns(node: Node, path: Path, report: Report) -> Node:
    """A list without the empty items, which the reference drops."""
    node = text_list(node, path, report)
    items = node.value
    if isinstance(items, list) and any(item.value in ("", None) for item in items):
        return node.with_value([item for item in items if item.value not in ("", None)])
    return node


_CONTAINER: dict[str, Step] = {
    "configs": each(file_reference),
    "devices": each(device),
    "dns": text_list,
    "env_file": _only(env_files, str, list),
    "gpus": _only(_gpus, str, list),
    "label_file": _label_files,
    "models": _names,
    "networks": _names,
    "secrets": each(file_reference),
    "ulimits": each(_only(_as_is, int, dict)),
    "volumes": mounts,
}
_BUILD = steps(
    {
        "additional_contexts": _only(_contexts, dict, list),
        "provenance": to_text,
        "sbom": to_text,
        "secrets": each(file_reference),
        "ssh": _only(_ssh, dict, list),
        "ulimits": each(_only(_as_is, int, dict)),
    }
)
_WORKLOAD: dict[str, Step] = {
    **_CONTAINER,
    "build": _only(_build, str, dict),
    "depends_on": _only(_dependencies, dict, list),
    "dns": _dns,
}
_WATCH = steps({"ignore": text_list, "include": text_list})
_SERVICE: dict[str, Step] = {
    **_WORKLOAD,
    "develop": steps({"watch": each(_WATCH)}),
    "expose": each(exposed),
    "extends": _only(_as_is, str, dict),
    "pre_start": each(steps(_CONTAINER)),
}
_SERVICE |= {key: _once(_SERVICE[key], item_key) for key, item_key in CANONICAL_KEYS.items() if key in _SERVICE}
_JOB: dict[str, Step] = {**_WORKLOAD, "triggers": steps({"schedule": each(_only(_schedule, str, dict))})}
_PROJECT: dict[str, Step] = {
    "networks": each(external),
    "volumes": each(external),
    "secrets": each(external),
    "configs": each(external),
    # Only an extended file still has it, where it brings nothing.
    "include": each(_only(_as_is, str, dict)),
}
