"""Whether a container keeps to what the profile of its image relies on, and where it can write."""

from __future__ import annotations

from collections.abc import Iterable

from composeguard.compose.unresolved import Unresolved
from composeguard.model.container import Container
from composeguard.model.image_profile import ImageProfile
from composeguard.model.service import Service
from composeguard.source.regex import regex

_PRIVILEGED_PROGRAMS = frozenset(("chown", "chroot", "mount", "ping", "su", "sudo"))
"""What a health check runs as the user of the container, root included, with more than the start itself needs."""

_WORD = regex(r"[\w.-]+")


def departs(row: ImageProfile, container: Container) -> str:
    """In which way a container leaves what the row relies on, in words; "" where it does not."""
    if container.entrypoint is not None:
        return "`entrypoint` replaces the start of the image"
    if container.command is not None and not _same_program(row, container.command):
        return "`command` may run another program"
    if container.user and not runs_from_the_start(row, container):
        return "`user` is not one that is known to work"
    if container.privileged:
        return "the container is privileged"
    if next(container.hooks(), None) is not None:
        return "its hooks run programs of their own"
    if isinstance(container, Service) and _checks_with_privileges(container):
        return "its health check runs a program that may need more"
    for folder in row.scripts:
        if any(_within(target, folder) for target in _targets(container)):
            return f"what is mounted in {folder} takes part in the start"
    return ""


def _checks_with_privileges(service: Service) -> bool:
    test = service.healthcheck.test if service.healthcheck else None
    if not test:
        return False
    words = {word for text in test for word in _WORD.findall(text if isinstance(text, str) else text.text)}
    return not words.isdisjoint(_PRIVILEGED_PROGRAMS)


def runs_from_the_start(row: ImageProfile, container: Container) -> bool:
    """Whether `user` names one that the row knows to work."""
    user = container.user
    return isinstance(user, str) and user.partition(":")[0] in {row.user, row.starts} - {"", "root", "0"}


def _same_program(row: ImageProfile, command: list[str | Unresolved]) -> bool:
    first = command[0] if command else None
    return isinstance(first, str) and (first.startswith("-") or first in row.programs)


def writes_elsewhere(row: ImageProfile, container: Container) -> str:
    """What may lead the program to write where the row does not say, in words; "" where nothing does."""
    if container.volumes_from or (row.moves and container.env_file):
        return "not all of its settings and mounts are in this file"
    if container.configs or container.secrets:
        # One that has its text in the file or in a variable is copied in, which a read-only root refuses.
        return "a config or a secret may have to be copied into it"
    targets = writable_targets(container) if row.moves or row.data else []
    places = [*row.volumes, *row.scratch, *targets]
    for name in row.moves:
        for value in _settings(name, container):
            if not isinstance(value, str) or not any(_within(value, place) for place in places):
                return f"`{name}` may lead it to write elsewhere"
    for folder in row.data:
        if not any(_within(folder, target) for target in targets):
            return f"it keeps data in {folder}, where nothing is mounted"
    return ""


def _settings(name: str, container: Container) -> Iterable[str | Unresolved | None]:
    if name in container.environment:
        yield container.environment[name]
    words = container.command or []
    for index, word in enumerate(words):
        if isinstance(word, Unresolved):
            yield word
        elif word == name:
            yield words[index + 1] if index + 1 < len(words) else None
        elif f"{name}=" in word:
            yield word.partition(f"{name}=")[2]


def writable_targets(container: Container) -> list[str]:
    """Where a container's own mounts let it write, as far as that is known."""
    targets = [mount.target for mount in container.volumes if not mount.read_only]
    targets += [entry.partition(":")[0] if isinstance(entry, str) else entry for entry in container.tmpfs]
    return [target for target in targets if isinstance(target, str)]


def is_writable(path: str, container: Container) -> bool:
    """Whether a mount of the container's own lets it write there."""
    return any(_within(path, target) for target in writable_targets(container))


def _targets(container: Container) -> list[str]:
    """The places of everything that a container mounts, files of `configs` and `secrets` included."""
    found = [mount.target for mount in container.volumes]
    found += [reference.target for reference in (*container.configs, *container.secrets)]
    return [target for target in found if isinstance(target, str)]


def _within(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it; `/var/run` is `/run` in every distribution of today."""
    inner = path.replace("/var/run", "/run", 1).rstrip("/")
    outer = folder.replace("/var/run", "/run", 1).rstrip("/")
    return inner == outer or inner.startswith(f"{outer}/")
