"""The values that the reference gives to what a project leaves out, before it looks at the whole."""

from __future__ import annotations

from composeguard.compose.canonical import each, steps
from composeguard.compose.canonical_items import Report, Short
from composeguard.compose.unresolved import Text, Unresolved, join
from composeguard.source.node import Node, Path, Via, Way


def set_defaults(root: Node) -> Node:
    """A canonical tree with the defaults written in; safe to run again."""
    filled = _PROJECT(root, (), _nothing)
    return root if filled is None else filled


def _nothing(_: object) -> None:
    """Defaults have nothing to report."""


def default(parent: Node, value: Short | dict[str, Node] | list[Node]) -> Node:
    """A value that nobody wrote: it is shown at the key of what it belongs to."""
    start, end = (parent.key_start, parent.key_end) if parent.key_start >= 0 else (parent.start, parent.start)
    return Node(value, parent.file, start, end, via=Via(Way.DEFAULT))


def _filled(node: Node, **missing: Short) -> Node:
    value = node.value
    if not isinstance(value, dict):
        return node
    added = {key: default(node, item) for key, item in missing.items() if key not in value}
    return node.with_value({**value, **added}) if added else node


def _build(node: Node, path: Path, report: Report) -> Node:
    return _filled(node, context=".")


def _secret(node: Node, path: Path, report: Report) -> Node:
    value = node.value
    if not isinstance(value, dict) or "target" in value:
        return node
    source = value.get("source")
    name: Text = "" if source is None or not isinstance(source.value, (str, Unresolved)) else source.value
    return _filled(node, target=join(("/run/secrets/", name)))


def _port(node: Node, path: Path, report: Report) -> Node:
    return _filled(node, protocol="tcp", mode="ingress")


def _request(node: Node, path: Path, report: Report) -> Node:
    value = node.value
    if isinstance(value, dict) and "device_ids" not in value:
        return _filled(node, count="all")
    return node


def _bind(node: Node, path: Path, report: Report) -> Node:
    return _filled(node, create_host_path=True)


_WORKLOAD = {
    "build": _build,
    "gpus": each(_request),
    "ports": each(_port),
    "secrets": each(_secret),
    "volumes": each(steps({"bind": _bind})),
}
_SERVICE = {
    **_WORKLOAD,
    "deploy": steps({"resources": steps({"reservations": steps({"devices": each(_request)})})}),
}
_PROJECT = steps({"services": each(steps(_SERVICE)), "jobs": each(steps(_WORKLOAD))})
