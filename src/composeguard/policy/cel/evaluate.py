"""Runs checked expressions on the model itself.

The library evaluates plain data only: it has no value for "a variable hides this", converts all that an expression
might look at (0.2 ms for a service), and its budget is not ours to set. So the tree becomes closures over the model.
A test holds them to the library's answers on data without unknowns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from composeguard.policy import limits
from composeguard.policy.cel.functions import FUNCTIONS, contains_item
from composeguard.policy.cel.parse import ExpressionError
from composeguard.policy.cel.pattern_cost import cost
from composeguard.policy.cel.regex import matcher
from composeguard.policy.cel.syntax import Call, Constant, Expression, ListOf, Loop, MapOf, Name, Select
from composeguard.policy.cel.types import fields
from composeguard.policy.cel.values import STOPPED, EvaluationError, UnknownError, equal, known

Run = Callable[["Frame"], object]

_OF_TEXTS: dict[str, Callable[[str, str], object]] = {"startsWith": str.startswith, "endsWith": str.endswith}
_COSTLY = frozenset(("@in", "contains", "_+_", "_==_", "_!=_"))
"""Functions that look at all of a text or list."""


class Budget(Struct):
    """What is left to spend."""

    steps: int


class Frame(Struct):
    """The values of names during one evaluation, and its budget."""

    names: dict[str, object]
    budget: Budget

    def spend(self, steps: int, at: int) -> None:
        """Take from the budget.

        Raises:
            EvaluationError: there is not enough left.
        """
        self.budget.steps -= steps
        if self.budget.steps < 0:
            raise EvaluationError(f"{STOPPED}: the expression takes too many steps", at)


def compiled(expression: Expression) -> Run:
    """What evaluates an expression that has been checked.

    Raises:
        ExpressionError: a regular expression in it is none.
    """
    match expression:
        case Constant(value=value):
            return lambda frame: value
        case Name(name=name):
            return lambda frame: frame.names[name]
        case Select():
            return _select(expression)
        case ListOf(items=items):
            runs = [compiled(item) for item in items]
            return lambda frame: [run(frame) for run in runs]
        case MapOf(entries=entries):
            pairs = [(compiled(key), compiled(value)) for key, value in entries]
            return lambda frame: {known(key(frame)): value(frame) for key, value in pairs}
        case Loop():
            return _loop(expression)
        case Call():
            return _call(expression)


def _select(select: Select) -> Run:
    of, name, at = compiled(select.operand), select.field, select.at + 1
    # Nearly all are a field of `service` or `item`: calls are what an evaluation costs.
    variable = select.operand.name if isinstance(select.operand, Name) else None
    cache: dict[type, Callable[[object], object]] = {}
    plain: set[type] = set()

    def read(frame: Frame) -> object:
        record = of(frame) if variable is None else frame.names[variable]
        kind = type(record)
        if kind in plain:
            return record.__dict__[name]
        if kind is dict:
            entries: Any = record
            if name in entries:
                return entries[name]
            raise EvaluationError(f"there is no {name!r}; ask with has(…) before", at)
        if record is None:
            return None  # nothing stands in a section that is not there
        field = cache.get(kind)
        if field is None:
            if name not in fields(type(known(record))):
                raise EvaluationError(f"there is no {name!r} here", at)
            field = cache[kind] = fields(kind)[name].read
            if fields(kind)[name].plain:
                plain.add(kind)
        return field(record)

    def test(frame: Frame) -> object:
        record = of(frame) if variable is None else frame.names[variable]
        kind = type(record)
        if kind is dict:
            entries: Any = record
            return name in entries
        if record is None:
            return False
        field = cache.get(kind)
        if field is None:
            field = cache[kind] = fields(type(known(record)))[name].read
        value = field(record)
        return value is not None and value != [] and value != {}

    return test if select.test else read


def _loop(loop: Loop) -> Run:
    over, variable, at = compiled(loop.over), loop.variable, loop.at
    condition = compiled(loop.condition) if loop.condition is not None else None
    made = compiled(loop.result) if loop.result is not None else None

    def each(frame: Frame) -> Iterator[Frame]:
        values = known(over(frame))
        if not isinstance(values, (list, dict)):
            raise EvaluationError(f"`{loop.kind}` on what is not set", at)
        inner = Frame({**frame.names}, frame.budget)
        names = inner.names
        for value in values:
            frame.spend(1, at)
            names[variable] = value
            yield inner

    def decided(wanted: bool) -> Run:
        """`exists` looks for one true, `all` for one false; a failure counts only if none is found."""
        assert condition is not None
        check = condition

        def run(frame: Frame) -> object:
            failure: Exception | None = None
            for inner in each(frame):
                try:
                    if truth(check(inner), at) is wanted:
                        return wanted
                except (EvaluationError, UnknownError) as error:
                    failure = _worse(failure, error)
            if failure is not None:
                raise failure
            return not wanted

        return run

    def listed(frame: Frame) -> object:
        assert made is not None
        return [made(inner) for inner in each(frame) if condition is None or truth(condition(inner), at)]

    def only_one(frame: Frame) -> object:
        assert condition is not None
        return [truth(condition(inner), at) for inner in each(frame)].count(True) == 1

    if loop.kind in ("all", "exists"):
        return decided(loop.kind == "exists")
    return listed if loop.kind == "map" else only_one


def _call(call: Call) -> Run:
    at = call.at
    one_of = _one_of(call)
    if one_of is not None:
        return one_of
    arguments = [compiled(argument) for argument in call.arguments]
    if call.function in ("_&&_", "_||_"):
        return _logic(arguments[0], arguments[1], at, decides=call.function == "_||_")
    if call.function == "_?_:_":
        condition, then, other = arguments
        return lambda frame: then(frame) if truth(condition(frame), at) else other(frame)
    if call.function == "matches":
        return _matches(call, arguments)
    if call.function in ("_==_", "_!=_") and isinstance(call.arguments[1], Constant):
        return _compared(arguments[0], call.arguments[1].value, wanted=call.function == "_==_")
    function = FUNCTIONS[call.function].run
    assert function is not None
    run, costly = function, call.function in _COSTLY
    if call.function == "!_":
        return _negated(arguments[0], run, at)
    if call.function in _OF_TEXTS and isinstance(call.arguments[1], Constant):
        return _of_text(arguments[0], call.arguments[1].value, _OF_TEXTS[call.function], run, at)

    def apply(frame: Frame) -> object:
        values = [argument(frame) for argument in arguments]
        if costly:
            for value in values:
                if isinstance(value, (str, list)):
                    frame.spend(len(value) // 1024, at)
        try:
            return run(*values)
        except EvaluationError as error:
            raise EvaluationError(error.message, error.at or at) from None

    return apply


def _compared(of: Run, constant: object, *, wanted: bool) -> Run:
    """What expressions do most: a value beside one that is written out."""
    kind = type(constant)

    def run(frame: Frame) -> object:
        value = of(frame)
        same = value == constant if type(value) is kind else equal(value, constant)
        return same is wanted

    return run


def _of_text(
    of: Run, constant: object, plain: Callable[[str, str], object], run: Callable[..., object], at: int
) -> Run:
    """A function of a text and one that is written out."""

    def apply(frame: Frame) -> object:
        value = of(frame)
        if type(value) is str and type(constant) is str:
            return plain(value, constant)
        try:
            return run(value, constant)
        except EvaluationError as error:
            raise EvaluationError(error.message, error.at or at) from None

    return apply


def _negated(of: Run, negate: Callable[[object], object], at: int) -> Run:
    def run(frame: Frame) -> object:
        value = of(frame)
        if value is True:
            return False
        if value is False:
            return True
        try:
            return negate(value)
        except EvaluationError as error:
            raise EvaluationError(error.message, error.at or at) from None

    return run


def _one_of(call: Call) -> Run | None:
    """`value in [texts that are written out]`; None where it is something else."""
    if call.function != "@in" or not isinstance(call.arguments[1], ListOf):
        return None
    texts = [item.value for item in call.arguments[1].items if isinstance(item, Constant)]
    if len(texts) < len(call.arguments[1].items) or not all(isinstance(text, str) for text in texts):
        return None
    of, wanted, at = compiled(call.arguments[0]), frozenset(texts), call.at

    def run(frame: Frame) -> object:
        value = of(frame)
        if type(value) is str:
            return value in wanted
        try:
            return contains_item(value, texts)
        except EvaluationError as error:
            raise EvaluationError(error.message, error.at or at) from None

    return run


def _matches(call: Call, arguments: list[Run]) -> Run:
    text = arguments[0]
    given = call.arguments[1]
    if not isinstance(given, Constant) or not isinstance(given.value, str):
        raise ExpressionError("the pattern of `matches` must be written out", given.at)
    weight = 1 + cost(given.value) // 4
    try:
        matches = matcher(given.value)
    except ExpressionError as error:
        raise ExpressionError(error.message, given.at, given.at + len(given.value) + 2) from None

    def run(frame: Frame) -> object:
        value = known(text(frame))
        if not isinstance(value, str):
            raise EvaluationError("`matches` on what is not set", call.at)
        if len(value) > limits.TEXT:
            raise EvaluationError(f"a text of more than {limits.TEXT:,} characters", call.at)
        frame.spend(weight + len(value) // 1024, call.at)
        return matches(value)

    return run


def _logic(left: Run, right: Run, at: int, *, decides: bool) -> Run:
    """As CEL has it: what decides, decides, even if the other side fails."""
    other = not decides

    def run(frame: Frame) -> object:
        try:
            value = left(frame)
            if value is decides:
                return decides
            if value is not other:
                truth(value, at)
        except (EvaluationError, UnknownError) as error:
            return in_spite_of(error, frame)
        return truth(right(frame), at)

    def in_spite_of(failure: Exception, frame: Frame) -> object:
        try:
            if truth(right(frame), at) is decides:
                return decides
        except (EvaluationError, UnknownError) as error:
            raise _worse(failure, error) from None
        raise failure

    return run


def truth(value: object, at: int = 0) -> bool:
    """A value that must be a boolean.

    Raises:
        UnknownError: a variable hides it.
        EvaluationError: it is none.
    """
    if value is True or value is False:
        return bool(value)
    known(value)
    raise EvaluationError("no boolean: the value is not set, or of another type", at)


def _worse(first: Exception | None, second: Exception) -> Exception:
    """Where something is unknown, a failure beside it may be none."""
    if isinstance(second, EvaluationError) and second.message.startswith(STOPPED):
        return second
    return second if first is None or isinstance(second, UnknownError) else first
