"""What a template is: parameters, and a small check that makes findings of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import translate
from functools import lru_cache
from typing import Annotated

from msgspec import Struct

from composeguard.base import Field
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.model.service import Service
from composeguard.policy.cel.types import Record, Type
from composeguard.policy.declaration import Declared
from composeguard.source.node import Path

Glob = Annotated[str, Field(min_length=1, max_length=200)]
Globs = Annotated[list[Glob], Field(max_length=1_000)]
"""Names with `*` and `?`."""
Scalar = str | int | float | bool


class Parameters(Declared):
    """What every template takes."""

    services: Globs = Field(default_factory=list, description="Only these services: names, with * and ?.")
    but: Globs = Field(default_factory=list, description="All services but these.")

    def concerns(self, container: Container) -> bool:
        """Whether a container is to be judged. A step before the start counts with its service."""
        if not self.services and not self.but:
            return True
        name = container.name.partition(".pre_start[")[0]
        if self.services and not fitting(self.services)(name):
            return False
        return not fitting(self.but)(name)


class Hit(Struct, frozen=True):
    """One thing that a template finds. `item` is what the paths of a declared fix start from."""

    path: Path
    message: str
    item: Path
    evidence: str = ""
    value: str = ""
    """What a message of the policy's own may show, where the template says that it `has_value`."""


Find = Callable[..., Iterator[Hit]]

_SERVICE = Record(Service)


class Template(Struct, frozen=True):
    """`make` gives what is called with each subject of the scope, once the parameters are checked."""

    name: str
    parameters: type[Parameters]
    scope: Scope
    make: Callable[..., Find]
    item: Type = _SERVICE
    has_value: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What a message may put in: the name of what is judged one by one, and the value that is found."""
        name = () if self.scope is Scope.READING else ("name",)
        return (*name, "value") if self.has_value else name


def fitting(patterns: Iterable[str]) -> Callable[[str], object]:
    """What tells whether one of the patterns fits a name; None and False say no."""
    return _fitting(tuple(patterns))


@lru_cache(1_000)
def _fitting(patterns: tuple[str, ...]) -> Callable[[str], object]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)").match
