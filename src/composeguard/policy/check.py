"""The checks of policies: what the engine calls, as it calls the function of any rule."""

from __future__ import annotations

from collections.abc import Callable

from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Problem
from composeguard.model.reading import Reading
from composeguard.policy import limits
from composeguard.policy.cel.evaluate import Budget, Frame, Run, truth
from composeguard.policy.cel.values import EvaluationError, UnknownError
from composeguard.policy.fixes import FixPlan
from composeguard.policy.items import Items, is_written, path_of
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

    def __call__(self, subject: object) -> list[Problem]:
        items = self._items
        if not isinstance(subject, Reading):
            return self._judge(subject, {items.root: subject})
        project = subject.project
        shown = Shown(subject)
        found: list[Problem] = []
        for root in items.roots(project):
            found += self._judge(root, {"project": project, items.root: root}, shown)
        return found

    def _judge(self, root: object, names: dict[str, object], shown: Shown | None = None) -> list[Problem]:
        """What is wrong with the items of one root; `shown` are the places of a whole project."""
        problems: list[Problem] = []
        value = self._items.there(root)
        if not value:
            return problems
        frame = Frame(names, Budget(limits.STEPS))
        paths = self._items.each(root, value, names) if self._items.steps else (path_of(root),)
        for path in paths:
            if shown is not None and root is names["project"] and not shown.is_written(path):
                continue
            frame.budget.steps = limits.STEPS
            if not self._holds(frame) and (shown is None or shown.first(path)):
                problems.append(self._problem(path, frame))
        return problems

    def _holds(self, frame: Frame) -> bool:
        """Whether an item is as wanted, or cannot be judged."""
        in_when = self._when is not None
        try:
            if self._when is not None and not truth(self._when(frame)):
                return True
            in_when = False
            value = self._wanted(frame)
            return value if value is True or value is False else truth(value)
        except UnknownError:
            return True
        except EvaluationError as error:
            raise PolicyCrash(f"{self._locate(error.at, in_when)}: {error.message}") from None

    def _problem(self, path: Path, frame: Frame) -> Problem:
        frame.budget.steps = limits.STEPS
        try:
            message = self._message.of(frame)
        except (UnknownError, EvaluationError) as error:
            said = error.message if isinstance(error, EvaluationError) else "it depends on a variable"
            raise PolicyCrash(f"the message cannot be made: {said}") from None
        return Problem(
            (*path, *self._at),
            message,
            self._label,
            fix=self._fix.at(path) if self._fix else None,
            evidence=evidence(path, frame.names.get("item")),
        )


class Shown:
    """The places of findings so far: a range of ports in the short syntax is one text and an item for each port."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._places: set[tuple[int, int, int]] = set()

    def is_written(self, path: Path) -> bool:
        """Whether a file says something there: nobody has chosen the implicit default network."""
        return is_written(self._reading, path)

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
