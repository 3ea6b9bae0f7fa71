"""What is known of the images that people run most: which capabilities, users and paths each needs.

The knowledge is data, `images/profiles.json` beside this package: one row for an image, each with its source. The
file is read on the first question, so that a run without one pays nothing. A configuration adds rows of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from composeguard.compose.unresolved import Unresolved
from composeguard.model.container import Container
from composeguard.model.image import ImageName, image_name
from composeguard.model.service import Service, Workload

PROFILES = Path(__file__).resolve().parents[1] / "images" / "profiles.json"

DEFAULT_CAPABILITIES = frozenset(
    (
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "NET_RAW",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    )
)
"""What the engine grants by itself (moby, `daemon/pkg/oci/caps/defaults.go`): to give one back never adds power."""

PROVEN = ("cap-drop-all", "read-only")
"""The fixes that a profile can vouch for."""

_MIRRORS = ("public.ecr.aws/docker/library/", "mirror.gcr.io/library/", "mirror.gcr.io/")
"""Registries that serve the images of Docker Hub under the same names, the official ones below `library/`."""

_OTHER_VARIANTS = ("nanoserver", "windowsservercore", "rootless", "unprivileged", "nonroot")
"""Tags with these words name another image than the one that a profile speaks of."""

_PRIVILEGED_PROGRAMS = frozenset(("chown", "chroot", "mount", "ping", "su", "sudo"))
"""What a health check runs as the user of the container, root included, with more than the start itself needs."""

_WORD = re.compile(r"[\w.-]+")
_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)(?![0-9.])")


@dataclass(frozen=True, slots=True)
class ImageProfile:
    """One row. Every field but `images` and `source` may be left out: what is not known is not said."""

    images: tuple[str, ...]
    """Names without tag, as `ImageName.repository` gives them."""
    source: tuple[str, ...]
    """The files or pages that show it, with their version."""
    since: str = ""
    """The first and the last version (its leading numbers) for which the row holds."""
    until: str = ""
    programs: tuple[str, ...] = ()
    """What `command` may start with, beside an option, without leaving what the row speaks of."""
    starts: str = ""
    """The user that the image starts as."""
    runs: str = ""
    """The user that its program ends up as, where the start script steps down."""
    user: str = ""
    """A user other than root that the image can be started as."""
    gains: bool = False
    """Whether the start gains privileges (set-user-ID, file capability): what `no-new-privileges` forbids."""
    capabilities: tuple[str, ...] = ()
    """What is needed once all are dropped."""
    scratch: tuple[str, ...] = ()
    """Folders that are written and may be lost."""
    volumes: tuple[str, ...] = ()
    """Folders with data that the image declares as volumes: they can be written on a read-only root."""
    data: tuple[str, ...] = ()
    """Folders with data that it does not declare: a mount has to make them writable."""
    scripts: tuple[str, ...] = ()
    """Folders from which the start runs or reads what a user puts there, and what it does nobody knows."""
    moves: tuple[str, ...] = ()
    """Variables and options that lead it to write elsewhere."""
    healthcheck: bool = False
    """Whether the image has a HEALTHCHECK of its own."""
    proven: tuple[str, ...] = ()
    """The fixes (of `PROVEN`) that the source shows to change nothing for this image."""


class ProfileError(ValueError):
    """A row says what it may not say: `steps` lead to the place in it, `unknown` is a key that does not exist."""

    def __init__(self, message: str, steps: tuple[str | int, ...] = (), unknown: str = "") -> None:
        super().__init__(message)
        self.steps = steps
        self.unknown = unknown


KEYS = tuple(field.name for field in fields(ImageProfile))
_TEXTS = ("since", "until", "starts", "runs", "user")
_FLAGS = ("gains", "healthcheck")
_FOLDERS = ("scratch", "volumes", "data", "scripts")


def read_profile(row: object) -> ImageProfile:
    """One row of data as a profile.

    Raises:
        ProfileError: it is not a row, or says what it may not say.
    """
    if not isinstance(row, Mapping):
        raise ProfileError("a profile of an image is a mapping")
    values: dict[str, object] = {}
    for key, value in row.items():
        if key not in KEYS:
            raise ProfileError(f"unknown key {key!r}", (key,), key)
        values[key] = _value(key, value)
    for key in ("images", "source"):
        if not values.get(key):
            raise ProfileError(f"a profile of an image needs `{key}`")
    return ImageProfile(**values)  # type: ignore[arg-type]  # each value has been checked by its key


def _value(key: str, value: object) -> object:
    if key in _FLAGS:
        if not isinstance(value, bool):
            raise ProfileError("expected true or false", (key,))
        return value
    if key in _TEXTS:
        if not isinstance(value, str):
            raise ProfileError("expected a text (quote a number)", (key,))
        if key in ("since", "until") and not _NUMBERS.fullmatch(value):
            raise ProfileError("expected the numbers of a version, such as '16' or '1.27'", (key,))
        return value
    if not isinstance(value, list | tuple):
        raise ProfileError("expected a list of texts", (key,))
    for index, item in enumerate(value):
        fault = _fault(key, item)
        if fault:
            raise ProfileError(fault, (key, index))
    return tuple(value)


def _fault(key: str, item: object) -> str:
    """Why an item does not belong in the list of that name; "" where it does."""
    if not isinstance(item, str) or not item:
        return "expected a text"
    if key == "images" and (":" in item.rpartition("/")[2] or "@" in item):
        return "expected the name of an image without tag or digest"
    if key == "capabilities" and item not in DEFAULT_CAPABILITIES:
        return f"{item} is not one of the capabilities that the engine grants: " + ", ".join(
            sorted(DEFAULT_CAPABILITIES)
        )
    if key in _FOLDERS and not item.startswith("/"):
        return "expected an absolute path in the container"
    return f"expected one of {', '.join(PROVEN)}" if key == "proven" and item not in PROVEN else ""


@cache
def shipped_profiles() -> tuple[ImageProfile, ...]:
    """The rows that come with the program."""
    return tuple(read_profile(row) for row in json.loads(PROFILES.read_bytes()))


@cache
def _by_name(rows: tuple[ImageProfile, ...]) -> Mapping[str, tuple[ImageProfile, ...]]:
    found: dict[str, tuple[ImageProfile, ...]] = {}
    for row in rows:
        for name in row.images:
            found[name] = (*found.get(name, ()), row)
    return found


def image_profile(container: Container, own: Iterable[ImageProfile] = ()) -> ImageProfile | None:
    """What is known of the image that a container runs; a user's own rows come before those shipped.

    None for an image that the project builds, whose name or tag a variable hides, or whose version no row covers.
    """
    if not isinstance(container.image, str) or (isinstance(container, Workload) and container.build is not None):
        return None
    name = image_name(container.image)
    if name is None or any(word in name.tag for word in _OTHER_VARIANTS):
        return None
    repository = _plain(name)
    for rows in (tuple(own), shipped_profiles()):
        for row in _by_name(rows).get(repository, ()):
            if _covers(row, name.tag):
                return row
    return None


def _plain(name: ImageName) -> str:
    repository = name.repository
    for mirror in _MIRRORS:
        if repository.startswith(mirror):
            return repository.removeprefix(mirror)
    return repository


def _covers(row: ImageProfile, tag: str) -> bool:
    """Whether a row holds for a tag. One without numbers is taken for the newest version."""
    numbers = _version(tag)
    if numbers is None:
        return not row.until
    since, until = _version(row.since), _version(row.until)
    # A short tag is a moving one: `8` is the newest 8, so it satisfies `since: 8.4`.
    enough = since is None or numbers[: len(since)] >= since[: len(numbers)]
    return enough and (until is None or numbers[: len(until)] <= until)


def _version(tag: str) -> tuple[int, ...] | None:
    match = _NUMBERS.match(tag)
    return tuple(int(part) for part in match[1].split(".")) if match else None


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
    if any(True for _ in container.hooks()):
        return "its hooks run programs of their own"
    if isinstance(container, Service) and _checks_with_privileges(container):
        return "its health check runs a program that may need more"
    for folder in row.scripts:
        if any(_within(target, folder) for target in _targets(container)):
            return f"what is mounted in {folder} takes part in the start"
    return ""


def _checks_with_privileges(service: Service) -> bool:
    test = service.healthcheck.test if service.healthcheck else None
    words = {word for text in test or () for word in _WORD.findall(text if isinstance(text, str) else text.text)}
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
    places = [*row.volumes, *row.scratch, *writable_targets(container)]
    for name in row.moves:
        for value in _settings(name, container):
            if not isinstance(value, str) or not any(_within(value, place) for place in places):
                return f"`{name}` may lead it to write elsewhere"
    for folder in row.data:
        if not any(_within(folder, target) for target in writable_targets(container)):
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
    inner, outer = (text.replace("/var/run", "/run", 1).rstrip("/") for text in (path, folder))
    return inner == outer or inner.startswith(f"{outer}/")
