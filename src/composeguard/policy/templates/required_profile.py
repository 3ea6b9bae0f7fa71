"""Services that only run when a profile is switched on."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Scope
from composeguard.model.service import Service
from composeguard.policy.templates.template import Find, Globs, Hit, Parameters, Template, fitting


class RequiredProfile(Parameters):
    """`required-profile`: services have one of these Compose profiles. `services` says which; `images` by image."""

    profiles: Globs = Field(min_length=1, description="Names of profiles, with * and ?.")
    images: Globs = Field(default_factory=list, description="Only services with these images, without tag.")


def _make(parameters: RequiredProfile, fail: Callable[..., Exception]) -> Find:
    from composeguard.model.image import image_name

    images, profiles = fitting(parameters.images), fitting(parameters.profiles)

    def find(service: Service) -> Iterator[Hit]:
        if parameters.images:
            image = image_name(service.image) if service.image is not None else None
            if image is None or not images(image.repository):
                return
        if any(isinstance(each, Unresolved) or profiles(each) for each in service.profiles):
            return
        wanted = " or ".join(parameters.profiles)
        yield Hit(service.at("profiles"), f"{service.name} is not in the profile {wanted}", service.path)

    return find


TEMPLATE = Template("required-profile", RequiredProfile, Scope.SERVICE, _make)
