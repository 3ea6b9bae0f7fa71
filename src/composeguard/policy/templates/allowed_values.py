"""Keys whose values come from a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.model.service import Service
from composeguard.policy.cel.types import Record
from composeguard.policy.keys import checked, entries_at, steps
from composeguard.policy.shown import MAY_BE_SECRET
from composeguard.policy.templates.template import Find, Hit, Parameters, Scalar, Template


class AllowedValues(Parameters):
    """`allowed-values`: where a key is set, its value is one of some; of lists and maps, each item is."""

    key: str = Field(min_length=1, description="Its path: `restart`, `logging.driver`, `cap_add`.")
    values: list[Scalar] = Field(description="What is allowed.")


def _make(parameters: AllowedValues, fail: Callable[..., Exception]) -> Find:
    path = steps(parameters.key, lambda said: fail(said, "key"))
    checked(path, Record(Service), lambda said: fail(said, "key"))
    secret = any(step in MAY_BE_SECRET for step in path)

    def find(container: Container) -> Iterator[Hit]:
        for place, value in entries_at(container, path):
            if isinstance(value, Unresolved) or any(type(value) is type(e) and value == e for e in parameters.values):
                continue
            shown = "a value" if secret or not isinstance(value, (str, int, float)) else str(value)
            said = f"{container.name} sets {parameters.key} to {shown}, which is not allowed"
            yield Hit(container.at(*place), said, container.path, "" if secret else shown)

    return find


TEMPLATE = Template("allowed-values", AllowedValues, Scope.CONTAINER, _make)
