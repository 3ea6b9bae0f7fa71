"""What is known of the images that people run most: which capabilities, users and paths each needs.

The knowledge is data, `images/profiles.json` beside this package: one row for an image, each with its source. The
file is read on the first question, so that a run without one pays nothing. A configuration adds rows of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from composeguard.base import BaseModel, ConfigDict
from composeguard.model.container import Container
from composeguard.model.image import ImageName, image_name
from composeguard.model.service import Workload
from composeguard.source.regex import regex

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

_NUMBERS = regex(r"v?(\d{1,18}(?:\.\d{1,18})*)(?![0-9.])")


class ImageProfile(BaseModel):
    """One row. Every field but `images` and `source` may be left out: what is not known is not said."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

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


KEYS = tuple(ImageProfile.model_fields)
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
    values: dict[str, Any] = {}
    for key, value in row.items():
        if key not in KEYS:
            raise ProfileError(f"unknown key {key!r}", (key,), key)
        values[key] = _value(key, value)
    for key in ("images", "source"):
        if not values.get(key):
            raise ProfileError(f"a profile of an image needs `{key}`")
    return ImageProfile.model_construct(**values)


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
def _shipped_by_name() -> Mapping[str, tuple[ImageProfile, ...]]:
    return _by_name(shipped_profiles())


def _by_name(rows: Iterable[ImageProfile]) -> Mapping[str, tuple[ImageProfile, ...]]:
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
    found = _row_of(container.image, _by_name(own)) if own else None
    return _shipped(container.image) if found is None else found


@lru_cache(256)  # several rules ask for each container
def _shipped(image: str) -> ImageProfile | None:
    return _row_of(image, _shipped_by_name())


def _row_of(image: str, rows: Mapping[str, tuple[ImageProfile, ...]]) -> ImageProfile | None:
    name = image_name(image)
    if name is None or any(word in name.tag for word in _OTHER_VARIANTS):
        return None
    for row in rows.get(_plain(name), ()):
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


@lru_cache(maxsize=4096)
def _version(tag: str) -> tuple[int, ...] | None:
    match = _NUMBERS.match(tag)
    return tuple(int(part) for part in match[1].split(".")) if match else None
