"""What the reference checks on the canonical tree before it binds it. Nothing is left out for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from composeguard.compose.canonical_items import Report, place
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.source.node import Node, Path, Way


def validate(root: Node, report: Report, given: Collection[str] = ()) -> None:
    """Report keys that exclude each other, files without a source, and addresses that are none.

    `given` are variables with a value: a config from an included file that is filled from one of them counts as
    having its content too, as the reference has put it there by then.
    """
    sections = _entries(root)
    for name, volume in _below(sections, "volumes"):
        _external_volume(volume, ("volumes", name), report)
    for name, secret in _below(sections, "secrets"):
        _source(secret, ("secrets", name), ("file", "environment"), report)
    for name, config in _below(sections, "configs"):
        if _is_filled(config, given):
            _say(
                report,
                config,
                ("configs", name),
                f"configs.{name} is included, and the reference refuses a config from a variable there",
                Kind.CONFLICT,
            )
        _source(config, ("configs", name), ("file", "environment", "content"), report)
    for section in ("services", "jobs"):
        for name, container in _below(sections, section):
            entries = _entries(container)
            if "volumes" in entries:
                _mounts(container, (section, name), report)
            for index, step in _items(entries.get("pre_start")):
                _mounts(step, (section, name, "pre_start", index), report)
    for name, service in _below(sections, "services"):
        if not _CHECKED.isdisjoint(_entries(service)):
            _service(service, ("services", name), report)


_CHECKED = frozenset(("ports", "gpus", "deploy", "develop"))
"""The sections of a service that `_service` looks into."""


def _service(service: Node, path: Path, report: Report) -> None:
    entries = _entries(service)
    for index, port in _items(entries.get("ports")):
        address = _entries(port).get("host_ip")
        if address is not None and isinstance(address.value, str) and not _is_address(address.value):
            at = (*path, "ports", index, "host_ip")
            _say(report, address, at, f"{place(at)} must be an IP address")
    for index, request in _items(entries.get("gpus")):
        _device_request(request, (*path, "gpus", index), report)
    reservations = _walk(service, "deploy", "resources", "reservations", "devices")
    for index, request in _items(reservations):
        at = (*path, "deploy", "resources", "reservations", "devices", index)
        _device_request(request, at, report)
    for index, watch in _items(_walk(service, "develop", "watch")):
        watched = _entries(watch).get("path")
        if watched is not None and watched.value == "":
            at = (*path, "develop", "watch", index, "path")
            _say(report, watched, at, f"{place(at)} cannot be empty")


def _mounts(container: Node, path: Path, report: Report) -> None:
    for index, mount in _items(_entries(container).get("volumes")):
        entries = _entries(mount)
        kind = entries.get("type")
        if kind is not None and kind.value == "bind" and "source" not in entries:
            at = (*path, "volumes", index)
            _say(report, mount, at, f"{place(at)} is a bind mount without a source")


def _external_volume(volume: Node, path: Path, report: Report) -> None:
    entries = _entries(volume)
    external = entries.get("external")
    if external is None or external.value is not True:
        return
    for key, child in entries.items():
        if key not in ("name", "external") and not key.startswith("x-"):
            message = f'{place(path)} is external, which excludes "{key}"'
            _say(report, child, (*path, key), message, Kind.CONFLICT)


def _source(node: Node, path: Path, keys: tuple[str, ...], report: Report) -> None:
    entries = _entries(node)
    found = [key for key in keys if key in entries]
    if len(found) > 1:
        message = f"{place(path)} can have only one of {', '.join(found)}"
        _say(report, entries[found[1]], (*path, found[1]), message, Kind.CONFLICT)
    elif not found and "driver" not in entries and "external" not in entries:
        _say(report, node, path, f"{place(path)} needs one of {', '.join(keys)}")


def _is_filled(config: Node, given: Collection[str]) -> bool:
    variable = _entries(config).get("environment")
    via = config.via
    return variable is not None and via is not None and via.way is Way.INCLUDE and variable.value in given


def _device_request(node: Node, path: Path, report: Report) -> None:
    entries = _entries(node)
    if "count" in entries and "device_ids" in entries:
        message = f"{place(path)} can have only one of count and device_ids"
        _say(report, entries["count"], (*path, "count"), message, Kind.CONFLICT)


def _is_address(text: str) -> bool:
    if "%" in text:
        return False
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _say(report: Report, node: Node, path: Path, message: str, kind: Kind = Kind.SCHEMA) -> None:
    start, end = node.start, node.end
    if node.key_start >= 0:
        start, end = node.key_start, node.key_end if isinstance(node.value, (dict, list)) else node.end
    report(Diagnostic(kind, message, node.file, start, max(start, end), path))


def _entries(node: Node | None) -> dict[str, Node]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _below(sections: dict[str, Node], key: str) -> Iterator[tuple[str, Node]]:
    yield from _entries(sections.get(key)).items()


def _items(node: Node | None) -> Iterator[tuple[int, Node]]:
    if node is not None and isinstance(node.value, list):
        yield from enumerate(node.value)


def _walk(node: Node, *keys: str) -> Node | None:
    found: Node | None = node
    for key in keys:
        found = _entries(found).get(key)
    return found
