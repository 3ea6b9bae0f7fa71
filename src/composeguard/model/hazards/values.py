"""Scalars without quotes that the reference takes for something else: dates, numbers, sizes and modes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from composeguard.model.container import Container
from composeguard.model.hazards.hazard import Hazard, put
from composeguard.model.reading import Reading
from composeguard.model.service import Service, Workload
from composeguard.model.source_node import plain_value, source_text
from composeguard.source.node import Node, Path
from composeguard.source.numbers import INT64_MAX
from composeguard.source.regex import regex
from composeguard.source.scalars import Scalar, Timestamp, go_text

_DEFINITIONS = ("networks", "volumes", "secrets", "configs")
_PREFIXED = regex(r"[-+]?0[0-9xXoObB_]")


def value_hazards(reading: Reading) -> Iterator[Hazard]:
    """Of every container, and of the texts of networks, volumes, secrets and configs."""
    for container in reading.project.containers():
        for path in text_maps(container):
            yield from _changed_texts(reading, container.name, path)
        for path in _size_paths(reading, container):
            yield from _size(reading, container, path)
        for path, as_text in _mode_paths(container):
            yield from _mode(reading, container, path, as_text=as_text)
    for section in _DEFINITIONS:
        definitions: Mapping[str, object] = getattr(reading.project, section)
        for name, definition in definitions.items():
            for key in ("labels", "driver_opts"):
                if getattr(definition, key, None):
                    yield from _changed_texts(reading, name, (section, name, key))


def text_maps(container: Container) -> Iterator[Path]:
    """The mappings of a container whose values are texts, whatever they look like; most empty ones are passed over."""
    for key in ("environment", "labels", "annotations", "sysctls", "storage_opt"):
        if getattr(container, key):
            yield container.at(key)
    if container.logging is not None:
        yield container.at("logging", "options")
    if isinstance(container, Workload) and container.build is not None:
        yield container.at("build", "args")
        yield container.at("build", "labels")
    if isinstance(container, Service) and container.deploy is not None:
        yield container.at("deploy", "labels")
    for _, path in container.hooks():
        yield (*path, "environment")


def _changed_texts(reading: Reading, owner: str, path: Path) -> Iterator[Hazard]:
    holder = reading.node(path)
    if holder is None or not isinstance(holder.value, dict):
        return
    for key, node in holder.value.items():
        written = node.value
        if node.style or not isinstance(written, str):
            continue
        text = source_text(node)
        value = None if written == text else plain_value(node)
        if isinstance(value, str) or value is None or go_text(value) != written:
            continue
        what, becomes = _reading_of(value, text)
        yield Hazard(
            "changed-text",
            (*path, key),
            f"{key} of {owner} is {what} without quotes, and arrives as {becomes}",
            f"arrives as {becomes}",
            repair=put(
                "put it in quotes",
                f"the value that arrives is then what is written, no longer {becomes}",
                (*path, key),
                text,
            ),
            redact=True,
        )


def _reading_of(value: Scalar, text: str) -> tuple[str, str]:
    """What YAML takes a text for, and what that becomes once it is text again."""
    if isinstance(value, Timestamp):
        return "a date", "a date with time and zone"
    if isinstance(value, bool):
        return "a boolean", "its lower-case word"
    if _PREFIXED.match(text) and not isinstance(value, float):
        return "a number with a leading zero", "its decimal value"
    if "e" in text.lower() or "_" in text:
        return "a number", "its plain digits"
    if "e" in go_text(value):
        return "a number", "one with an exponent"
    return "a number", "its shortest form"


def _size(reading: Reading, container: Container, path: Path) -> Iterator[Hazard]:
    """A size that the reference drops (a YAML float) or cuts to nothing (less than a byte)."""
    node = reading.node(path)
    if node is None:
        return
    value = node.value
    key = ".".join(str(step) for step in path[len(container.path) :])
    if isinstance(value, float):
        whole = int(value) if value.is_integer() and value <= INT64_MAX else None
        yield Hazard(
            "dropped-size",
            path,
            f"`{key}` of {container.name} has no effect: Compose drops a size that is a number with a fraction"
            " or an exponent",
            "as if it were not there",
            repair=put("write it in bytes", "the size takes effect", path, whole) if whole else None,
        )
    elif isinstance(value, str) and _less_than_one(value):
        yield Hazard(
            "dropped-size",
            path,
            f"`{key}` of {container.name} has no effect: without a unit it counts bytes, and less than one is none",
            "0 bytes: as if it were not there",
        )


def _less_than_one(text: str) -> bool:
    try:
        return 0 < float(text) < 1
    except ValueError:
        return False


def _size_paths(reading: Reading, container: Container) -> Iterator[Path]:
    holder = reading.node(container.path)
    keys = holder.value if holder is not None and isinstance(holder.value, dict) else {}
    for key in ("mem_limit", "mem_reservation", "memswap_limit", "shm_size"):
        if key in keys:
            yield container.at(key)
    for index, mount in enumerate(container.volumes):
        if mount.tmpfs is not None:
            yield container.at("volumes", index, "tmpfs", "size")
    blkio = container.blkio_config
    if blkio is not None:
        for key in ("device_read_bps", "device_write_bps", "device_read_iops", "device_write_iops"):
            for index in range(len(getattr(blkio, key))):
                yield container.at("blkio_config", key, index, "rate")
    if isinstance(container, Workload) and container.build is not None:
        yield container.at("build", "shm_size")
    if isinstance(container, Service) and container.deploy is not None and container.deploy.resources is not None:
        for key in ("limits", "reservations"):
            yield container.at("deploy", "resources", key, "memory")


def _mode(reading: Reading, container: Container, path: Path, *, as_text: bool) -> Iterator[Hazard]:
    """A mode of a file without a leading zero: `440` is the decimal number, not the mode that it looks like."""
    node = reading.node(path)
    if node is None or not _is_decimal_mode(node):
        return
    text = source_text(node)
    yield Hazard(
        "decimal-mode",
        path,
        f"a mode of {container.name} is the decimal number {text}, which is the mode {node.value:04o}",
        f"this is {node.value:04o}, not {text.zfill(4)}",
        repair=put(
            f"make the mode {text.zfill(4)}",
            f"the mode was {node.value:04o}; a program may rely on it",
            path,
            text.zfill(4),
        )
        if as_text
        else None,
    )


def _mode_paths(container: Container) -> Iterator[tuple[Path, bool]]:
    """Each with whether a text is taken there, too: it is read as octal."""
    for key in ("secrets", "configs"):
        for index in range(len(getattr(container, key))):
            yield container.at(key, index, "mode"), True
    if isinstance(container, Workload) and container.build is not None:
        for index in range(len(container.build.secrets)):
            yield container.at("build", "secrets", index, "mode"), True
    for index, mount in enumerate(container.volumes):
        if mount.tmpfs is not None:
            yield container.at("volumes", index, "tmpfs", "mode"), False


_OCTAL_LOOK = regex(r"[1-7]?[0-7]{3}")


def _is_decimal_mode(node: Node) -> bool:
    """A decimal number whose digits are a usual mode, and whose value is none: `420` is 0644, and may be meant."""
    value, text = node.value, source_text(node)
    if type(value) is not int or node.style or not _OCTAL_LOOK.fullmatch(text) or text != str(value):
        return False
    return _is_usual(int(text, 8)) and not _is_usual(value)


def _is_usual(mode: int) -> bool:
    """Whoever may do something, those closer to the file may, too; nobody may write or run but not read."""
    owner, group, other = mode >> 6 & 7, mode >> 3 & 7, mode & 7
    nested = owner | group == owner and group | other == group
    return mode < 0o10000 and nested and {owner, group, other} <= {0, 4, 5, 6, 7}
