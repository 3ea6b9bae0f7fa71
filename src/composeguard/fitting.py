"""Settings without pydantic: what surely fits a stand-in is taken, and about all else pydantic is asked.

This knows the few kinds of annotations that settings and options have, and takes less than pydantic would: a value
that it is not sure of, a limit to a value, an unknown key are pydantic's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from composeguard.stand_ins import BaseModel, Later

Take = Callable[[Any], Any]

_DESCRIBING = {"default", "default_factory", "description"}
"""What a field may say without a limit to its values."""


class UnsureError(Exception):
    """Pydantic knows."""


def fit(model: type[BaseModel], data: object, *, lists: bool) -> BaseModel:
    """The stand-in of some data; `lists` says whether a list may be given for a tuple, as it is in JSON.

    Raises:
        UnsureError: it may not fit.
    """
    if type(data) is not dict or any(isinstance(each, Later) and each.decorated for each in _members(model)):
        raise UnsureError
    names, hints = _names(model), get_type_hints(model, include_extras=True)
    values: dict[str, Any] = {}
    further: dict[str, Any] = {}
    for key, value in data.items():
        name = names.get(key)
        if name is not None:
            if not _DESCRIBING.issuperset(model.__pydantic_fields__[name].said):
                raise UnsureError
            values[name] = _taker(hints[name], lists)(value)
        elif _config(model).get("extra") == "allow" and type(key) is str:
            further[key] = value
        else:
            raise UnsureError
    if any(facts.is_required() and name not in values for name, facts in model.__pydantic_fields__.items()):
        raise UnsureError
    made = model(**values)
    made.__pydantic_extra__ = further
    return made


def _members(model: type[BaseModel]) -> Iterator[object]:
    for base in model.__mro__:
        yield from vars(base).values()


def _config(model: type[BaseModel]) -> dict[str, Any]:
    config: dict[str, Any] = getattr(model, "model_config", {})
    return config


def _names(model: type[BaseModel]) -> dict[str, str]:
    """The fields by the keys that stand for them."""
    alias = _config(model).get("alias_generator", str)
    return {alias(name): name for name in model.__pydantic_fields__}


def _taker(annotation: Any, lists: bool) -> Take:
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if annotation is Any:
        return lambda value: value
    if annotation in (str, bool, int, NoneType):
        return lambda value: _is(type(value) is annotation, value)
    if origin is Literal:
        return lambda value: _is(type(value) is str and value in arguments, value)
    if origin is Annotated:
        return _marked(arguments[0], arguments[1:], lists)
    if origin in (Union, UnionType):
        return _one_of([_taker(each, lists) for each in arguments])
    if origin in (list, tuple):
        if origin is tuple and not (lists and arguments[1:] == (...,)):
            raise UnsureError
        item = _taker(arguments[0], lists)
        return lambda value: origin(item(each) for each in _is(type(value) is list, value))
    if origin is dict and arguments[0] is str:
        below = _taker(arguments[1], lists)
        return lambda value: {
            _is(type(key) is str, key): below(each) for key, each in _is(type(value) is dict, value).items()
        }
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return lambda value: fit(annotation, value, lists=lists)
    raise UnsureError


def _is(holds: bool, value: Any) -> Any:
    if not holds:
        raise UnsureError
    return value


def _one_of(takers: list[Take]) -> Take:
    def take(value: Any) -> Any:
        for taker in takers:
            try:
                return taker(value)
            except UnsureError:
                continue
        raise UnsureError

    return take


def _marked(annotation: Any, markers: tuple[Any, ...], lists: bool) -> Take:
    inner = _taker(annotation, lists)
    if len(markers) != 1 or not isinstance(markers[0], Later) or markers[0].name != "BeforeValidator":
        raise UnsureError
    before: Take = markers[0].arguments[0]

    def take(value: Any) -> Any:
        try:
            return inner(before(value))
        except ValueError:
            raise UnsureError from None

    return take
