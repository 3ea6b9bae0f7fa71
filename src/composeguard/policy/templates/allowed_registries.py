"""Registries that images may come from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

from composeguard.base import Field
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.model.image_origin import images_from_elsewhere
from composeguard.policy.templates.template import Find, Hit, Parameters, Template


class AllowedRegistries(Parameters):
    """`allowed-registries`: images, and the bases of builds, come from these registries."""

    registries: list[Annotated[str, Field(min_length=1)]] = Field(
        min_length=1, description="Registries, or folders or images of them: `ghcr.io/acme`, `docker.io/library`."
    )


def _make(parameters: AllowedRegistries, fail: Callable[..., Exception]) -> Find:
    def find(container: Container) -> Iterator[Hit]:
        for full, path in images_from_elsewhere(container, parameters.registries):
            said = f"{container.name} takes {full} from a registry that is not allowed"
            yield Hit(path, said, container.path, full)

    return find


TEMPLATE = Template("allowed-registries", AllowedRegistries, Scope.CONTAINER, _make)
