"""Keys that every service must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.model.service import Service
from composeguard.policy.cel.types import Record
from composeguard.policy.keys import checked, steps, value_at
from composeguard.policy.templates.template import Find, Hit, Parameters, Template


class RequireKey(Parameters):
    """`require-key`: each service sets a key."""

    key: str = Field(min_length=1, description="Its path: `healthcheck`, `deploy.resources.limits`.")
    jobs: bool = Field(False, description="Whether jobs, and steps before a start, have to set it, too.")


def _make(parameters: RequireKey, fail: Callable[..., Exception]) -> Find:
    path = steps(parameters.key, lambda said: fail(said, "key"))
    checked(path, Record(Service), lambda said: fail(said, "key"))

    def find(container: Container) -> Iterator[Hit]:
        if not isinstance(container, Service) and not parameters.jobs:
            return
        if value_at(container, path) in (None, [], {}):
            said = f"{container.name} does not set {parameters.key}"
            yield Hit(container.at(*path), said, container.path, parameters.key)

    return find


TEMPLATE = Template("require-key", RequireKey, Scope.CONTAINER, _make)
