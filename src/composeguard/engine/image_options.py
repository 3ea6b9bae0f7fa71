"""The option that every rule has whose fix asks what an image needs."""

from __future__ import annotations

from composeguard.engine.options import Options, option
from composeguard.model.image_profile import ImageProfile


class ImageOptions(Options):
    """`images` of the whole configuration, as it reaches a rule."""

    profiles: tuple[ImageProfile, ...] = option((), "Profiles of images, those of the key `images` of a configuration.")
