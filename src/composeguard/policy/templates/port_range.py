"""The host's ports that services may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.engine.rule import Scope
from composeguard.model.ports import Port, Reach
from composeguard.model.reading import Reading
from composeguard.policy.cel.types import Record, fields
from composeguard.policy.check import Shown
from composeguard.policy.templates.template import Find, Hit, Parameters, Template


class PortRange(Parameters):
    """`port-range`: published ports lie in a range."""

    min: int = Field(1, ge=1, le=65535, description="The lowest port of the host.")
    max: int = Field(65535, ge=1, le=65535, description="The highest port of the host.")
    ports: list[int] = Field(default_factory=list, description="Ports that are allowed besides.")
    loopback: bool = Field(True, description="Whether ports on the loopback address are judged, too.")


def _make(parameters: PortRange, fail: Callable[..., Exception]) -> Find:
    if parameters.min > parameters.max:
        raise fail("`min` is above `max`", "min")
    first, last = (fields(Port)[name].read for name in ("published", "published_last"))

    def find(reading: Reading) -> Iterator[Hit]:
        for service in reading.project.services.values():
            if not parameters.concerns(service):
                continue
            shown = Shown(reading)
            for index, port in enumerate(service.ports):
                low, high = first(port), last(port)
                if not isinstance(low, int) or not isinstance(high, int):
                    continue  # a random port, or one that a variable hides
                if not parameters.loopback and port.reach is Reach.LOOPBACK:
                    continue
                if _allowed(low, parameters) and _allowed(high, parameters):
                    continue
                item = service.at("ports", index)
                if not shown.first(item):
                    continue
                number = str(low) if low == high else f"{low}-{high}"
                said = f"{service.name} publishes {number}, outside {parameters.min}-{parameters.max}"
                yield Hit((*item, "published"), said, item, f"{number}:{port.target}/{port.protocol}")

    return find


def _allowed(number: int, parameters: PortRange) -> bool:
    return parameters.min <= number <= parameters.max or number in parameters.ports


TEMPLATE = Template("port-range", PortRange, Scope.READING, _make, Record(Port))
