"""What override files, `extends` and `include` keep, drop or join against the look of the file that uses them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from composeguard.compose.short_volume import parse_volume
from composeguard.compose.value_errors import ShortSyntaxError
from composeguard.model.container import Container
from composeguard.model.hazards.hazard import Hazard, put
from composeguard.model.ports import Reach
from composeguard.model.reading import Place, Reading
from composeguard.model.service import Service, Workload
from composeguard.model.source_node import source_node, source_text
from composeguard.source.node import Node, Path, Via, Way, child, items

_NULL_CLEARS = ("command", "entrypoint")
_REPLACED = ("command", "entrypoint", "profiles")
"""Lists that a later file replaces, and the one whose inheritance is mostly meant."""
_SECTIONS = ("services", "jobs", "networks", "volumes", "secrets", "configs")
_DEPTH = 3
"""Steps below a definition in which a part of an included one is looked for."""


def merge_hazards(reading: Reading) -> Iterator[Hazard]:
    """Of one project, whatever its files."""
    for container in reading.project.containers():
        if container.volumes:
            yield from _lost_read_only(reading, container)
    for service in reading.project.services.values():
        if len(service.ports) > 1:
            yield from _kept_public(reading, service)
        if service.depends_on:
            yield from _reset_conditions(reading, service)
        if service.pre_start:
            yield from _steps(reading, service)
    if _has_layers(reading):
        yield from _own_texts(reading)
        yield from _joined_definitions(reading)


def _has_layers(reading: Reading) -> bool:
    """Whether anything can come from elsewhere: most projects are one document, without `extends` and `include`."""
    documents = sum(len(file.documents) for file in reading.files)
    return documents > 1 or any("extends" in file.text or "include" in file.text for file in reading.files)


# Ports ----------------------------------------------------------------------------------------------------------


class KeptPort(Struct, frozen=True):
    """Two entries of `ports`: the one that was to be replaced and stays, and the one that was added to it."""

    kept: int
    added: int


def kept_ports(reading: Reading, owner: Workload) -> Iterator[KeptPort]:
    """Ports that an override or an extending service wants to bind to an address: the open entry stays beside."""
    holder = reading.node(owner.at("ports")) if len(owner.ports) > 1 else None
    if holder is None or not isinstance(holder.value, list):
        return
    own = [_stands_in(item, holder) for item in holder.value]
    if len(set(own)) < 2:
        return
    open_ones: dict[tuple[object, ...], int] = {
        (port.published, port.target, port.protocol): index
        for index, port in enumerate(owner.ports)
        if port.reach is Reach.EVERYWHERE and port.published
    }
    for added, port in enumerate(owner.ports):
        if port.reach in (Reach.LOOPBACK, Reach.ADDRESS):
            kept = open_ones.get((port.published, port.target, port.protocol))
            if kept is not None and own[kept] != own[added]:
                yield KeptPort(kept, added)


def _stands_in(node: Node, holder: Node) -> bool:
    return node.file is holder.file and holder.start <= node.start <= holder.end


def _kept_public(reading: Reading, service: Service) -> Iterator[Hazard]:
    for pair in kept_ports(reading, service):
        port = service.ports[pair.added]
        yield Hazard(
            "kept-public-port",
            service.at("ports", pair.added),
            f"the port {port.published} of {service.name} stays open on every interface: ports are added, not"
            f" replaced, so `{port.host_ip}` comes beside the entry without an address; `ports: !override` replaces",
            "does not replace the open one",
            related=(service.at("ports", pair.kept),),
        )


# Mounts ---------------------------------------------------------------------------------------------------------


def _lost_read_only(reading: Reading, container: Container) -> Iterator[Hazard]:
    """A mount replaces the one with the same target whole: what it does not say of `ro` is gone."""
    nodes = items(reading.node(container.at("volumes")))
    for index, (mount, node) in enumerate(zip(container.volumes, nodes, strict=False)):
        replaced = _replaced(node)
        if replaced is None or mount.read_only is True or not _is_read_only(replaced):
            continue
        written = source_node(node)
        if written is None or _says_mode(written):
            continue
        path = container.at("volumes", index)
        yield Hazard(
            "lost-read-only",
            path,
            f"{container.name} can write to {mount.target}: this entry replaces a read-only one whole, `ro` included",
            "writable again",
            repair=put("make it read-only", "the program can no longer write there", (*path, "read_only"), True),
        )


def _replaced(node: Node) -> Node | None:
    """What an entry took the place of."""
    via: Via | None = node.via
    while via is not None:
        if via.way is Way.OVERRIDE:
            return via.at
        via = via.before
    return None


def _is_read_only(mount: Node) -> bool:
    if isinstance(mount.value, dict):
        flag = mount.value.get("read_only")
        return flag is not None and flag.value is True
    if not isinstance(mount.value, str):
        return False
    try:
        return parse_volume(mount.value).read_only is True
    except ShortSyntaxError:
        return False


def _says_mode(mount: Node) -> bool:
    if isinstance(mount.value, dict):
        return "read_only" in mount.value
    return not isinstance(mount.value, str) or "rw" in mount.value.rpartition(":")[2].split(",")


# Dependencies and steps -----------------------------------------------------------------------------------------


def _reset_conditions(reading: Reading, service: Service) -> Iterator[Hazard]:
    """A list in `depends_on` means `service_started`, and says so over a condition of an earlier file."""
    for name in service.depends_on:
        path = service.at("depends_on", name, "condition")
        node = reading.node(path)
        replaced = _replaced(node) if node is not None else None
        if node is None or replaced is None or source_text(node) == node.value or replaced.value == node.value:
            continue
        yield Hazard(
            "reset-condition",
            path,
            f"{service.name} no longer waits until {name} is {str(replaced.value).removeprefix('service_')}: a name in"
            " a list of `depends_on` means `service_started`, over what an earlier file says",
            "waits for the start only",
            place=Place(node.file, node.start, node.end),
        )


def _steps(reading: Reading, service: Service) -> Iterator[Hazard]:
    """What a `pre_start` step may do that it does not say: it has all of its service but the volumes."""
    for step in service.pre_start:
        powers = [
            key
            for key, has in (
                ("privileged", step.privileged is True),
                ("cap_add", bool(step.cap_add)),
                ("devices", bool(step.devices)),
                ("pid", step.pid == "host"),
                ("ipc", step.ipc == "host"),
                ("network_mode", step.network_mode == "host"),
                ("user", step.user in ("root", "0")),
            )
            if has and _is_the_same(reading, step.at(key), service.at(key))
        ]
        if powers:
            shown = ", ".join(f"`{key}`" for key in powers)
            yield Hazard(
                "step-inherits",
                step.path,
                f"{step.name} has {shown} of its service, though it does not say so",
                f"inherits {', '.join(powers)}",
                related=tuple(service.at(key) for key in powers),
            )


def _is_the_same(reading: Reading, path: Path, other: Path) -> bool:
    one, two = reading.node(path), reading.node(other)
    return one is not None and two is not None and (one.file, one.start, one.end) == (two.file, two.start, two.end)


# What a file says, and what comes of it -------------------------------------------------------------------------


def _own_texts(reading: Reading) -> Iterator[Hazard]:
    """Keys of services in the project's own files that change nothing: nulls, and lists that only repeat."""
    for file in reading.files:
        if file.path not in reading.request.files:
            continue
        for document in file.documents:
            services = child(document, "services")
            if services is None or not isinstance(services.value, dict):
                continue
            for name, service in services.value.items():
                entries = service.value if isinstance(service.value, dict) and service.style != "*" else {}
                for key, node in entries.items():
                    resolved = reading.node(("services", name, key))
                    if resolved is not None and node.tag is None and node.style != "*":
                        yield from _without_effect(name, key, node, resolved)


def _without_effect(name: str, key: str, node: Node, resolved: Node) -> Iterator[Hazard]:
    path: Path = ("services", name, key)
    place = Place(node.file, node.key_start, max(node.key_end, node.end))
    if node.value is None:
        default = resolved.via is not None and resolved.via.way is Way.DEFAULT
        if key in _NULL_CLEARS or resolved.value is None or default or _stands_in(resolved, node):
            return
        yield Hazard(
            "null-keeps",
            path,
            f"`{key}` of {name} stays: an empty value unsets nothing that comes from another file or service; "
            f"`{key}: !reset null` does",
            "unsets nothing",
            related=(path,),
            place=place,
        )
    elif isinstance(node.value, list) and isinstance(resolved.value, list) and key not in _REPLACED:
        stays = len(resolved.value) - len(node.value)
        if stays <= 0 or any(_stands_in(item, node) for item in resolved.value):
            return
        yield Hazard(
            "list-keeps",
            path,
            f"`{key}` of {name} keeps {stays} more: a list is added to the one that it comes over, and takes nothing"
            f" away; `{key}: !override` replaces",
            "takes nothing away",
            related=(path,),
            place=place,
        )


def _joined_definitions(reading: Reading) -> Iterator[Hazard]:
    """One name in two included projects, or in one and here: the reference joins them without a word."""
    for section in _SECTIONS:
        holder = child(reading.root, section)
        if holder is None or not isinstance(holder.value, dict):
            continue
        for name, entry in holder.value.items():
            at = _foreign(entry, _includes(entry), _DEPTH)
            if at is None:
                continue
            first = next((via.at for via in _chain(entry) if via.way is Way.INCLUDE), None)
            kind = section.removesuffix("s")
            where = "here" if first is None else f"in {_shown(first)}"
            yield Hazard(
                "joined-definition",
                (section, name),
                f"the {kind} {name} is defined {where} and in the included {_shown(at)}, and Compose makes one of both",
                "one of two definitions",
                minor=first is None,
            )


def _foreign(node: Node, known: set[int], depth: int) -> Node | None:
    """The `include` that brought a part of a definition, and not the whole."""
    value = node.value
    below = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    for each in below:
        for via in _chain(each):
            if via.way is Way.INCLUDE and via.at is not None and id(via.at) not in known:
                return via.at
        found = _foreign(each, known, depth - 1) if depth > 1 else None
        if found is not None:
            return found
    return None


def _includes(node: Node) -> set[int]:
    return {id(via.at) for via in _chain(node) if via.way is Way.INCLUDE}


def _chain(node: Node) -> Iterator[Via]:
    via: Via | None = node.via
    while via is not None:
        yield via
        via = via.before


def _shown(include: Node) -> str:
    """The path of an `include` as written: the first, where it is a list."""
    path = child(include, "path") or include
    first = child(path, 0) or path
    return str(first.value) if isinstance(first.value, str) else "project"
