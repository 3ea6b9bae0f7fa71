"""Which containers run an image from a registry, and which tags of images move."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.compose.unresolved import Unresolved
from composeguard.model.container import Container
from composeguard.model.project import Project
from composeguard.model.service import Service, Workload
from composeguard.source.regex import regex

_MOVING = frozenset(
    (
        "latest",
        "stable",
        "edge",
        "main",
        "master",
        "trunk",
        "head",
        "nightly",
        "daily",
        "weekly",
        "dev",
        "devel",
        "develop",
        "development",
        "unstable",
        "experimental",
        "insiders",
        "canary",
        "testing",
        "test",
        "preview",
        "alpha",
        "beta",
        "rc",
        "next",
        "current",
        "rolling",
        "snapshot",
        "staging",
        "mainline",
        "release",
        "prod",
        "production",
        "live",
        "lts",
    )
)
"""Tags that publishers move to the newest build of a line."""

_SEPARATOR = regex(r"[-_.]")


def pulled(project: Project) -> Iterator[tuple[Container, str | Unresolved]]:
    """The containers whose image the project does not build itself, each with that image."""
    built = _built(project)
    for container in project.containers():
        image = container.image
        if image and not _is_built(container) and not (built and _full(image) in built):
            yield container, image


def written_tag(image: str | Unresolved) -> str | None:
    """The tag; "" for none; None where a digest makes it moot, or a variable may hold it."""
    text = image.text if isinstance(image, Unresolved) else image
    if "@" in text or text.startswith("sha256:"):
        return None
    known = image.tail if isinstance(image, Unresolved) else image
    if isinstance(image, Unresolved) and "/" not in known and not known.startswith(":"):
        return None
    _, colon, tag = known.rpartition("/")[2].partition(":")
    return tag or (None if colon else "")


def moves(tag: str) -> bool:
    """Whether a tag is a moving one, or such a one with the name of a variant (`stable-alpine`, `pg16-latest`)."""
    parts = _SEPARATOR.split(tag.lower())
    if parts[0] == "latest" or parts[-1] == "latest":
        return True
    return not any(character.isdigit() for character in tag) and (parts[0] in _MOVING or parts[-1] in _MOVING)


def _is_built(container: Container) -> bool:
    return isinstance(container, Workload) and container.build is not None


def _built(project: Project) -> frozenset[str]:
    """The names of the images that the project builds, in full."""
    names: set[str] = set()
    for container in project.containers():
        if not isinstance(container, Workload) or container.build is None:
            continue
        produced = [container.image, *container.build.tags]
        if not container.image and isinstance(container, Service) and isinstance(project.name, str):
            produced.append(f"{project.name}-{container.name}")
        names.update(_full(name) for name in produced if name)
    return frozenset(names)


def _full(image: str | Unresolved) -> str:
    """The name with the tag that the engine would add."""
    text = image.text if isinstance(image, Unresolved) else image
    name = text.removeprefix("docker.io/").removeprefix("library/")
    return name if "@" in name or ":" in name.rpartition("/")[2] else f"{name}:latest"
