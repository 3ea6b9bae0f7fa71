"""Facts about paths of the model: `services.*.volumes.[]`, looked up step by step while a tree is walked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class Step(Generic[T]):
    """One level of a table. `fact` is what the table says of the path that leads here."""

    __slots__ = ("children", "each", "fact")

    def __init__(self) -> None:
        self.children: dict[str, Step[T]] = {}
        self.each: Step[T] | None = None
        """The level below any key, or below any item of a sequence."""
        self.fact: T | None = None

    def below(self, key: str) -> Step[T] | None:
        """The level that a key of a mapping leads to."""
        return self.children.get(key, self.each)


def path_table(facts: Mapping[str, T] | Iterable[tuple[str, T]]) -> Step[T]:
    """A table of dotted paths, where `*` stands for any key or item and `[]` for any item."""
    root: Step[T] = Step()
    for path, fact in facts.items() if isinstance(facts, Mapping) else facts:
        step = root
        for part in path.split("."):
            if part in ("*", "[]"):
                step.each = step.each or Step()
                step = step.each
            else:
                step = step.children.setdefault(part, Step())
        step.fact = fact
    return root
