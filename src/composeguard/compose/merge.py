"""Merging two models as the reference does: override files, further documents, `extends` and `include` alike."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from msgspec import Struct

from composeguard.compose.diagnose import diagnose
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.expand import LIST_FORM
from composeguard.compose.forms import as_build, as_list, as_names, entries, started, unset
from composeguard.compose.freeze import freeze
from composeguard.compose.keyed import entry_key, item_entry, last_wins, scalar_entry
from composeguard.compose.pathtable import Step, path_table
from composeguard.source.node import Node, Path, Way


class Rule(Enum):
    """How two values merge at a path where they do not merge by their kind alone."""

    REPLACE = auto()
    KEYED = auto()
    """`KEY=VALUE` lists and mappings, merged by key."""
    SEQUENCE = auto()
    """A text or a mapping counts as a list; lists are appended."""
    BUILD = auto()
    DEPENDS_ON = auto()
    NAMES = auto()
    """A list of names counts as a mapping without settings."""
    LOGGING = auto()
    ULIMIT = auto()
    IPAM = auto()


_WORKLOAD = {
    Rule.REPLACE: "command entrypoint healthcheck.test",
    Rule.KEYED: (
        "annotations build.args build.additional_contexts build.labels environment labels sysctls"
        " volumes.*.volume.labels"
    ),
    Rule.SEQUENCE: "build.extra_hosts dns dns_opt dns_search env_file label_file extra_hosts tmpfs",
    Rule.BUILD: "build",
    Rule.DEPENDS_ON: "depends_on",
    Rule.NAMES: "models networks",
    Rule.LOGGING: "logging",
    Rule.ULIMIT: "ulimits.*",
}

MERGE_RULES: Step[Rule] = path_table(
    [
        *(
            (f"{section}.*.{path}", rule)
            for section in ("services", "jobs")
            for rule, paths in _WORKLOAD.items()
            for path in paths.split()
        ),
        ("services.*.deploy.labels", Rule.KEYED),
        *((f"{section}.*.labels", Rule.KEYED) for section in ("networks", "volumes", "secrets", "configs")),
        ("networks.*.ipam.config", Rule.IPAM),
    ]
)
SERVICE_RULES: Step[Rule] | None = MERGE_RULES.children["services"].each
"""`extends` merges jobs by the rules of services too."""

_MOST_SUBNETS = 10_000
"""Pairs of subnets that two lists may have: each is compared with all found so far."""


class Came(Struct, frozen=True):
    """How the base of a merge came here, where the other side is at home: `extends` and `include`."""

    way: Way
    at: Node


class Merger:
    """Merges nodes. With `came`, the result has the places of the overriding side, and what it takes over
    from the base is marked; without, an override file changes the base where the base stands.
    """

    def __init__(self, report: Callable[[Diagnostic], None], *, came: Came | None = None) -> None:
        self.report = report
        self.came = came
        self.work = 0
        """Entries written so far: many merges of large collections cost more than their text."""
        self.rules: dict[Rule, Callable[[Node, Node, Step[Rule] | None, Path], Node]] = {
            Rule.REPLACE: lambda base, over, _step, _path: over.with_via(Way.OVERRIDE, base),
            Rule.KEYED: self.keyed,
            Rule.SEQUENCE: self.sequence,
            Rule.BUILD: self.build,
            Rule.DEPENDS_ON: self.depends_on,
            Rule.NAMES: self.names,
            Rule.LOGGING: self.logging,
            Rule.ULIMIT: self.ulimit,
            Rule.IPAM: self.ipam,
        }

    def merge(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        """`over` on top of `base`; `step` is the level of `MERGE_RULES` that `path` leads to."""
        if step is not None and step.fact is not None:
            return self.rules[step.fact](base, over, step, path)
        value, other = base.value, over.value
        if other is None:
            return self.taken(base)
        if isinstance(value, dict):
            return self.mapping(base, over, step, path) if isinstance(other, dict) else self.refuse(base, over, path)
        if isinstance(value, list):
            return self.appended(base, over, value, other) if isinstance(other, list) else self.refuse(base, over, path)
        return over.with_via(Way.OVERRIDE, base)

    def taken(self, node: Node) -> Node:
        """A part of the base that stays."""
        return node if self.came is None else node.with_via(self.came.way, self.came.at)

    def result(self, base: Node, over: Node, value: dict[str, Node] | list[Node]) -> Node:
        """A collection made of both sides."""
        self.work += len(value)
        return base.with_value(value) if self.came is None else over.with_value(value)

    def refuse(self, base: Node, over: Node, path: Path, message: str = "", kind: Kind = Kind.SCHEMA) -> Node:
        """The reference cannot merge these two; the base stays."""
        if not message:
            message = f"the value must be {'a mapping' if isinstance(base.value, dict) else 'a list'}: it overrides one"
        self.report(diagnose(kind, message, over, path))
        return self.taken(base)

    def mapping(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        """Key by key. Both sides hold mappings."""
        value, other = entries(base), entries(over)
        if self.came is None:
            merged = dict(value)
        else:
            merged = {key: entry if key in other else self.taken(entry) for key, entry in value.items()}
        for key, entry in other.items():
            known = value.get(key)
            if known is None:
                merged[key] = entry
            else:
                merged[key] = self.merge(known, entry, step.below(key) if step else None, (*path, key))
        return self.result(base, over, merged)

    def appended(self, base: Node, over: Node, items: list[Node], others: list[Node]) -> Node:
        """The base's items, and those of the other side that are not among them."""
        merged = [self.taken(item) for item in items]
        seen = {freeze(item) for item in items}
        for item in others:
            frozen = freeze(item)
            if frozen not in seen:
                seen.add(frozen)
                merged.append(item)
        return self.result(base, over, merged)

    def keyed(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        """By key, as the reference does with lists. Two lists stay one; else the result is a mapping, so that
        keys and values keep their places."""
        if over.value is None:
            return self.taken(base)
        if isinstance(base.value, dict) or isinstance(over.value, dict):
            merged = {key: self.taken(entry) for key, entry in self.asentries(base, path).items()}
            for key, entry in self.asentries(over, path).items():
                known = merged.get(key)
                merged[key] = entry if known is None else entry.with_via(Way.OVERRIDE, known)
            node = self.result(base, over, merged)
            node.tag = LIST_FORM
            return node
        items = [*map(self.taken, self.texts(base, path)), *self.texts(over, path)]
        return self.result(base, over, last_wins(items, [entry_key(item) for item in items]))

    def asentries(self, node: Node, path: Path) -> dict[str, Node]:
        entries: dict[str, Node] = {}
        if isinstance(node.value, dict):
            for key, value in node.value.items():
                if (entry := scalar_entry(value)) is not None:
                    entries[key] = entry
            return entries
        for item in self.texts(node, path):
            key, entry = item_entry(item)
            entries[key] = entry
        return entries

    def texts(self, node: Node, path: Path) -> list[Node]:
        """The items that have a key. A scalar other than a text counts as nothing, as it does for the reference."""
        if not isinstance(node.value, list):
            return [] if entry_key(node) is None else [node]
        items = []
        for item in node.value:
            if entry_key(item) is not None:
                items.append(item)
            else:
                message = "an item must be a text of the form KEY=VALUE"
                self.report(diagnose(Kind.SCHEMA, message, item, path))
        return items

    def sequence(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        return self.appended(base, over, as_list(base), as_list(over))

    def build(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        value, other = as_build(base), as_build(over)
        if not isinstance(other.value, dict):
            return self.taken(base)
        if not isinstance(value.value, dict):
            return over.with_via(Way.OVERRIDE, base)
        return self.mapping(value, other, step, path)

    def depends_on(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        return self.named(base, over, step, path, started)

    def names(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        return self.named(base, over, step, path, unset)

    def named(
        self, base: Node, over: Node, step: Step[Rule] | None, path: Path, settings: Callable[[Node], Node]
    ) -> Node:
        value, other = as_names(base, settings), as_names(over, settings)
        if value is None or other is None:
            return self.refuse(base, over, path, "the value must be a mapping or a list of names")
        return self.mapping(value, other, step, path)

    def logging(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        if not isinstance(base.value, dict) or not isinstance(over.value, dict):
            return self.refuse(base, over, path, "the value must be a mapping: it overrides one")
        driver, other = base.value.get("driver"), over.value.get("driver")
        if driver is None or other is None or freeze(driver) == freeze(other):
            return self.mapping(base, over, step, path)
        return over.with_via(Way.OVERRIDE, base)

    def ulimit(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        if isinstance(base.value, dict) and isinstance(over.value, dict):
            return self.mapping(base, over, step, path)
        return over.with_via(Way.OVERRIDE, base)

    def ipam(self, base: Node, over: Node, step: Step[Rule] | None, path: Path) -> Node:
        """By subnet, as the reference does, its oddities included: a subnet that only the base has is lost, and
        an entry met a second time is merged into the base entry at hand, which may stand in the result already.
        """
        value, other = base.value, over.value
        if not isinstance(value, list) or not isinstance(other, list):
            return self.refuse(base, over, path, "the value must be a list: it overrides one")
        if not all(isinstance(item.value, dict) for item in (*value, *other)):
            return self.refuse(base, over, path, "an entry must be a mapping")
        if len(value) * len(other) > _MOST_SUBNETS:
            return self.refuse(base, over, path, "there are too many subnets to merge", Kind.GAP)
        merged: list[Node] = []
        for item in value:
            current = item
            for entry in other:
                position = _subnet_position(merged, _subnet(entry))
                if _subnet(entry) != _subnet(current) and position is None:
                    merged.append(entry)
                    continue
                before, current = current, self.mapping(current, entry, None, path)
                merged = [current if known is before else known for known in merged]
                position = _subnet_position(merged, _subnet(current))
                if position is None:
                    merged.append(current)
                else:
                    merged[position] = current
        return self.result(base, over, merged)


def _subnet(node: Node) -> object:
    entry = entries(node).get("subnet")
    return None if entry is None else freeze(entry)


def _subnet_position(items: list[Node], subnet: object) -> int | None:
    return next((index for index, item in enumerate(items) if _subnet(item) == subnet), None)
