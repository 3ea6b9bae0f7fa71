"""What a policy is `for`: the things that it judges, one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct

from composeguard.engine.registry import near
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.model.project import Project
from composeguard.model.reading import Reading
from composeguard.model.service import Service
from composeguard.policy.cel.types import STRING, ListType, MapType, Record, Type, fields
from composeguard.source.node import Path, Way

ALIASES = {name: f"project.{name}" for name in ("networks", "volumes", "secrets", "configs", "models", "jobs")}
ROOTS: dict[str, tuple[type, Scope]] = {
    "project": (Project, Scope.READING),
    "service": (Service, Scope.SERVICE),
    "container": (Container, Scope.CONTAINER),
}
"""What `for` starts with. A container is a service, a job or a `pre_start` step."""


class Items(Struct, frozen=True):
    """Where the items of a policy are found, and the types of names in its expressions."""

    root: str
    steps: tuple[str, ...]
    names: dict[str, Type]
    subject: str
    """The name of the thing that is judged: `item`, `service`, …"""

    @property
    def scope(self) -> Scope:
        return ROOTS[self.root][1]

    @property
    def record(self) -> Type:
        """The type of the thing that is judged."""
        return self.names[self.subject]

    def roots(self, project: Project) -> Iterable[object]:
        """What of a project has such items: itself, its services or its containers."""
        if self.root == "project":
            return (project,)
        return project.services.values() if self.root == "service" else project.containers()

    def there(self, root: object) -> object:
        """What holds the items: the root itself, a list, a mapping; what is false where there are none."""
        value: Any = root
        for step in self.steps:
            if value is None:
                return None
            value = value.__dict__[step]
        return value

    def each(self, root: object, value: object, names: dict[str, object]) -> Iterator[Path]:
        """The paths of the items in what `there` is of a root, one by one; meanwhile `names` means the item."""
        above = (*path_of(root), *self.steps)
        if isinstance(value, list):
            for index, item in enumerate(value):
                names["item"] = item
                yield (*above, index)
        elif isinstance(value, dict):
            for key, item in value.items():
                names["item"] = item
                names["key"] = key
                yield (*above, key)


def path_of(root: object) -> Path:
    """Where a root stands: a container below `services` or `jobs`, the project at the top."""
    return root.path if isinstance(root, Container) else ()


def is_written(reading: Reading, path: Path) -> bool:
    """Whether a file says something there: nobody has chosen the implicit default network."""
    node = reading.node(path)
    via = node.via if node is not None else None
    return via is None or via.way is not Way.DEFAULT or via.at is not None


def items(text: str, fail: Callable[[str], Exception]) -> Items:
    """What `for: text` means.

    Raises:
        what `fail` makes of the reason why it means nothing.
    """
    root, *steps = ALIASES.get(text, text).split(".")
    if root not in ROOTS:
        raise fail(f"unknown `for` {text!r}{near(text, [*ROOTS, *ALIASES])}")
    of: Type = Record(ROOTS[root][0])
    names: dict[str, Type] = {root: of, "project": Record(Project)}
    if not steps:
        return Items(root, (), names, root)
    for step in steps:
        if not isinstance(of, Record):
            raise fail(f"`for` goes into models; a {of.name} has no {step!r}")
        known = {name: each for name, each in fields(of.of).items() if each.path == (name,)}
        if step not in known:
            raise fail(f"{of.name} has no field {step!r}{near(step, known)}")
        of = known[step].type
    if isinstance(of, ListType):
        names["item"] = of.item
    elif isinstance(of, MapType):
        names |= {"item": of.value, "key": STRING}
    else:
        raise fail(f"`for` needs a list or a map; {text} is a {of.name}")
    return Items(root, tuple(steps), names, "item")
