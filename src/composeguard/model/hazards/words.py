"""Texts that lose a part, or mean nothing to the engine: commands, users, policies, ports."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from composeguard.compose.shellwords import ShellwordsError
from composeguard.compose.shellwords import split as split_words
from composeguard.compose.unresolved import MARK, Unresolved
from composeguard.model.container import Container
from composeguard.model.hazards.hazard import Change, Hazard, Repair, put
from composeguard.model.reading import Place, Reading
from composeguard.model.service import Job, Service, Workload
from composeguard.model.source_node import source_node, verbatim
from composeguard.source.node import Path
from composeguard.source.regex import regex

_SIGNS = regex(r"[;&|<>]")
_OPERATOR = regex(r"&&|\|\||[;&|]|[0-9]*[<>]+")
_SHELLS = frozenset(
    ("sh", "bash", "ash", "dash", "zsh", "/bin/sh", "/bin/bash", "/bin/ash", "cmd", "powershell", "pwsh")
)
_POLICY = regex(r"no|always|unless-stopped|on-failure(?::[0-9]+)?")
_EXPOSED = regex(r"[0-9]+(?:-[0-9]+)?(?:/[A-Za-z]+)?")
_REQUIRED = regex(r"\$\{\w+:?\?")
_TWO_VARIABLES = regex(r"\$(?:\{(\w+)\}|(\w+)):\$(?:\{(\w+)\}|(\w+))")


def word_hazards(reading: Reading) -> Iterator[Hazard]:
    """Of every container, and of the hooks and policies of services."""
    for container in reading.project.containers():
        yield from _commands(reading, container)
        if isinstance(container.user, Unresolved):
            yield from _user(reading, container, container.user)
        yield from _list_items(reading, container)
        if isinstance(container, Service):
            yield from _accepted_words(container)
        if isinstance(container, Service | Job):
            yield from _healthcheck(reading, container)


# Commands -------------------------------------------------------------------------------------------------------


def _commands(reading: Reading, container: Container) -> Iterator[Hazard]:
    """Commands in one string end at the first operator of a shell that stands outside quotes."""
    paths = [container.at(key) for key in ("command", "entrypoint") if getattr(container, key) is not None]
    paths += [(*path, "command") for _, path in container.hooks()]
    develop = container.develop if isinstance(container, Service) else None
    for index in range(len(develop.watch) if develop else 0):
        paths.append(container.at("develop", "watch", index, "exec", "command"))
    for path in paths:
        node = reading.node(path)
        if node is None or (node.style in ("flow", "block")):
            continue
        stands = verbatim(node)
        if stands is not None and not _SIGNS.search(stands):
            continue
        written = source_node(node)
        if written is None or not isinstance(written.value, str):
            continue
        text = written.value
        operator = _cut(text)
        if operator is None:
            continue
        key = ".".join(str(step) for step in path[len(container.path) :])
        yield Hazard(
            "cut-command",
            path,
            f"`{key}` of {container.name} ends at `{operator}`: Compose starts no shell for a command in one string,"
            " and drops the rest",
            f"ends at `{operator}`",
            repair=put(
                "give it to a shell",
                "the image must have `sh`, and an entrypoint that runs what it is given",
                path,
                ["sh", "-c", text],
            )
            if path[-1] == "command" and _is_program(text)
            else None,
            key_only=True,
        )


def _cut(text: str) -> str | None:
    """The operator at which the command ends; None where it does not."""
    if not _SIGNS.search(text):
        return None
    known = _VARIABLES.sub(lambda match: "$" if match.group() == "$$" else "x", text)
    try:
        words = split_words(known)
    except ShellwordsError:
        return None
    found = None if words.cut_at is None else _OPERATOR.match(known, words.cut_at)
    return found.group() if found else None


_VARIABLES = regex(r"\$\$|\$\{[^{}]*\}|\$\w+")
"""Variables of Compose, whose values are put in before the command is split; they are taken for plain words."""


def _is_program(text: str) -> bool:
    """Whether the command starts with a program to give to a shell: no option, and no shell already."""
    first = text.split(None, 1)[0] if text.split() else "-"
    return not first.startswith(("-", "$")) and first not in _SHELLS


# Users ----------------------------------------------------------------------------------------------------------


def _user(reading: Reading, container: Container, user: Unresolved) -> Iterator[Hazard]:
    """`${UID}:${GID}` without values is `:`, which the reference accepts and the engine takes for root."""
    name, colon, group = user.text.partition(":")
    if not colon or name.strip(MARK) or group.strip(MARK) or not name:
        return
    count = name.count(MARK)
    if any(_REQUIRED.match(variable) for variable in user.variables[:count]):
        return
    path = container.at("user")
    node = reading.node(path)
    written = source_node(node) if node is not None else None
    text = written.value if written is not None and isinstance(written.value, str) else ""
    simple = _TWO_VARIABLES.fullmatch(text)
    shown = " and ".join(f"${name}" for name in user.names)
    yield Hazard(
        "empty-user",
        path,
        f"{container.name} runs as root where {shown} are not set: its user is then `:`, which names nobody",
        "root, if the variables are not set",
        repair=put(
            "demand the variables",
            "Compose then refuses the project where they are not set",
            path,
            ":".join(f"${{{name}:?}}" for name in simple.groups() if name),
            f"set {shown.replace('$', '')} in `.env`",
        )
        if simple
        else None,
    )


# Policies and ports ---------------------------------------------------------------------------------------------


def _accepted_words(service: Service) -> Iterator[Hazard]:
    """What the reference takes as any text, and the engine refuses when it makes the container."""
    restart = service.restart
    if isinstance(restart, str) and restart and not _POLICY.fullmatch(restart):
        meant = restart.strip().lower().replace("_", "-").replace(" ", "-")
        yield Hazard(
            "unknown-policy",
            service.at("restart"),
            f'{service.name} cannot start: "{restart}" is no restart policy, which only the engine finds out',
            "no, always, unless-stopped or on-failure[:number]",
            repair=put(
                f"make it {meant}",
                "the container then starts, and starts again by itself",
                service.at("restart"),
                meant,
            )
            if _POLICY.fullmatch(meant)
            else None,
        )
    for index, port in enumerate(service.expose):
        if isinstance(port, str) and not _EXPOSED.fullmatch(port):
            yield Hazard(
                "exposed-word",
                service.at("expose", index),
                f'{service.name} exposes "{port}", which is no port',
                "a number, a range, and perhaps a protocol",
            )


def _healthcheck(reading: Reading, container: Workload) -> Iterator[Hazard]:
    """`test: NONE` is a command of that name; only `[NONE]` turns the check of the image off."""
    if container.healthcheck is None or container.healthcheck.test != ["CMD-SHELL", "NONE"]:
        return
    path = container.at("healthcheck", "test")
    node = reading.node(path)
    if node is not None and node.style not in ("flow", "block"):
        yield Hazard(
            "none-command",
            path,
            f"the healthcheck of {container.name} runs a command NONE, so the container is never healthy",
            "a command, where the list `[NONE]` turns the check off",
            repair=put("make it a list", "the healthcheck of the image no longer runs", path, ["NONE"]),
        )


# Lists of KEY=VALUE ---------------------------------------------------------------------------------------------

_COLON_ITEM = regex(r"(?P<name>[\w.-]+):(?P<blank>[ \t]*)(?P<value>\S.*)", re.DOTALL)


def _list_items(reading: Reading, container: Container) -> Iterator[Hazard]:
    """`- "KEY: value"` in a list is a name with a colon in it: the variable KEY is not set."""
    holders: list[tuple[Path, Mapping[str, object]]] = [
        (container.at("environment"), container.environment),
        (container.at("labels"), container.labels),
    ]
    if isinstance(container, Workload) and container.build is not None:
        holders.append((container.at("build", "args"), container.build.args))
    for holder, entries in holders:
        for key in [key for key in entries if ":" in key]:
            match = _COLON_ITEM.fullmatch(key) if entries[key] in (None, "") else None
            node = reading.node((*holder, key)) if match else None
            if match is None or node is None or node.key_start >= 0:
                continue
            if "labels" in holder and not match["blank"]:
                continue  # a name of a label may hold a colon
            name = match["name"]
            kind = {"labels": "label", "args": "build argument"}.get(str(holder[-1]), "variable")
            yield Hazard(
                "colon-in-list",
                (*holder, name),
                f"{container.name} has no {kind} {name}: an item of a list sets a value with `=`, not with a colon",
                f"a {kind} with a colon in its name, and no value",
                repair=Repair(
                    f"write `{name}=`",
                    f"the {kind} {name} is then set",
                    (
                        Change("remove", (*holder, key)),
                        Change("append", holder, f"{name}={match['value']}"),
                    ),
                )
                if "$" not in key
                else None,
                place=Place(node.file, node.start, node.end),
                redact=True,
            )
