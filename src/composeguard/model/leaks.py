"""Every credential in the text of a project, each with the one rule that it is a matter of.

A value is looked at in this order, and the first that fits takes it: a setting that leaves a door open
(`OPEN`), a known format (`SHAPE`), a password in an address (`ADDRESS`), the name of its key (`NAMED`, `ARGUMENT` for
a build argument, `COMMAND` in a command). So one value is one finding, whatever it is at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from composeguard.compose.unresolved import MARK, Unresolved, shape
from composeguard.model.command_secrets import command_secrets, command_tokens
from composeguard.model.config_secrets import default_secrets
from composeguard.model.container import Container
from composeguard.model.default_credentials import (
    OPEN_REPOSITORIES,
    OpenFlag,
    may_open,
    open_command,
    open_image,
    open_variable,
)
from composeguard.model.image import image_name
from composeguard.model.leak import Leak, LeakKind
from composeguard.model.open_variables import OpenVariable
from composeguard.model.ports import Reach
from composeguard.model.reading import Reading
from composeguard.model.service import Service, Workload
from composeguard.model.text_leak import leak_in_text, leak_of_variable
from composeguard.model.written import Readings, raw_text, written, written_words
from composeguard.source.node import Node, Path, Via, child
from composeguard.source.regex import regex

_Found = tuple[Leak, Node]
_KEY = "leaks"
_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]{0,80}")
_WITH_DEFAULT = regex(r"\$\{([A-Za-z_][A-Za-z0-9_]*):?-[^${}]*\}")
_TEXTS = (("labels",), ("annotations",), ("logging", "options"), ("build", "labels"), ("deploy", "labels"))
"""Mappings whose values are looked at for formats and addresses; their keys are no names of credentials."""


def leaks(reading: Reading, *kinds: LeakKind) -> tuple[Leak, ...]:
    """The credentials of these kinds, each text once, in the order of the project."""
    found = reading.cached.get(_KEY)
    if not isinstance(found, tuple):
        found = reading.cached[_KEY] = _once(reading)
    return tuple(leak for leak in found if leak.kind in kinds)


def _once(reading: Reading) -> tuple[Leak, ...]:
    """The walk; what several containers share is one leak."""
    found: dict[tuple[object, ...], list[Leak]] = {}
    values: dict[str, set[object]] = {}
    for leak, node in _all(reading):
        identity = (node.file.uri, node.start, node.end, leak.kind, leak.key, leak.what)
        found.setdefault(identity, []).append(leak)
        if leak.variable:
            values.setdefault(leak.variable, set()).add(_content(node))
    # Where services have different values under one name, one variable cannot stand for all of them.
    return tuple(
        replace(leak, variable=_own_name(leak)) if len(values.get(leak.variable, ())) > 1 else leak
        for leak in map(_joined, found.values())
    )


def _joined(same: Sequence[Leak]) -> Leak:
    if len(same) == 1:
        return same[0]
    owners = dict.fromkeys(owner for leak in same for owner in leak.owners)
    return replace(same[0], owners=tuple(owners), paths=tuple(dict.fromkeys(leak.path for leak in same)))


def _content(node: Node) -> object:
    return node.value if isinstance(node.value, (str, int, float, bool)) else id(node)


def _own_name(leak: Leak) -> str:
    if leak.defaulted or not leak.owners:
        return leak.variable
    prefix = re.sub(r"\W", "_", leak.owners[0], flags=re.ASCII).upper().strip("_")
    name = f"{prefix}_{leak.variable}"
    return name if _NAME.fullmatch(name) else ""


def _all(reading: Reading) -> Iterator[_Found]:
    """Each value's leak with its node; a value that several containers have, as often."""
    for container in reading.project.containers():
        node = reading.node(container.path)
        if node is not None and isinstance(node.value, dict):
            yield from _container(container, node, node.value)
    for name in reading.project.configs:
        path: Path = ("configs", name, "content")
        content = reading.node(path)
        if content is not None:
            yield from _texts(f"config {name}", path, content)
    if isinstance(reading.root.value, dict):
        for key, node in reading.root.value.items():
            if key.startswith("x-"):
                yield from _texts("", (key,), node)


def _container(container: Container, node: Node, keys: dict[str, Node]) -> Iterator[_Found]:
    """Of one container. `keys`: what stands in it; most have few of those that are asked for."""
    name, at = container.name, container.path
    if "ports" in keys:
        yield from _published(container, node)
    if "environment" in keys:
        yield from _variables(container, keys["environment"])
    if "build" in keys and isinstance(container, Workload):
        yield from _values(LeakKind.ARGUMENT, name, (*at, "build", "args"), _entries(node, "build", "args"))
    for steps in _TEXTS:
        if steps[0] in keys:
            for key, below in _entries(node, *steps):
                yield from _texts(name, (*at, *steps, key), below)
    for key in ("command", "entrypoint"):
        if key in keys:
            yield from _command(name, (*at, key), keys[key], _image(container))
    if "healthcheck" in keys:
        yield from _command(name, (*at, "healthcheck", "test"), child(keys["healthcheck"], "test"))
    for _, path in container.hooks():
        below_hook = _below(node, *path[len(at) :])
        if below_hook is None:
            continue
        yield from _command(name, (*path, "command"), child(below_hook, "command"))
        yield from _values(LeakKind.NAMED, name, (*path, "environment"), _entries(below_hook, "environment"))


def _variables(container: Container, environment: Node) -> Iterator[_Found]:
    name = container.name
    holder: Path = container.at("environment")
    for key, node in _entries(environment):
        readings = written(node, pair=node.key_start < 0)
        row = _open(container, key, readings) if may_open(key) else None
        if row is not None:
            path = (*holder, key)
            yield Leak(LeakKind.OPEN, path, (name,), (path,), key, row[0].what, row[1], row=row[0]), node
        elif found := _value(LeakKind.NAMED, name, holder, key, node, readings):
            yield found


def _values(kind: LeakKind, owner: str, holder: Path, entries: Iterable[tuple[str, Node]]) -> Iterator[_Found]:
    for key, node in entries:
        found = _value(kind, owner, holder, key, node, written(node, pair=node.key_start < 0))
        if found is not None:
            yield found


def _value(kind: LeakKind, owner: str, holder: Path, key: str, node: Node, readings: Readings) -> _Found | None:
    """The leak of one variable or argument, if any: the literal text is looked at first, then the default."""
    for text, defaulted in readings:
        found = leak_of_variable(key, text, kind)
        if found is not None:
            path = (*holder, key)
            variable = _variable(node, key, defaulted=defaulted) if found == (kind, "") else ""
            return Leak(found[0], path, (owner,), (path,), key, found[1], defaulted, variable), node
    for name in _defaults(node) if readings else ():
        path = (*holder, key)
        variable = _variable(node, key, defaulted=True)
        what = "" if variable else name
        return Leak(kind, path, (owner,), (path,), key, what, defaulted=True, variable=variable), node
    return None


def _defaults(node: Node) -> Iterable[str]:
    """The variables in the text of a value whose defaults are credentials."""
    raw = raw_text(node)
    return () if raw is None else default_secrets(raw)


def _texts(owner: str, path: Path, node: Node, seen: set[int] | None = None) -> Iterator[_Found]:
    """Formats and addresses in a text, or in all texts below a node; what aliases repeat is walked once."""
    if isinstance(node.value, (dict, list)):
        seen = set() if seen is None else seen
        if id(node.value) not in seen:
            seen.add(id(node.value))
            below = node.value.items() if isinstance(node.value, dict) else enumerate(node.value)
            for step, each in below:
                yield from _texts(owner, (*path, step), each, seen)
        return
    for text, defaulted in written(node):
        found = leak_in_text(text)
        if found is not None:
            key = str(path[-1])
            yield Leak(found[0], path, (owner,) if owner else (), (path,), key, found[1], defaulted), node
            return


def _command(owner: str, path: Path, node: Node | None, image: str | None = None) -> Iterator[_Found]:
    """The leaks of a command. `image`: that of the server which it starts; without one, it starts none."""
    if node is None:
        return
    literal, default = written_words(node)
    taken: set[int] = set()
    for words, defaulted in ((literal, False), (default, True)):
        if defaulted and words == literal:
            break
        for kind, index, key, what, row in _in_command(words, image):
            if index in taken:
                continue
            taken.add(index)
            below = child(node, index)
            where = path if below is None else (*path, index)
            yield Leak(kind, where, (owner,), (where,), key, what, defaulted, row=row), below or node
    if raw_text(node) is not None:
        items = [] if taken else [(path, node)]
    else:
        below_it = node.value if isinstance(node.value, list) else []
        items = [((*path, index), item) for index, item in enumerate(below_it) if index not in taken]
    for where, item in items:
        for name in islice(_defaults(item), 1):
            yield Leak(LeakKind.COMMAND, where, (owner,), (where,), name, defaulted=True), item


def _in_command(words: tuple[str, ...], image: str | None) -> Iterator[tuple[LeakKind, int, str, str, OpenFlag | None]]:
    for index, row in open_command(image, command_tokens(words)) if image is not None else ():
        yield LeakKind.OPEN, index, "", row.what, row
    for index, word in enumerate(words):
        found = leak_in_text(word)
        if found is not None:
            yield found[0], index, "", found[1], None
    for secret in command_secrets(words):
        yield LeakKind.COMMAND, secret.index, secret.name, "", None


def _open(container: Container, key: str, readings: Readings) -> tuple[OpenVariable, bool] | None:
    """The row that a variable fits, and whether it does by a default."""
    image, others = _image(container), _set_variables(container)
    for text, defaulted in readings:
        row = None if MARK in text else open_variable(image, key, text, others)
        # An `env_file` may set the variable that closes it.
        if row is not None and not (container.env_file and row.unless):
            return row, defaulted
    return None


def _published(container: Container, node: Node) -> Iterator[_Found]:
    """An image that is open as it comes, where its port is reached from outside."""
    repository = _image(container)
    if repository not in OPEN_REPOSITORIES or not isinstance(container, Service):
        return
    image = child(node, "image")
    if image is None or container.env_file or not container.publishes:
        return
    said = [*(container.command or ()), *(container.entrypoint or ())]
    if any(isinstance(word, Unresolved) for word in said) or any(
        isinstance(port.target, Unresolved) for port in container.ports
    ):
        return
    ports = {port.target for port in container.ports if port.reach in (Reach.EVERYWHERE, Reach.ADDRESS)}
    words = [text for text, _ in command_tokens(tuple(map(shape, said)))]
    row = open_image(repository, ports, _set_variables(container), words)
    if row is not None:
        path = container.at("image")
        yield Leak(LeakKind.OPEN, path, (container.name,), (path,), "", row.what, row=row), image


def _image(container: Container) -> str:
    """The repository of the image; "" where it is built here or not known."""
    if container.image is None or (isinstance(container, Workload) and container.build is not None):
        return ""
    name = image_name(container.image)
    return name.repository if name is not None else ""


def _set_variables(container: Container) -> frozenset[str]:
    """The variables that have a value, or may have one."""
    return frozenset(name for name, value in container.environment.items() if value != "")


def _variable(node: Node, key: str, *, defaulted: bool) -> str:
    if not defaulted:
        return key if _NAME.fullmatch(key) else ""
    via: Via | None = node.via
    while via is not None:
        if via.at is not None and isinstance(via.at.value, str):
            raw = via.at.value
            match = _WITH_DEFAULT.fullmatch(raw.partition("=")[2] if node.key_start < 0 else raw)
            return match[1] if match else ""
        via = via.before
    return ""


def _entries(node: Node, *keys: str) -> Iterable[tuple[str, Node]]:
    below = _below(node, *keys)
    return below.value.items() if below is not None and isinstance(below.value, dict) else ()


def _below(node: Node, *steps: str | int) -> Node | None:
    found: Node | None = node
    for step in steps:
        found = child(found, step) if found is not None else None
    return found
