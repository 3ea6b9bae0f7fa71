"""Limits of resources that every container must have, and how high they may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from composeguard.base import Field
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.limits import Size
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.policy.keys import value_at
from composeguard.policy.templates.template import Find, Hit, Parameters, Template

Resource = Literal["memory", "cpus", "pids"]

_PLACES = {"memory": ("mem_limit", "memory"), "cpus": ("cpus", "cpus"), "pids": ("pids_limit", "pids")}
"""The key of a container, and that below `deploy.resources.limits`."""


_LIMITS = ("deploy", "resources", "limits")


class RequiredLimits(Parameters):
    """`required-limits`: containers have limits, none above a ceiling."""

    resources: list[Resource] = Field(["memory"], min_length=1, description="Which limits must be set.")
    max_memory: Size | None = Field(None, description="The highest limit of memory: 2g.")
    max_cpus: float | None = Field(None, gt=0, description="The highest limit of processors.")
    max_pids: int | None = Field(None, gt=0, description="The highest limit of processes.")


def _make(parameters: RequiredLimits, fail: Callable[..., Exception]) -> Find:
    from composeguard.compose.units import parse_bytes

    ceilings: dict[str, float | None] = {
        "memory": parse_bytes(parameters.max_memory) if parameters.max_memory else None,
        "cpus": parameters.max_cpus,
        "pids": parameters.max_pids,
    }
    wanted = [name for name in _PLACES if name in parameters.resources or ceilings[name] is not None]

    def find(container: Container) -> Iterator[Hit]:
        below_deploy = value_at(container, _LIMITS)
        for name in wanted:
            own, below = _PLACES[name]
            values = (((*_LIMITS, below), value_at(below_deploy, (below,))), ((own,), getattr(container, own, None)))
            given = [(path, value) for path, value in values if _is_limit(value)]
            if not given:
                if name in parameters.resources:
                    yield Hit(container.at(own), f"{container.name} has no limit of {name}", container.path, name)
                continue
            path, value = given[0]
            ceiling = ceilings[name]
            if ceiling is not None and isinstance(value, (int, float)) and value > ceiling:
                highest = parameters.max_memory if name == "memory" else f"{ceiling:g}"
                said = f"{container.name} has a limit of {name} above {highest}"
                yield Hit(container.at(*path), said, container.path, name)

    return find


def _is_limit(value: object) -> bool:
    """0 and -1 are none; what a variable hides may be one."""
    return isinstance(value, Unresolved) or (isinstance(value, (int, float)) and value > 0)


TEMPLATE = Template("required-limits", RequiredLimits, Scope.CONTAINER, _make)
