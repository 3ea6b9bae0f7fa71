"""What names, tags or digests of images must look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from composeguard.base import Field
from composeguard.compose.unresolved import MARK, Unresolved
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.model.image import image_name
from composeguard.policy.templates.patterns import Pattern, matching
from composeguard.policy.templates.template import Find, Hit, Parameters, Template


class ImagePattern(Parameters):
    """`image-pattern`: the image, or a part of its name, fits a regular expression."""

    pattern: Pattern = Field(description="A regular expression (RE2).")
    part: Literal["image", "registry", "repository", "tag", "digest"] = Field(
        "image", description="What is looked at: the image as written, or a part; a missing tag or digest is empty."
    )


def _make(parameters: ImagePattern, fail: Callable[..., Exception]) -> Find:
    fits = matching(parameters.pattern, fail, "pattern")
    assert fits is not None

    def find(container: Container) -> Iterator[Hit]:
        text = _part(container, parameters.part)
        if text is not None and not fits(text):
            what = "image" if parameters.part == "image" else f"image's {parameters.part}"
            shown = text or "nothing"
            said = f"the {what} of {container.name}, {shown}, does not match {parameters.pattern}"
            yield Hit(container.at("image"), said, container.path)

    return find


def _part(container: Container, part: str) -> str | None:
    """None where there is none, or a variable hides it."""
    image = container.image
    if image is None:
        return None
    if part == "image":
        return image if not isinstance(image, Unresolved) else None
    name = image_name(image)
    text = None if name is None else str(getattr(name, part))
    if text is None or MARK in text or (part == "digest" and name is not None and not text and MARK in name.tag):
        return None  # `${TAG}` may be `1.2@sha256:…`
    return text


TEMPLATE = Template("image-pattern", ImagePattern, Scope.CONTAINER, _make)
