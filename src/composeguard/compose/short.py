"""The short syntaxes of list items and strings, each to its long form.

Every function accepts text with unknown parts, keeps what is known, and says with `ambiguous` where a separator
inside an unknown part would change what it says. Ports and volumes have modules of their own.
"""

from __future__ import annotations

from msgspec import Struct

from composeguard.compose.short_port import Port, Ports, parse_port
from composeguard.compose.short_volume import (
    BindOptions,
    Mount,
    VolumeOptions,
    clean_path,
    parse_volume,
)
from composeguard.compose.unresolved import MARK, Text, Unresolved, join, piece, shape, split
from composeguard.compose.value_errors import ShortSyntaxError
from composeguard.source.scalars import Scalar

_SPACE_BYTES = frozenset(b"\t\n\v\f\r \x85\xa0")


class Device(Struct, frozen=True):
    """A device mapping; `permissions` is some of `rwm`, unchecked."""

    source: Text
    target: Text
    permissions: Text
    ambiguous: bool = False


class Pair(Struct, frozen=True):
    """One `KEY=VALUE` item; a missing value is None."""

    key: Text
    value: Text | None
    ambiguous: bool = False


class Host(Struct, frozen=True):
    """One item of `extra_hosts`: a name and its addresses, which nothing checks."""

    name: Text
    addresses: tuple[Text, ...]
    ambiguous: bool = False


class FileReference(Struct, frozen=True):
    """A service's reference to a secret or config."""

    source: Text
    target: Text | None = None


def parse_device(text: Text) -> Device:
    """`SOURCE[:TARGET[:PERMISSIONS]]`; `/dev/a:rw` has the target `rw`.

    Raises:
        ShortSyntaxError: more than three parts.
    """
    parts = split(text, ":")
    if len(parts) > 3:
        raise ShortSyntaxError("the device has too many colons")
    source = parts[0]
    target = parts[1] if len(parts) > 1 and parts[1] != "" else source
    permissions = parts[2] if len(parts) == 3 else "rwm"
    return Device(source, target, permissions, ambiguous=isinstance(text, Unresolved) and len(parts) < 3)


def common_pair(text: Text) -> tuple[str, Text] | None:
    """The key and the value of `KEY=VALUE` as nearly all are written, of which every parser below says the same.

    None where the key is empty, is not known or ends in anything unusual, and where there is no value.
    """
    written = shape(text)
    at = written.find("=")
    if at < 1 or not "!" <= written[at - 1] <= "~":
        return None
    if isinstance(text, str):
        return written[:at], written[at + 1 :]
    if MARK in written[:at]:
        return None
    return written[:at], Unresolved(written[at + 1 :], text.variables)


def parse_pair(text: Text) -> Pair:
    """`KEY[=VALUE]` at the first `=`, as in the list form of labels, sysctls and the like."""
    written = shape(text)
    at = written.find("=")
    key = text if at < 0 else piece(text, 0, at)
    value = None if at < 0 else piece(text, at + 1)
    return Pair(key, value, ambiguous=isinstance(key, Unresolved))


def parse_environment_item(text: Text) -> Pair:
    """`KEY[=VALUE]` of `environment` and build arguments.

    Raises:
        ShortSyntaxError: a blank ends the key.
    """
    pair = parse_pair(text)
    last = shape(pair.key)[-1:]
    # The reference looks at the last byte, so that a few letters beyond ASCII count as blanks.
    if last and last != MARK and last.encode("utf-8", "surrogatepass")[-1] in _SPACE_BYTES:
        raise ShortSyntaxError("the key of the variable ends in a blank")
    return pair


def parse_required_pair(text: Text) -> Pair:
    """`KEY=VALUE` of `additional_contexts`.

    Raises:
        ShortSyntaxError: there is no `=`.
    """
    pair = parse_pair(text)
    if pair.value is None and not pair.ambiguous:
        raise ShortSyntaxError("the item is not of the form key=value")
    return pair


def parse_ssh(text: Text) -> Pair:
    """`default` or `ID=PATH` of `build.ssh`.

    Raises:
        ShortSyntaxError: another id without a path.
    """
    pair = parse_pair(text)
    if pair.value is None and not pair.ambiguous and pair.key != "default":
        raise ShortSyntaxError("only the ssh key called default can go without a path")
    return pair


def parse_extra_host(text: Text) -> Host:
    """`NAME=ADDRESS[,ADDRESS]` of `extra_hosts`, or with a colon where there is no `=`.

    Raises:
        ShortSyntaxError: no address, or a name that is empty or holds a separator.
    """
    written = shape(text)
    at = written.find("=")
    if at < 0:
        at = written.find(":")
    if at < 0:
        if isinstance(text, Unresolved):
            return Host(text, (), ambiguous=True)
        raise ShortSyntaxError("the host has no address")
    name = piece(text, 0, at)
    if not shape(name) or ":" in shape(name):
        raise ShortSyntaxError("the host name is empty or holds a colon")
    addresses = tuple(_without_brackets(address) for address in split(piece(text, at + 1), ","))
    return Host(name, addresses, ambiguous=isinstance(name, Unresolved))


def _without_brackets(address: Text) -> Text:
    written = shape(address)
    if len(written) > 2 and written[0] == "[" and written[-1] == "]":
        return piece(address, 1, len(written) - 1)
    return address


def parse_config(text: Text) -> FileReference:
    """A config by its name; its target is left to the engine."""
    return FileReference(text)


def parse_secret(text: Text) -> FileReference:
    """A secret by its name, which becomes a file in `/run/secrets`."""
    return FileReference(text, join(("/run/secrets/", text)))


def parse_healthcheck_test(text: Text) -> tuple[Text, ...]:
    """A string is a command for the shell, `NONE` too."""
    return ("CMD-SHELL", text)


def parse_expose(value: Scalar | Unresolved) -> Text:
    """An item of `expose`: a string, which nothing checks, or an integer.

    Raises:
        ShortSyntaxError: another type.
    """
    if isinstance(value, (str, Unresolved)):
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        raise ShortSyntaxError("an exposed port is a string or an integer")
    return str(value)


def parse_port_item(value: Scalar | Unresolved) -> Ports:
    """An item of `ports` that is no mapping: short syntax, or the number of a container port.

    Raises:
        ShortSyntaxError: another type, or short syntax that the reference refuses.
    """
    if isinstance(value, (str, Unresolved)):
        return parse_port(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ShortSyntaxError("a port is a string or an integer")
    return parse_port(str(value))


def tmpfs_path(text: Text) -> Text:
    """The path of a `tmpfs` item: what stands before its options."""
    return split(text, ":", 1)[0]


__all__ = [
    "BindOptions",
    "Device",
    "FileReference",
    "Host",
    "Mount",
    "Pair",
    "Port",
    "Ports",
    "ShortSyntaxError",
    "VolumeOptions",
    "clean_path",
    "parse_config",
    "parse_device",
    "parse_environment_item",
    "parse_expose",
    "parse_extra_host",
    "parse_healthcheck_test",
    "parse_pair",
    "parse_port",
    "parse_port_item",
    "parse_required_pair",
    "parse_secret",
    "parse_ssh",
    "parse_volume",
    "tmpfs_path",
]
