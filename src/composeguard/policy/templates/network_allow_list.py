"""Networks that services may join."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Scope
from composeguard.model.service import Service
from composeguard.policy.templates.template import Find, Globs, Hit, Parameters, Template, fitting


class NetworkAllowList(Parameters):
    """`network-allow-list`: services join these networks only; `network_mode` counts by its value."""

    networks: Globs = Field(min_length=1, description="Keys of networks, with * and ?; `default` is the implicit one.")
    modes: list[str] = Field(default_factory=list, description="Values of `network_mode` that are allowed.")


def _make(parameters: NetworkAllowList, fail: Callable[..., Exception]) -> Find:
    allowed = fitting(parameters.networks)

    def find(service: Service) -> Iterator[Hit]:
        mode = service.network_mode
        if isinstance(mode, str) and mode not in parameters.modes:
            said = f"{service.name} has the network mode {mode}, which is not allowed"
            yield Hit(service.at("network_mode"), said, service.path)
        if mode is not None or isinstance(mode, Unresolved):
            return
        for name in service.networks or {"default": None}:
            if not allowed(name):
                said = f"{service.name} joins the network {name}, which is not allowed"
                yield Hit(service.at("networks", name), said, service.path, name)

    return find


TEMPLATE = Template("network-allow-list", NetworkAllowList, Scope.SERVICE, _make)
