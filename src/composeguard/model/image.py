"""Names of images, as the engine reads them (https://github.com/distribution/reference, `reference.go`)."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from composeguard.compose.unresolved import Unresolved
from composeguard.source.regex import regex

_NAME = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = regex(rf"{_NAME}(?:/{_NAME})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = regex(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?")
_TAG = regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_ID = regex(r"(?:sha256:)?[0-9a-f]{64}")
_DIGESTS = {"sha256": 64, "sha384": 96, "sha512": 128}
"""The algorithms that the engine knows, with the number of their hexadecimal digits."""
_LONGEST = 255
_DOCKER_HUB = "docker.io"


class ImageName(Struct, frozen=True):
    """The parts of a name, by position alone: nothing is checked. `tag` and `digest` are "" where none is written.

    `path` is without the registry; on Docker Hub it is without `library/` too: `nginx`, `grafana/grafana`.
    """

    registry: str
    path: str
    tag: str
    digest: str

    @property
    def repository(self) -> str:
        """The name of the program's image, the same for every way to write it: `nginx`, `ghcr.io/team/app`."""
        return self.path if self.registry == _DOCKER_HUB else f"{self.registry}/{self.path}"


@lru_cache(256)  # many rules ask for the image of each container
def image_name(text: str | Unresolved) -> ImageName | None:
    """The parts of an image's name; None where a variable hides which part is which.

    A variable in the tag alone hides nothing: it is the tag, and it reads as its mark.
    """
    if isinstance(text, Unresolved):
        last = text.head.rpartition("/")[2]
        if ":" not in last and "@" not in last:
            return None
        text = text.text
    return _parts(text)


@lru_cache(maxsize=4096)
def _parts(text: str) -> ImageName:
    rest, _, digest = text.partition("@")
    folder, slash, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    name = f"{folder}{slash}{last}"
    first, slash, after = name.partition("/")
    if slash and (first != first.lower() or "." in first or ":" in first or first == "localhost"):
        registry, path = first, after
    else:
        registry, path = _DOCKER_HUB, name
    if registry in ("index.docker.io", "registry-1.docker.io", _DOCKER_HUB):
        registry, path = _DOCKER_HUB, path.removeprefix("library/")
    return ImageName(registry, path, tag, digest)


@lru_cache(256)  # projects run the same few images
def image_fault(text: str) -> str:
    """Why the engine refuses this name of an image, in a few words; "" where it takes it."""
    if _ID.fullmatch(text):
        return ""  # the id of an image on this host
    name = image_name(text)
    if name is None:
        return ""
    if "".join(text.split()) != text:
        return "it holds white space"
    if "://" in text:
        return "it starts with a scheme, and names of images have none"
    if not _HOST.fullmatch(name.registry):
        return "its registry is no host name"
    if not name.path:
        return "it names no image"
    if not _PATH.fullmatch(name.path):
        return "its name has capital letters" if _PATH.fullmatch(name.path.lower()) else "its name is malformed"
    if len(name.path) > _LONGEST:
        return f"its name is longer than {_LONGEST} characters"
    beside = text.partition("@")[0].rpartition("/")[2]
    if (":" in beside or name.tag) and not _TAG.fullmatch(name.tag):
        return "its tag is malformed" if name.tag else "its tag is empty"
    return _digest_fault(name.digest) if "@" in text else ""


def _digest_fault(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    length = _DIGESTS.get(algorithm)
    if length is None:
        return "its digest names no algorithm of " + ", ".join(_DIGESTS)
    if len(value) != length:
        return f"its digest has {len(value)} digits, and {algorithm} has {length}"
    return "" if re.fullmatch("[0-9a-f]+", value) else "its digest has characters other than 0-9 and a-f"
