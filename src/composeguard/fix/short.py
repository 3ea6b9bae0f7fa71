"""Edits inside short syntax: one part of a port, a mount or an option list changes, the rest keeps its characters.

A `${…}` is one piece, whatever it holds. Where the text does not show which part is which (a variable may hold
several), the edit is refused.
"""

from __future__ import annotations

from msgspec import Struct

from composeguard.engine.fix import Plain
from composeguard.fix.refusal import Refusal
from composeguard.source.node import Path
from composeguard.source.regex import regex
from composeguard.source.scalars import Scalar


class PortFacts(Struct, frozen=True):
    """What the resolved project says of the entry: a check on how its text is read."""

    host_ip: bool
    published: bool
    several: bool = False
    """The text stands for several ports."""


def split_outside_variables(text: str, separator: str) -> list[str]:
    """Split at a separator that stands neither in `${…}` nor in `[…]`."""
    parts: list[str] = []
    depth = begin = position = 0
    while position < len(text):
        character = text[position]
        if text.startswith("${", position) and not _escaped(text, position):
            depth += 1
            position += 1
        elif character == "[" and depth == 0 and position == begin:
            close = text.find("]", position)
            position = close if close > 0 else position
        elif character == "}" and depth:
            depth -= 1
        elif character == separator and not depth:
            parts.append(text[begin:position])
            begin = position + 1
        position += 1
    parts.append(text[begin:])
    return parts


def _escaped(text: str, position: int) -> bool:
    first = position
    while first and text[first - 1] == "$":
        first -= 1
    return (position - first) % 2 == 1


def edit_port(written: Scalar, rest: Path, value: Plain, facts: PortFacts, *, remove: bool) -> str:
    """Change `host_ip`, `published`, `target` or `protocol` of a short port.

    Raises:
        Refusal: short syntax cannot say it, or the text does not show its parts.
    """
    if isinstance(written, bool) or not isinstance(written, str | int):
        raise Refusal("the port is neither text nor a number")
    text = str(written)
    if len(rest) != 1 or rest[0] not in ("host_ip", "published", "target", "protocol"):
        raise Refusal("the short syntax of a port has no place for it")
    parts = split_outside_variables(text, ":")
    address = ":".join(parts[:-2]) if len(parts) > 2 else None
    published = parts[-2] if len(parts) > 1 else None
    target, slash, protocol = parts[-1].partition("/") if "${" not in parts[-1] else (parts[-1], "", "")
    if "$" in text and (bool(address) != facts.host_ip or bool(published) != facts.published):
        raise Refusal("a variable stands for more than one part of the port")
    key = rest[0]
    if facts.several and key in ("published", "target"):
        raise Refusal("the text stands for a range of ports")
    if key == "host_ip":
        address = None if remove else _address(value)
    elif key == "published":
        published = None if remove else _number(value)
    elif key == "target" and not remove:
        target = _number(value)
    elif key == "protocol":
        if "$" in parts[-1]:
            raise Refusal("a variable may hold the protocol")
        slash, protocol = ("", "") if remove else ("/", str(value))
    else:
        raise Refusal("a port has a target")
    end = f"{target}{slash}{protocol}"
    if address is not None:
        return f"{address}:{published or ''}:{end}"
    return f"{published}:{end}" if published is not None else end


def _address(value: Plain) -> str:
    text = str(value)
    return f"[{text}]" if ":" in text and not text.startswith("[") else text


def _number(value: Plain) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refusal("a port is a number or text")
    return str(value)


_DRIVE = regex(r"[A-Za-z]:[\\/]")
_MODES = ("ro", "rw")
_PROPAGATION = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
_SELINUX = ("z", "Z")


def edit_volume(written: Scalar, rest: Path, value: Plain, *, remove: bool) -> str:
    """Change `read_only`, `bind.propagation`, `bind.selinux` or `volume.nocopy` of a short volume.

    Raises:
        Refusal: short syntax cannot say it, or the text does not show its parts.
    """
    if not isinstance(written, str):
        raise Refusal("the volume is no text")
    drives = 1 if _DRIVE.match(written) else 0
    parts = split_outside_variables(written, ":")
    if drives:
        parts = [f"{parts[0]}:{parts[1]}", *parts[2:]]
    if len(parts) > 3:
        raise Refusal("the volume has more parts than source, target and options")
    if len(parts) < 2:
        raise Refusal("a volume that is only a path has no place for options")
    options = parts[2].split(",") if len(parts) == 3 and parts[2] else []
    options = _options(options, rest, value, remove=remove)
    return ":".join([*parts[:2], ",".join(options)]) if options else ":".join(parts[:2])


def _options(options: list[str], rest: Path, value: Plain, *, remove: bool) -> list[str]:
    family: tuple[str, ...]
    if rest == ("read_only",):
        family = _MODES
        wanted = None if remove else "ro" if value is True else "rw"
        if wanted == "rw" and not any(option in _MODES for option in options):
            wanted = None
    elif rest in (("bind", "propagation"), ("bind", "selinux")):
        family = _PROPAGATION if rest[1] == "propagation" else _SELINUX
        wanted = None if remove else str(value)
        if wanted is not None and wanted not in family:
            raise Refusal("the short syntax of a volume has no place for it")
    elif rest == ("volume", "nocopy"):
        family = ("nocopy",)
        wanted = "nocopy" if value is True and not remove else None
    else:
        raise Refusal("the short syntax of a volume has no place for it")
    return _replace(options, family, wanted)


def _replace(options: list[str], family: tuple[str, ...], wanted: str | None) -> list[str]:
    """One of a family in the place of those that are there; the last of a family counts, so all others go."""
    changed: list[str] = []
    for option in options:
        if option not in family:
            changed.append(option)
        elif wanted is not None and wanted not in changed:
            changed.append(wanted)
    if wanted is not None and wanted not in changed:
        changed.append(wanted)
    return changed


def edit_tmpfs(written: Scalar, rest: Path, value: Plain, *, remove: bool) -> str:
    """Change one option of `path[:option,…]`: the step below the item is the option's name.

    `Remove(… , "exec")` drops `exec` or `exec=…`; `Set(… , "size", "64m")` writes `size=64m`;
    `Set(… , "noexec", True)` the bare word.

    Raises:
        Refusal: the item is no text, or the option is not there to be removed.
    """
    if not isinstance(written, str) or len(rest) != 1 or not isinstance(rest[0], str):
        raise Refusal("a tmpfs entry is a path and options")
    path, *more = split_outside_variables(written, ":")
    if len(more) > 1:
        raise Refusal("the tmpfs entry has more parts than a path and options")
    options = split_outside_variables(more[0], ",") if more and more[0] else []
    name = rest[0]
    there = [option for option in options if option.partition("=")[0] == name]
    if remove:
        if not there:
            raise Refusal("the option is not written there")
        options = [option for option in options if option not in there]
    else:
        token = name if value is True else f"{name}={value}"
        options = _replace(options, tuple(there), token)
    return f"{path}:{','.join(options)}" if options else path
