"""The functions and operators of expressions: what they take, and what they do.

The logical operators are not among them: they look at their second operand only if they need it (`evaluate`).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence

from msgspec import Struct

from composeguard.compose.unresolved import MARK, Unresolved
from composeguard.policy import limits
from composeguard.policy.cel.types import BOOL, DOUBLE, DYN, INT, NULL, STRING, ListType, MapType, Type
from composeguard.policy.cel.values import STOPPED, EvaluationError, UnknownError, Work, equal, is_number, known

_INT64 = range(-(2**63), 2**63)


class Function(Struct, frozen=True):
    result: Callable[[Sequence[Type]], Type | None]
    """The type for the types of the arguments; None where it does not take them."""
    run: Callable[..., object] | None = None


def _fits(wanted: Type, given: Type) -> bool:
    if DYN in (wanted, given) or wanted == given:
        return True
    if isinstance(wanted, ListType) and isinstance(given, ListType):
        return _fits(wanted.item, given.item)
    return isinstance(wanted, MapType) and isinstance(given, MapType) and _fits(wanted.value, given.value)


def _overloads(*rows: tuple[tuple[Type, ...], Type]) -> Callable[[Sequence[Type]], Type | None]:
    def result(given: Sequence[Type]) -> Type | None:
        fitting = [to for takes, to in rows if len(takes) == len(given) and all(map(_fits, takes, given))]
        if not fitting:
            return None
        return fitting[0] if all(each == fitting[0] for each in fitting) else DYN

    return result


def _equality(given: Sequence[Type]) -> Type | None:
    left, right = given
    comparable = _fits(left, right) or NULL in given or {left, right} == {INT, DOUBLE}
    return BOOL if comparable else None


def _membership(given: Sequence[Type]) -> Type | None:
    one, of = given
    if isinstance(of, ListType):
        return _equality((one, of.item))
    if isinstance(of, MapType):
        return BOOL if one in (STRING, DYN) else None
    return BOOL if of == DYN else None


def _index(given: Sequence[Type]) -> Type | None:
    of, key = given
    if isinstance(of, ListType):
        return of.item if key in (INT, DYN) else None
    if isinstance(of, MapType):
        return of.value if key in (STRING, DYN) else None
    return DYN if of == DYN else None


def _sum(given: Sequence[Type]) -> Type | None:
    left, right = given
    if isinstance(left, ListType) and isinstance(right, ListType):
        return left if left == right else ListType(DYN)
    return _overloads(*(((each, each), each) for each in (INT, DOUBLE, STRING)), ((DYN, DYN), DYN))(given)


def _choice(given: Sequence[Type]) -> Type | None:
    condition, then, other = given
    if condition not in (BOOL, DYN):
        return None
    return then if then == other else DYN


def _text(given: object) -> str:
    if isinstance(known(given), str):
        return str(given)
    raise EvaluationError("no text: the value is not set, or of another type")


def _ordered(compare: Callable[..., bool]) -> Callable[[object, object], object]:
    def run(left: object, right: object) -> object:
        left, right = known(left), known(right)
        if (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
            return compare(left, right)
        raise EvaluationError("cannot be compared: a value is not set, or of another type")

    return run


def _arithmetic(compute: Callable[..., int | float]) -> Callable[[object, object], object]:
    def run(left: object, right: object) -> object:
        left, right = known(left), known(right)
        if not is_number(left) or type(left) is not type(right):
            raise EvaluationError("not two numbers of one type: a value is not set, or of another type")
        try:
            result = compute(left, right)
        except ZeroDivisionError:
            raise EvaluationError("division by zero") from None
        if isinstance(result, int) and result not in _INT64:
            raise EvaluationError("a number beyond 64 bits")
        return result

    return run


def _quotient(left: float, right: float) -> float:
    """CEL rounds toward zero."""
    if isinstance(left, int) and isinstance(right, int):
        whole = abs(left) // abs(right)
        return whole if (left < 0) == (right < 0) else -whole
    if right == 0:
        return float("nan") if left == 0 or left != left else float("inf") * left
    return left / right


def _remainder(left: int, right: int) -> int:
    return left - right * int(_quotient(left, right))


def _add(left: object, right: object) -> object:
    if isinstance(left, list) and isinstance(right, list):
        if len(left) + len(right) > limits.ITEMS:
            raise EvaluationError(f"{STOPPED}: a list of more than {limits.ITEMS:,} items")
        return [*left, *right]
    left, right = known(left), known(right)
    if isinstance(left, str) and isinstance(right, str):
        if len(left) + len(right) > limits.TEXT:
            raise EvaluationError(f"{STOPPED}: a text of more than {limits.TEXT:,} characters")
        return left + right
    return _plus(left, right)


_plus = _arithmetic(operator.add)


def _negative(value: object) -> object:
    return _arithmetic(operator.sub)(0 if type(value) is int else 0.0, value)


def _not(value: object) -> object:
    if type(known(value)) is bool:
        return not value
    raise EvaluationError("no boolean: the value is not set, or of another type")


def contains_item(one: object, of: object) -> bool:
    """`one in of`."""
    if isinstance(of, dict):
        return _text(one) in of
    if not isinstance(of, list):
        raise EvaluationError("no list and no map: the value is not set")
    unknown, work = False, Work()
    for each in of:
        work.spend()
        try:
            if equal(one, each, work):
                return True
        except UnknownError:
            unknown = True
    if unknown:
        raise UnknownError
    return False


def _at(of: object, key: object) -> object:
    key = known(key)
    if isinstance(of, dict):
        if _text(key) in of:
            return of[key]
        raise EvaluationError("there is no such key; ask with `in` before")
    if isinstance(of, list) and type(key) is int:
        if 0 <= key < len(of):
            return of[key]
        raise EvaluationError("the list is shorter")
    raise EvaluationError("no list and no map: the value is not set")


def _size(of: object) -> object:
    of = known(of)
    if isinstance(of, (str, list, dict)):
        return len(of)
    raise EvaluationError("has no size: the value is not set")


def _starts_with(text: object, start: object) -> bool:
    start = _text(start)
    if isinstance(text, Unresolved):
        head = text.head
        if head.startswith(start):
            return True
        if not start.startswith(head):
            return False
    return _text(text).startswith(start)


def _ends_with(text: object, end: object) -> bool:
    end = _text(end)
    if isinstance(text, Unresolved):
        tail = text.tail
        if tail.endswith(end):
            return True
        if not end.endswith(tail):
            return False
    return _text(text).endswith(end)


def _contains(text: object, part: object) -> bool:
    part = _text(part)
    if isinstance(text, Unresolved) and any(part in piece for piece in text.text.split(MARK)):
        return True
    return part in _text(text)


def _to_text(value: object) -> object:
    value = known(value)
    if type(value) is bool:
        return "true" if value else "false"
    if isinstance(value, str) or type(value) is int:
        return str(value)
    if isinstance(value, float):
        return f"{value:g}"
    raise EvaluationError("no text: the value is not set, or of another type")


def _to_int(value: object) -> object:
    value = known(value)
    if type(value) is int:
        return value
    try:
        if isinstance(value, (str, float)) and (not isinstance(value, str) or value.lstrip("-").isdigit()):
            result = int(value)
            if result in _INT64:
                return result
    except (ValueError, OverflowError):
        pass
    raise EvaluationError("no whole number")


def _to_double(value: object) -> object:
    value = known(value)
    if is_number(value) or isinstance(value, str):
        try:
            return float(str(value))
        except ValueError:
            pass
    raise EvaluationError("no number")


_COMPARED = _overloads(
    *(((left, right), BOOL) for left in (INT, DOUBLE) for right in (INT, DOUBLE)), ((STRING, STRING), BOOL)
)
_COMPUTED = _overloads(((INT, INT), INT), ((DOUBLE, DOUBLE), DOUBLE))
_TEXTS = _overloads(((STRING, STRING), BOOL))
_LOGIC = _overloads(((BOOL, BOOL), BOOL))

OPERATORS = {
    "_==_": "==",
    "_!=_": "!=",
    "_<_": "<",
    "_<=_": "<=",
    "_>_": ">",
    "_>=_": ">=",
    "_+_": "+",
    "_-_": "-",
    "_*_": "*",
    "_/_": "/",
    "_%_": "%",
    "-_": "-",
    "!_": "!",
    "_&&_": "&&",
    "_||_": "||",
    "_?_:_": "?:",
    "_[_]": "[]",
    "@in": "in",
}
"""How what the parser calls an operator is written."""

FUNCTIONS: dict[str, Function] = {
    "_&&_": Function(_LOGIC),
    "_||_": Function(_LOGIC),
    "_?_:_": Function(_choice),
    "matches": Function(_TEXTS),
    "_==_": Function(_equality, equal),
    "_!=_": Function(_equality, lambda left, right: not equal(left, right)),
    "_<_": Function(_COMPARED, _ordered(operator.lt)),
    "_<=_": Function(_COMPARED, _ordered(operator.le)),
    "_>_": Function(_COMPARED, _ordered(operator.gt)),
    "_>=_": Function(_COMPARED, _ordered(operator.ge)),
    "_+_": Function(_sum, _add),
    "_-_": Function(_COMPUTED, _arithmetic(operator.sub)),
    "_*_": Function(_COMPUTED, _arithmetic(operator.mul)),
    "_/_": Function(_COMPUTED, _arithmetic(_quotient)),
    "_%_": Function(_overloads(((INT, INT), INT)), _arithmetic(_remainder)),
    "-_": Function(_overloads(((INT,), INT), ((DOUBLE,), DOUBLE)), _negative),
    "!_": Function(_overloads(((BOOL,), BOOL)), _not),
    "_[_]": Function(_index, _at),
    "@in": Function(_membership, contains_item),
    "size": Function(_overloads(((STRING,), INT), ((ListType(DYN),), INT), ((MapType(DYN),), INT)), _size),
    "startsWith": Function(_TEXTS, _starts_with),
    "endsWith": Function(_TEXTS, _ends_with),
    "contains": Function(_TEXTS, _contains),
    "string": Function(_overloads(*(((each,), STRING) for each in (STRING, INT, DOUBLE, BOOL))), _to_text),
    "int": Function(_overloads(*(((each,), INT) for each in (STRING, INT, DOUBLE))), _to_int),
    "double": Function(_overloads(*(((each,), DOUBLE) for each in (STRING, INT, DOUBLE))), _to_double),
}
