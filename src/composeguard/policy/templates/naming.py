"""What names must look like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from composeguard.base import Field
from composeguard.engine.rule import Scope
from composeguard.model.reading import Reading
from composeguard.policy.items import is_written
from composeguard.policy.templates.patterns import Pattern, matching
from composeguard.policy.templates.template import Find, Hit, Parameters, Template
from composeguard.source.node import Path


class Naming(Parameters):
    """`naming`: names of services, networks, volumes … fit a regular expression."""

    of: Literal["services", "jobs", "networks", "volumes", "secrets", "configs", "container_name", "project"] = Field(
        "services", description="Whose names."
    )
    pattern: Pattern = Field(description="A regular expression (RE2); anchor it with ^ and $.")


def _make(parameters: Naming, fail: Callable[..., Exception]) -> Find:
    fits = matching(parameters.pattern, fail, "pattern")
    assert fits is not None

    def find(reading: Reading) -> Iterator[Hit]:
        project = reading.project
        names: dict[Path, object]
        if parameters.of == "project":
            names = {("name",): project.name}
        elif parameters.of == "container_name":
            services = (each for each in project.services.values() if parameters.concerns(each))
            names = {each.at("container_name"): each.container_name for each in services}
        else:
            section = getattr(project, parameters.of)
            names = {(parameters.of, key): key for key in section if is_written(reading, (parameters.of, key))}
        for path, name in names.items():
            if isinstance(name, str) and not fits(name):
                said = f"the name {name} does not match {parameters.pattern}"
                yield Hit(path, said, path if parameters.of != "project" else (), name)

    return find


TEMPLATE = Template("naming", Naming, Scope.READING, _make)
