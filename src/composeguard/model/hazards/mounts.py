"""Mounts and devices whose short syntax says something else than it looks, and volumes that stay without a folder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.model.container import Container
from composeguard.model.hazards.hazard import Hazard, put
from composeguard.model.mounts import Device, Mount
from composeguard.model.reading import Reading
from composeguard.model.source_node import source_node, source_text, verbatim
from composeguard.model.types import Json
from composeguard.source.node import Node, Path, items
from composeguard.source.regex import regex

_LETTER = regex(r"(?P<name>[A-Za-z]):(?P<rest>/.*)", re.DOTALL)
"""What the reference takes for a drive of Windows."""
_OPTIONS = frozenset(("ro", "rw", "nocopy", "z", "Z", "private", "rprivate", "shared", "rshared", "slave", "rslave"))
"""Those that the reference reads, as written here and in no other case."""
_READ_ONLY = frozenset(("ro", "readonly", "read-only", "read_only"))
_PROTECTIONS = frozenset(("noexec", "nosuid", "nodev"))
_PERMISSIONS = regex(r"[rwm]{1,3}")


def mount_hazards(reading: Reading) -> Iterator[Hazard]:
    """Of the volumes and devices of every container, and of the definitions of volumes."""
    for container in reading.project.containers():
        if container.volumes:
            yield from _mounts(reading, container)
        for index, device in enumerate(container.devices):
            yield from _device(reading, container, device, container.at("devices", index))
    yield from _unresolved_devices(reading)


def _mounts(reading: Reading, container: Container) -> Iterator[Hazard]:
    nodes = items(reading.node(container.at("volumes")))
    for index, (mount, node) in enumerate(zip(container.volumes, nodes, strict=False)):
        path = container.at("volumes", index)
        yield from _drive(reading, container, mount, path)
        text = "" if node.style in ("block", "flow") else verbatim(node)
        if text is None or text.count(":") > 1:
            yield from _ignored_options(container, mount, path, node)


def _drive(reading: Reading, container: Container, mount: Mount, path: Path) -> Iterator[Hazard]:
    """`v:/data` and `v:/data:ro`: the first colon is that of a drive, so that the volume `v` is not used."""
    source, target = mount.source, mount.target
    if source is None and isinstance(target, str) and mount.type == "volume" and (match := _LETTER.fullmatch(target)):
        options = ""
    elif (
        isinstance(source, str)
        and isinstance(target, str)
        and (match := _LETTER.fullmatch(source))
        and _plain(target) in _OPTIONS | _READ_ONLY
    ):
        options = str(target)
    else:
        return
    name, folder = match["name"], match["rest"]
    known = name in reading.project.volumes
    if not known and name.isupper():
        return  # a folder of a Windows container
    meant: Json = {
        "type": "volume",
        "source": name,
        "target": folder,
        **({"read_only": True} if options == "ro" else {}),
    }
    yield Hazard(
        "one-letter-volume",
        path,
        f'{container.name} does not mount the volume "{name}": one letter before a colon is a drive of Windows, '
        + (f"and {target} is the folder" if options else "and the whole text is the folder of an anonymous volume"),
        "a drive, not a volume",
        repair=put(
            "write it in the long form",
            f'the volume "{name}" takes the place of the one that is used now, with other contents',
            path,
            meant,
        )
        if known and options in ("", "ro", "rw") and _is_literal(reading, path)
        else None,
    )


def _ignored_options(container: Container, mount: Mount, path: Path, node: Node) -> Iterator[Hazard]:
    """Options of the short syntax that the reference passes over: only the exact words count."""
    written = source_node(node)
    if written is None or not isinstance(written.value, str):
        return
    text = written.value
    head, colon, tail = text.rpartition(":")
    if mount.target == tail:
        return  # no option, but the folder, after what looks like a drive
    if not colon or ":" not in head or "/" in tail or "}" in tail:
        return
    options = tail.split(",")
    wanted = [option for option in options if option not in _OPTIONS and _plain(option) in _READ_ONLY]
    if wanted and "rw" not in options and "ro" not in options:
        fixed = ",".join("ro" if option in wanted else option for option in options)
        yield Hazard(
            "ignored-option",
            path,
            f"{container.name} can write to the mount: the option `{wanted[0]}` is not the word `ro`, and is ignored",
            "writable, not read-only",
            repair=put("write `ro`", "the program can no longer write there", path, f"{head}:{fixed}"),
        )
    for option in options:
        if _plain(option) in _PROTECTIONS:
            yield Hazard(
                "ignored-option",
                path,
                f"the option `{option.strip()}` of a mount of {container.name} is ignored by the short syntax",
                "without effect",
            )


def _is_literal(reading: Reading, path: Path) -> bool:
    """Whether no variable stands in the text of an entry: a repair would put its value there."""
    node = reading.node(path)
    return node is not None and "$" not in source_text(node)


def _plain(option: str) -> str:
    return option.strip().lower()


def _device(reading: Reading, container: Container, device: Device, path: Path) -> Iterator[Hazard]:
    """`/dev/a:r`: what stands after the first colon is the device's name in the container."""
    target = device.target
    if isinstance(target, str) and _PERMISSIONS.fullmatch(target) and isinstance(device.source, str):
        yield Hazard(
            "device-permissions",
            path,
            f"{container.name} gets the device under the name `{target}`, with all permissions: "
            "they are the third part of a device, not the second",
            "a name, not permissions",
            repair=put(
                "name the device in the container, too",
                f"the device then has its own name there and the permissions {target}",
                path,
                f"{device.source}:{device.source}:{target}",
            )
            if _is_literal(reading, path)
            else None,
        )


def _unresolved_devices(reading: Reading) -> Iterator[Hazard]:
    """Relative folders in `driver_opts`: they are made absolute only where the driver and `o` are exactly so."""
    for name, volume in reading.project.volumes.items():
        options, device = volume.driver_opts.get("o"), volume.driver_opts.get("device")
        if not isinstance(options, str) or not isinstance(device, str) or not device.startswith("."):
            continue
        if {"bind", "rbind"}.isdisjoint(options.split(",")) or (volume.driver == "local" and options == "bind"):
            continue
        yield Hazard(
            "relative-device",
            ("volumes", name, "driver_opts", "device"),
            f"the folder of the volume {name} stays relative: Compose makes it absolute only with `driver: local` and"
            " `o: bind`, and the engine does not know what it is relative to",
            "not relative to this file",
            repair=put(
                "name the driver",
                "the volume is another one to Compose, which asks before it makes it anew",
                ("volumes", name, "driver"),
                "local",
            )
            if volume.driver is None and options == "bind"
            else None,
        )
