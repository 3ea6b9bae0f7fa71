"""The checks of policies: what the engine calls, as it calls the function of any rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Problem
from composeguard.model.reading import Reading
from composeguard.policy import limits
from composeguard.policy.cel.evaluate import Budget, Frame, Run, truth
from composeguard.policy.cel.values import EvaluationError, UnknownError
from composeguard.policy.fixes import FixPlan
from composeguard.policy.items import Item, Items
from composeguard.policy.message import Message
from composeguard.policy.shown import MAY_BE_SECRET
from composeguard.source.node import Path


class PolicyCrash(Exception):  # noqa: N818 -- what a report calls it
    """An expression that fails on an item. `said` may be shown: it holds no value."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Judged:
    """The check of an expression. Its docstring is that of the policy."""

    def __init__(
        self,
        items: Items,
        *,
        when: Run | None,
        wanted: Run,
        message: Message,
        at: Path,
        label: str,
        fix: FixPlan | None,
        locate: Callable[[int, bool], str],
        documentation: str,
    ) -> None:
        self._items = items
        self._when = when
        self._wanted = wanted
        self._message = message
        self._at = at
        self._label = label
        self._fix = fix
        self._locate = locate
        self.__doc__ = documentation

    def __call__(self, subject: object) -> Iterator[Problem]:
        if not isinstance(subject, Reading):
            yield from (self._problem(item) for item in self._items.of(subject) if not self._holds(item))
            return
        shown = Shown(subject)
        for item in self._items.of_reading(subject):
            if not self._holds(item) and shown.first(item.path):
                yield self._problem(item)

    def _holds(self, item: Item) -> bool:
        """Whether an item is as wanted, or cannot be judged."""
        frame = Frame(item.names, Budget(limits.STEPS))
        in_when = self._when is not None
        try:
            if self._when is not None and not truth(self._when(frame)):
                return True
            in_when = False
            return truth(self._wanted(frame))
        except UnknownError:
            return True
        except EvaluationError as error:
            raise PolicyCrash(f"{self._locate(error.at, in_when)}: {error.message}") from None

    def _problem(self, item: Item) -> Problem:
        try:
            message = self._message.of(Frame(item.names, Budget(limits.STEPS)))
        except (UnknownError, EvaluationError) as error:
            said = error.message if isinstance(error, EvaluationError) else "it depends on a variable"
            raise PolicyCrash(f"the message cannot be made: {said}") from None
        return Problem(
            (*item.path, *self._at),
            message,
            self._label,
            fix=self._fix.at(item.path) if self._fix else None,
            evidence=evidence(item.path, item.names.get("item")),
        )


class Shown:
    """The places of findings so far: a range of ports in the short syntax is one text and an item for each port."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._places: set[tuple[int, int, int]] = set()

    def first(self, path: Path) -> bool:
        """Whether nothing was found there yet. An item that no text of its own stands for always counts."""
        node = self._reading.node(path)
        if node is None or not path or not isinstance(path[-1], int):
            return True
        place = (id(node.file), node.start, node.end)
        seen = place in self._places
        self._places.add(place)
        return not seen


def evidence(path: Path, item: object) -> str:
    """What tells an item of a list from the others: a text as it is, of a model its names and paths."""
    if not path or not isinstance(path[-1], int) or any(step in MAY_BE_SECRET for step in path):
        return ""
    if isinstance(item, (str, int, Unresolved)):
        return str(item)
    values = getattr(item, "__dict__", {})
    return ",".join(f"{name}={value}" for name, value in values.items() if isinstance(value, (str, int, Unresolved)))
