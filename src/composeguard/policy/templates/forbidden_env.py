"""Variables that no container may get."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.policy.templates.template import Find, Globs, Hit, Parameters, Template, fitting


class ForbiddenEnv(Parameters):
    """`forbidden-env`: no container gets a variable of these names."""

    names: Globs = Field(min_length=1, description="Names of variables, with * and ?.")
    allowed: Globs = Field(default_factory=list, description="Names that may be there all the same.")


def _make(parameters: ForbiddenEnv, fail: Callable[..., Exception]) -> Find:
    forbidden, allowed = fitting(parameters.names), fitting(parameters.allowed)

    def find(container: Container) -> Iterator[Hit]:
        for name in container.environment:
            if forbidden(name) and not allowed(name):
                path = container.at("environment", name)
                yield Hit(path, f"{container.name} sets the variable {name}", container.path)

    return find


TEMPLATE = Template("forbidden-env", ForbiddenEnv, Scope.CONTAINER, _make)
