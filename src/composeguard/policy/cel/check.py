"""Checks an expression against the model before it runs: names, fields, functions and their types."""

from __future__ import annotations

from collections.abc import Mapping

from composeguard.engine.registry import near
from composeguard.model.image import ImageName
from composeguard.policy.cel.functions import FUNCTIONS, OPERATORS
from composeguard.policy.cel.parse import ExpressionError
from composeguard.policy.cel.syntax import Call, Constant, Expression, ListOf, Loop, MapOf, Name, Select
from composeguard.policy.cel.types import BOOL, DOUBLE, DYN, INT, NULL, STRING, ListType, MapType, Record, Type, fields

_CONSTANTS: dict[type, Type] = {str: STRING, bool: BOOL, int: INT, float: DOUBLE, type(None): NULL}


def type_of(expression: Expression, names: Mapping[str, Type]) -> Type:
    """The type of an expression.

    Raises:
        ExpressionError: it names what the model does not have, or mixes types.
    """
    match expression:
        case Constant(value=value):
            if type(value) not in _CONSTANTS:
                raise ExpressionError("bytes are no part of policies", expression.at)
            return _CONSTANTS[type(value)]
        case Name(name=name):
            if name not in names:
                raise ExpressionError(
                    f"unknown name {name!r}{near(name, names) or _listed(names)}",
                    expression.at,
                    expression.at + len(name),
                )
            return names[name]
        case Select():
            return _field(expression, names)
        case ListOf(items=items):
            kinds = {type_of(item, names) for item in items}
            return ListType(kinds.pop() if len(kinds) == 1 else DYN)
        case MapOf(entries=entries):
            for key, _ in entries:
                if type_of(key, names) not in (STRING, DYN):
                    raise ExpressionError("keys of maps are texts", key.at)
            values = {type_of(value, names) for _, value in entries}
            return MapType(values.pop() if len(values) == 1 else DYN)
        case Loop():
            return _loop(expression, names)
        case Call():
            return _call(expression, names)


def _listed(names: Mapping[str, Type]) -> str:
    return f"; there are {', '.join(sorted(names))}"


def _field(select: Select, names: Mapping[str, Type]) -> Type:
    of = type_of(select.operand, names)
    start = _end(select.operand) + 1 if select.test else select.at + 1
    if isinstance(of, Record):
        known = fields(of.of)
        if select.field not in known:
            raise ExpressionError(
                f"{of.name} has no field {select.field!r}{near(select.field, known)}", start, start + len(select.field)
            )
        found = known[select.field].type
    elif isinstance(of, MapType):
        found = of.value
    elif of == DYN:
        found = DYN
    else:
        raise ExpressionError(f"a {of.name} has no fields, so no {select.field!r}{_parts_of_image(select)}", start)
    return BOOL if select.test else found


def _end(operand: Expression) -> int:
    """Where the text of what has a field ends: the place of `has` is that of its bracket."""
    match operand:
        case Name(at=at, name=name):
            return at + len(name)
        case Select(at=at, field=field):
            return at + 1 + len(field)
        case _:
            return operand.at


def _loop(loop: Loop, names: Mapping[str, Type]) -> Type:
    over = type_of(loop.over, names)
    if isinstance(over, ListType):
        each = over.item
    elif isinstance(over, MapType):
        each = STRING
    elif over == DYN:
        each = DYN
    else:
        raise ExpressionError(f"`{loop.kind}` is for lists and maps, not for a {over.name}", loop.at)
    inner = {**names, loop.variable: each}
    if loop.condition is not None:
        must_be(BOOL, type_of(loop.condition, inner), loop.condition)
    if loop.kind == "map":
        assert loop.result is not None
        return ListType(type_of(loop.result, inner))
    return BOOL


def must_be(wanted: Type, given: Type, part: Expression) -> None:
    """Refuse a part of another type.

    Raises:
        ExpressionError: it is of another type.
    """
    if given not in (wanted, DYN):
        raise ExpressionError(f"a {given.name} where a {wanted.name} is meant", part.at)


def _call(call: Call, names: Mapping[str, Type]) -> Type:
    function = FUNCTIONS.get(call.function)
    if function is None:
        known = [name for name in FUNCTIONS if name.isidentifier()]
        written = OPERATORS.get(call.function, call.function)
        raise ExpressionError(f"there is no function {written!r}{near(written, known)}", call.at)
    given = [type_of(argument, names) for argument in call.arguments]
    result = function.result(given)
    if result is None:
        shown = ", ".join(each.name for each in given)
        written = OPERATORS.get(call.function, call.function)
        raise ExpressionError(f"`{written}` does not take ({shown})", call.at)
    return result


def _parts_of_image(select: Select) -> str:
    of = select.operand
    is_image = isinstance(of, Select) and of.field == "image" and select.field in ImageName.__struct_fields__
    return f"; did you mean image_name.{select.field}?" if is_image else ""
