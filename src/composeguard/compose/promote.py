"""Attributes that were extensions once: `x-develop` is `develop`, and `x-initialSync` is `initial_sync`."""

from __future__ import annotations

from collections.abc import Callable

from composeguard.compose.diagnostic import Diagnostic
from composeguard.compose.merge import Merger
from composeguard.source.node import Node, Path


def promote_extensions(root: Node, report: Callable[[Diagnostic], None]) -> Node:
    """The document with the attributes in place of the extensions; an attribute that is there too wins."""
    services = _entry(root, "services")
    if services is None or not isinstance(services.value, dict):
        return root
    changed: dict[str, Node] = {}
    for name, service in services.value.items():
        if isinstance(service.value, dict) and ("x-develop" in service.value or "develop" in service.value):
            new = _service(service, ("services", name), report)
            if new is not service:
                changed[name] = new
    return _with(root, "services", services.with_value({**services.value, **changed})) if changed else root


def _service(service: Node, path: Path, report: Callable[[Diagnostic], None]) -> Node:
    service = _renamed(service, "x-develop", "develop", path, report)
    develop = _entry(service, "develop")
    watch = _entry(develop, "watch")
    if develop is None or watch is None or not isinstance(watch.value, list):
        return service
    inner = (*path, "develop", "watch")
    items = [_renamed(item, "x-initialSync", "initial_sync", inner, report) for item in watch.value]
    if all(new is item for new, item in zip(items, watch.value, strict=True)):
        return service
    return _with(service, "develop", _with(develop, "watch", watch.with_value(items)))


def _renamed(node: Node, old: str, new: str, path: Path, report: Callable[[Diagnostic], None]) -> Node:
    value = node.value
    if not isinstance(value, dict) or old not in value:
        return node
    entries = {key: entry for key, entry in value.items() if key != old}
    extension, attribute = value[old], value.get(new)
    if attribute is None or attribute.value is None:
        entries[new] = extension
    else:
        # No merge rule of its own lies at or below these attributes.
        entries[new] = Merger(report).merge(extension, attribute, None, (*path, new))
    return node.with_value(entries)


def _entry(node: Node | None, key: str) -> Node | None:
    return node.value.get(key) if node is not None and isinstance(node.value, dict) else None


def _with(node: Node, key: str, entry: Node) -> Node:
    return node.with_value({**node.value, key: entry}) if isinstance(node.value, dict) else node
