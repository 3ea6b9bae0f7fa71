"""The last step before binding: what the reference makes explicit in the whole project.

Added nodes are shown at the key of what they belong to, and their way is `DEFAULT`.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from composeguard.compose.canonical_items import Report, Short
from composeguard.compose.defaults import default
from composeguard.compose.merge import SERVICE_RULES, Came, Merger
from composeguard.compose.schema_container import CONTAINER
from composeguard.compose.short import clean_path
from composeguard.compose.unresolved import Text, Unresolved, join
from composeguard.source.node import Node, Path, Way

_INHERITED = CONTAINER.keys() - {"volumes"}
_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")
_IMPLYING = frozenset(("links", "volumes_from", *_NAMESPACES))
"""The keys that can make a service depend on another one."""
_SERVICE_PREFIX = "service:"
_CONTAINER_PREFIX = "container:"


class Surroundings(Struct, frozen=True):
    """What normalisation takes from outside of the files."""

    project_name: str
    environment: Mapping[str, Text]
    strict: bool
    """Variables without value are looked up in the environment, as the reference does. An analysis leaves them:
    a secret that comes from outside is none of the file's."""


def normalize(root: Node, around: Surroundings, report: Report) -> Node:
    """A canonical tree with defaults to the project that the reference runs."""
    sections = dict(root.value) if isinstance(root.value, dict) else {}
    sections["name"] = _renamed(sections.get("name"), root, around.project_name)
    uses_default = False
    for section in ("services", "jobs"):
        containers = sections.get(section)
        if containers is None or not isinstance(containers.value, dict):
            continue
        normalized: dict[str, Node] = {}
        for name, node in containers.value.items():
            if not isinstance(node.value, dict):
                continue
            container = _Container(node, dict(node.value), (section, name), around, report)
            normalized[name] = container.normalized()
            uses_default = uses_default or container.uses_default_network
        sections[section] = containers.with_value(normalized)
    _name_resources(sections, root, around.project_name, uses_default=uses_default)
    return root.with_value(sections)


def _renamed(written: Node | None, root: Node, name: str) -> Node:
    if written is None:
        return default(root, name)
    return written if written.value == name else written.with_value(name)


class _Container:
    """One service or job on its way."""

    def __init__(self, node: Node, entries: dict[str, Node], path: Path, around: Surroundings, report: Report) -> None:
        self.node = node
        self.entries = entries
        self.path = path
        self.around = around
        self.report = report
        self.uses_default_network = False

    def normalized(self) -> Node:
        entries = self.entries
        self.networks()
        policy = entries.get("pull_policy")
        if policy is not None and policy.value == "if_not_present":
            entries["pull_policy"] = policy.with_value("missing")
        self.build()
        environment = entries.get("environment")
        if environment is not None:
            entries["environment"] = self.looked_up(environment, keep=True)
        self.clean_targets()
        self.dependencies()
        self.steps()
        return self.node.with_value(entries)

    def networks(self) -> None:
        entries = self.entries
        if "provider" in entries or "network_mode" in entries:
            return
        networks = entries.get("networks")
        names = networks.value if networks is not None and isinstance(networks.value, dict) else {}
        if not names:
            owner = self.node if networks is None else networks
            attached = {"default": default(owner, None)}
            entries["networks"] = default(owner, attached) if networks is None else networks.with_value(attached)
        self.uses_default_network = not names or "default" in names

    def build(self) -> None:
        build = self.entries.get("build")
        if build is None or not isinstance(build.value, dict):
            return
        entries = dict(build.value)
        if "context" not in entries:
            entries["context"] = default(build, ".")
        if "dockerfile" not in entries and "dockerfile_inline" not in entries:
            entries["dockerfile"] = default(build, "Dockerfile")
        args = entries.get("args")
        if args is not None:
            entries["args"] = self.looked_up(args, keep=False)
        self.entries["build"] = build.with_value(entries)

    def looked_up(self, node: Node, *, keep: bool) -> Node:
        """Variables without value get that of the environment; what has none is kept or left out."""
        if not self.around.strict:
            return node
        value = node.value
        if isinstance(value, dict):
            mapping = {key: self.looked_up_entry(key, entry, keep=keep) for key, entry in value.items()}
            return node.with_value({key: entry for key, entry in mapping.items() if entry is not None})
        if isinstance(value, list):
            items = [self.looked_up_item(item, keep=keep) for item in value]
            return node.with_value([item for item in items if item is not None])
        return node

    def looked_up_entry(self, key: str, entry: Node, *, keep: bool) -> Node | None:
        if entry.value is not None:
            return entry
        found = self.around.environment.get(key)
        if found is not None:
            return entry.with_via(Way.ENV_FILE).with_value(found)
        return entry if keep else None

    def looked_up_item(self, item: Node, *, keep: bool) -> Node | None:
        text = item.value
        if not isinstance(text, str) or "=" in text:
            return item
        found = self.around.environment.get(text)
        if found is not None:
            return item.with_via(Way.ENV_FILE).with_value(join((f"{text}=", found)))
        return item if keep else None

    def clean_targets(self) -> None:
        volumes = self.entries.get("volumes")
        if volumes is None or not isinstance(volumes.value, list):
            return
        items = [_clean_target(item) for item in volumes.value]
        if any(new is not old for new, old in zip(items, volumes.value, strict=True)):
            self.entries["volumes"] = volumes.with_value(items)

    def dependencies(self) -> None:
        """What `links`, shared namespaces and `volumes_from` imply."""
        if _IMPLYING.isdisjoint(self.entries):
            return
        written = self.entries.get("depends_on")
        depends = dict(written.value) if written is not None and isinstance(written.value, dict) else {}
        count = len(depends)
        for link in _texts(self.entries.get("links")):
            parts = link.split(":")
            self.depend(depends, parts[0] if len(parts) == 2 else link, restart=True)
        for key in _NAMESPACES:
            node = self.entries.get(key)
            if node is not None and isinstance(node.value, str) and node.value.startswith(_SERVICE_PREFIX):
                self.depend(depends, node.value.removeprefix(_SERVICE_PREFIX), restart=True)
        for source in _texts(self.entries.get("volumes_from")):
            if not source.startswith(_CONTAINER_PREFIX):
                self.depend(depends, source.split(":")[0], restart=False)
        if len(depends) > count:
            owner = written if written is not None else default(self.node, {})
            self.entries["depends_on"] = owner.with_value(depends)

    def depend(self, depends: dict[str, Node], name: str, *, restart: bool) -> None:
        if name not in depends:
            fields: dict[str, Short] = {"condition": "service_started", "restart": restart, "required": True}
            depends[name] = default(self.node, {key: default(self.node, value) for key, value in fields.items()})

    def steps(self) -> None:
        """A `pre_start` step inherits what makes the service's container, its mounts excepted."""
        steps = self.entries.get("pre_start")
        if steps is None or not isinstance(steps.value, list) or not steps.value:
            return
        inherited = {key: entry for key, entry in self.entries.items() if key in _INHERITED}
        base = self.node.with_value(inherited)
        merged: list[Node] = []
        for index, step in enumerate(steps.value):
            merger = Merger(self.report, came=Came(Way.DEFAULT, step))
            merged.append(merger.merge(base, step, SERVICE_RULES, (*self.path, "pre_start", index)))
        self.entries["pre_start"] = steps.with_value(merged)


def _clean_target(item: Node) -> Node:
    value = item.value
    if not isinstance(value, dict):
        return item
    target = value.get("target")
    if target is None or not isinstance(target.value, str):
        return item
    # An empty path is the folder itself, as Go has it.
    clean = clean_path(target.value) or "."
    return item if clean == target.value else item.with_value({**value, "target": target.with_value(clean)})


def _texts(node: Node | None) -> list[str]:
    if node is None or not isinstance(node.value, list):
        return []
    return [item.value for item in node.value if isinstance(item.value, str)]


def _name_resources(sections: dict[str, Node], root: Node, project: str, *, uses_default: bool) -> None:
    """Each resource gets the name that the engine knows it by."""
    if uses_default:
        networks = sections.get("networks")
        declared = networks.value if networks is not None and isinstance(networks.value, dict) else {}
        if "default" not in declared:
            owner = default(root, {}) if networks is None else networks
            sections["networks"] = owner.with_value({**declared, "default": default(owner, None)})
    for section in ("networks", "volumes", "configs", "secrets"):
        resources = sections.get(section)
        if resources is not None and isinstance(resources.value, dict):
            named = {key: _named(key, node, project) for key, node in resources.value.items()}
            sections[section] = resources.with_value(named)


def _named(key: str, node: Node, project: str) -> Node:
    entries = node.value if isinstance(node.value, dict) else {}
    name = entries.get("name")
    if name is not None and name.value is not None:
        return node
    external = entries.get("external")
    if external is not None and isinstance(external.value, Unresolved):
        return node if isinstance(node.value, dict) else node.with_value(entries)
    outside = external is not None and external.value is True
    full = key if outside else f"{project}_{key}"
    return node.with_value({**entries, "name": default(node, full)})
