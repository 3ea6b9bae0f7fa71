"""Keys, or single values of them, that no container may have."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.model.service import Service
from composeguard.policy.cel.types import Record
from composeguard.policy.keys import checked, entries_at, steps, value_at
from composeguard.policy.shown import MAY_BE_SECRET, shown
from composeguard.policy.templates.template import Find, Hit, Parameters, Scalar, Template


class ForbidKey(Parameters):
    """`forbid-key`: no container sets a key, or none sets it to one of some values."""

    key: str = Field(min_length=1, description="Its path: `network_mode`, `cap_add`.")
    values: list[Scalar] | None = Field(None, description="Forbid only these; of lists and maps, each item counts.")


def _make(parameters: ForbidKey, fail: Callable[..., Exception]) -> Find:
    path = steps(parameters.key, lambda said: fail(said, "key"))
    checked(path, Record(Service), lambda said: fail(said, "key"))
    key = parameters.key
    secret = any(step in MAY_BE_SECRET for step in path)

    def find(container: Container) -> Iterator[Hit]:
        if parameters.values is None:
            value = value_at(container, path)
            if value not in (None, "", [], {}) and not isinstance(value, Unresolved):
                said = f"{container.name} sets {key}"
                yield Hit(container.at(*path), said, container.path, key, "a value" if secret else shown(value))
            return
        for place, value in entries_at(container, path):
            if not isinstance(value, Unresolved) and _among(value, parameters.values):
                said = f"{container.name} sets {key} to {_shown(value)}"
                yield Hit(container.at(*place), said, container.path, str(value), _shown(value))

    return find


def _among(value: object, values: list[Scalar]) -> bool:
    """In Python, true is 1; here it is not."""
    return any(type(value) is type(each) and value == each for each in values)


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


TEMPLATE = Template("forbid-key", ForbidKey, Scope.CONTAINER, _make, has_value=True)
