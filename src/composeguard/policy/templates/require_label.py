"""Services that must carry a label."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Scope
from composeguard.model.service import Service
from composeguard.policy.templates.patterns import Pattern, matching
from composeguard.policy.templates.template import Find, Hit, Parameters, Template


class RequireLabel(Parameters):
    """`require-label`: each service has a label, with a value that fits."""

    key: str = Field(min_length=1, description="The name of the label.")
    pattern: Pattern | None = Field(None, description="A regular expression (RE2) that the value holds.")
    values: list[str] | None = Field(None, description="The values that are allowed.")


def _make(parameters: RequireLabel, fail: Callable[..., Exception]) -> Find:
    fits = matching(parameters.pattern, fail, "pattern")
    key = parameters.key

    def find(service: Service) -> Iterator[Hit]:
        value = service.labels.get(key)
        path = service.at("labels", key)
        if value is None:
            yield Hit(path, f"{service.name} lacks the label {key}", service.path)
        elif isinstance(value, Unresolved):
            return
        elif parameters.values is not None and value not in parameters.values:
            allowed = ", ".join(parameters.values)
            yield Hit(path, f"the label {key} of {service.name} is none of {allowed}", service.path)
        elif fits is not None and not fits(value):
            yield Hit(path, f"the label {key} of {service.name} does not match {parameters.pattern}", service.path)

    return find


TEMPLATE = Template("require-label", RequireLabel, Scope.SERVICE, _make)
