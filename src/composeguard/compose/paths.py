"""Paths in the model: made relative to another folder, and absolute as the reference prints them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from enum import Enum, auto

from msgspec import Struct

from composeguard.compose.pathtable import Step, path_table
from composeguard.compose.unresolved import Text, Unresolved, join, shape
from composeguard.source.node import Node
from composeguard.source.regex import regex

# A drive or a share, which no folder of this machine goes in front of.
_WINDOWS_ABSOLUTE = regex(r".:[\\/]|[\\/]{2}", re.DOTALL)
_REMOTE_CONTEXT = ("https://", "http://", "git://", "ssh://", "github.com/", "git@")
_REMOTE_FILE = regex(r"git@|github\.com/|[A-Za-z][A-Za-z0-9+.-]*://")


class PathKind(Enum):
    """How the reference reads the path at a place of the model."""

    FILE = auto()
    CONTEXT = auto()
    """A build context: a URL and `service:NAME` are no paths."""
    HOST = auto()
    """A path on the host, which may be one of Windows."""
    LINK = auto()
    """A file, with symbolic links followed."""
    EXTENDS = auto()
    MOUNT = auto()
    VOLUME = auto()


_CONTAINER = {"env_file.[].path": PathKind.FILE, "label_file.[]": PathKind.FILE, "volumes.[]": PathKind.MOUNT}
_WORKLOAD = {
    "build.context": PathKind.CONTEXT,
    "build.additional_contexts.*": PathKind.CONTEXT,
    "build.ssh.*": PathKind.HOST,
    "extends.file": PathKind.EXTENDS,
    **_CONTAINER,
}
_PATHS: Step[PathKind] = path_table(
    {
        **{f"services.*.{path}": kind for path, kind in _WORKLOAD.items()},
        **{f"jobs.*.{path}": kind for path, kind in _WORKLOAD.items()},
        **{f"services.*.pre_start.[].{path}": kind for path, kind in _CONTAINER.items()},
        "services.*.develop.watch.[].path": PathKind.LINK,
        "configs.*.file": PathKind.HOST,
        "secrets.*.file": PathKind.HOST,
        "volumes.*": PathKind.VOLUME,
    }
)


class Base(Struct, frozen=True):
    """What relative paths are put behind: a folder, absolute or relative to that of the model above."""

    folder: str
    home: str = ""
    """What `~` becomes; "" leaves it."""
    tidy: bool = False
    """Paths are rewritten where the folder is the same too: `./a` becomes `a`, as the reference compares them."""
    links: Callable[[str], str] | None = None
    """Follows symbolic links in an absolute path."""


def is_remote_file(text: str) -> bool:
    """Whether an `include` or `extends` target is on another machine: a git or OCI reference, or a URL."""
    return _REMOTE_FILE.match(text) is not None


def join_path(folder: str, path: str) -> str:
    """`path` seen from `folder`, without `.` and `..`."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    # POSIX gives two leading slashes a meaning that the reference does not.
    return joined[1:] if joined.startswith("//") else joined


def relative_folder(path: str, folder: str) -> str:
    """The folder `path` seen from `folder`, both absolute."""
    return posixpath.relpath(path, folder)


def rebase(root: Node, base: Base) -> Node:
    """A canonical model with its relative paths seen from `base.folder`."""
    if base.folder == "." and not base.tidy:
        return root
    return _walk(root, _PATHS, base)


def _walk(node: Node, step: Step[PathKind], base: Base) -> Node:
    if step.fact is not None:
        return _RESOLVERS[step.fact](node, base)
    value = node.value
    if isinstance(value, dict):
        changed: dict[str, Node] | None = None
        for key in value if step.each else step.children:
            entry, below = value.get(key), step.below(key)
            if entry is None or below is None:
                continue
            new = _walk(entry, below, base)
            if new is not entry:
                changed = changed or dict(value)
                changed[key] = new
        return node if changed is None else node.with_value(changed)
    if isinstance(value, list) and step.each:
        below = step.each
        items = [_walk(item, below, base) for item in value]
        if any(new is not item for new, item in zip(items, value, strict=True)):
            return node.with_value(items)
    return node


def _file(node: Node, base: Base) -> Node:
    value = node.value
    return _placed(node, base) if isinstance(value, (str, Unresolved)) and value != "" else node


def _link(node: Node, base: Base) -> Node:
    new = _file(node, base)
    if base.links and isinstance(new.value, str) and new.value:
        return new.with_value(base.links(new.value))
    return new


def _context(node: Node, base: Base) -> Node:
    if not isinstance(node.value, (str, Unresolved)):
        return node
    text = shape(node.value)
    if "://" in text or text.startswith(("service:", *_REMOTE_CONTEXT)):
        return node
    return _file(node, base)


def _extends(node: Node, base: Base) -> Node:
    return node if isinstance(node.value, str) and is_remote_file(node.value) else _file(node, base)


def _host(node: Node, base: Base) -> Node:
    if not isinstance(node.value, (str, Unresolved)) or _WINDOWS_ABSOLUTE.match(shape(node.value)):
        return node
    return _placed(node, base)


def _mount(node: Node, base: Base) -> Node:
    value = node.value
    kind = value.get("type") if isinstance(value, dict) else None
    return _inner(node, "source", base) if kind is not None and kind.value == "bind" else node


def _volume(node: Node, base: Base) -> Node:
    """Only `o: bind`, spelled just so, is taken for a bind mount."""
    value = node.value
    if not isinstance(value, dict) or _text(value.get("driver")) != "local":
        return node
    options = value.get("driver_opts")
    if options is None or not isinstance(options.value, dict) or _text(options.value.get("o")) != "bind":
        return node
    new = _inner(options, "device", base)
    return node if new is options else node.with_value({**value, "driver_opts": new})


def _inner(node: Node, key: str, base: Base) -> Node:
    value = node.value
    if not isinstance(value, dict) or key not in value:
        return node
    new = _host(value[key], base)
    return node if new is value[key] else node.with_value({**value, key: new})


def _text(node: Node | None) -> str | None:
    return node.value if node is not None and isinstance(node.value, str) else None


def _placed(node: Node, base: Base) -> Node:
    value = node.value
    if not isinstance(value, (str, Unresolved)):
        return node
    new = _place(value, base)
    return node if new == value else node.with_value(new)


def _place(path: Text, base: Base) -> Text:
    """A path of which the start is unknown stays as it is: it may be absolute."""
    if isinstance(path, str):
        if path.startswith("~"):
            if not base.home:
                return path
            path = join_path(base.home, path[1:].lstrip("/"))
        return path if path.startswith("/") else join_path(base.folder, path)
    if base.folder == "." or path.piece(0, 1) != path.text[:1] or path.text.startswith(("~", "/")):
        return path
    return join((f"{base.folder}/", path.piece(2) if path.text.startswith("./") else path))


_RESOLVERS: dict[PathKind, Callable[[Node, Base], Node]] = {
    PathKind.FILE: _file,
    PathKind.CONTEXT: _context,
    PathKind.HOST: _host,
    PathKind.LINK: _link,
    PathKind.EXTENDS: _extends,
    PathKind.MOUNT: _mount,
    PathKind.VOLUME: _volume,
}
