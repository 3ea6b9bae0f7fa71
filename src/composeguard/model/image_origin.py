"""Where the images come from that a container runs or is built on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from composeguard.compose.unresolved import Unresolved
from composeguard.model.container import Container
from composeguard.model.image import image_name
from composeguard.model.service import Workload
from composeguard.source.node import Path
from composeguard.source.regex import regex

_FROM = regex(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?P<image>\S+)(?:[ \t]+AS[ \t]+(?P<stage>\S+))?", re.I | re.M)
_IMAGE_CONTEXT = "docker-image://"


def images_from_elsewhere(container: Container, allowed: Iterable[str]) -> Iterator[tuple[str, Path]]:
    """The images, in full and with their places, that do not come from the registries, folders or images `allowed`.

    What a variable hides is not among them, nor is what the project builds itself.
    """
    entries = tuple(_entry(entry.rstrip("/")) for entry in allowed)
    for image, path in _images(container):
        full = _full(image)
        if full and not any(full == entry or full.startswith(f"{entry}/") for entry in entries):
            yield full, path


def _images(container: Container) -> Iterator[tuple[str | Unresolved, Path]]:
    """The images that a container runs or is built on."""
    build = container.build if isinstance(container, Workload) else None
    if build is None:
        if container.image:
            yield container.image, container.at("image")
        return
    for name, context in build.additional_contexts.items():
        if isinstance(context, str) and context.startswith(_IMAGE_CONTEXT):
            yield context.removeprefix(_IMAGE_CONTEXT), container.at("build", "additional_contexts", name)
    if isinstance(build.dockerfile_inline, str):
        stages: set[str] = {"scratch", *build.additional_contexts}
        for found in _FROM.finditer(build.dockerfile_inline):
            image = found["image"]
            if image not in stages and "$" not in image:
                yield image, container.at("build", "dockerfile_inline")
            stages.add(found["stage"] or "")


def _entry(text: str) -> str:
    """An entry of the option in full: what looks like a host is a registry, and the rest lies on Docker Hub."""
    host = text.partition("/")[0]
    return text if "." in host or ":" in host or host == "localhost" else f"docker.io/{text}"


def _full(image: str | Unresolved) -> str:
    """The name with its registry, without tag and digest; "" where a variable hides it, or it is an image's id."""
    name = image_name(image)
    if name is None or not name.path or (isinstance(image, Unresolved) and image.text.startswith("$")):
        return ""
    if name.registry != "docker.io":
        return f"{name.registry}/{name.path}"
    return f"docker.io/{name.path}" if "/" in name.path else f"docker.io/library/{name.path}"
