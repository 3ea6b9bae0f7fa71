"""Binding without pydantic, for stand-ins (`base`): what is right becomes an object, and of all else pydantic says why.

What binds a model is made from its annotations, which are of few kinds (see `core`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

if TYPE_CHECKING:
    from composeguard.model.types import Specification

    Spec = TypeVar("Spec", bound=Specification)

Bind = Callable[[Any], Any]


def bound(model: type[Spec], data: object) -> Spec | None:
    """The model of plain data; None where it does not fit."""
    try:
        made: Spec = _model(model)(data)
    except (ValueError, LookupError):
        return None
    return made


@cache
def _model(model: Any) -> Bind:
    facts = model.__pydantic_fields__
    # The order of the fields is that of pydantic.
    defaults = {name: None if each.default_factory else each.default for name, each in facts.items()}
    factories = [(name, each.default_factory) for name, each in facts.items() if each.default_factory]
    binders: dict[str, Bind] = {}
    new, finish = model.__new__, model.__pydantic_post_init__

    def bind(data: Any) -> Any:
        if type(data) is not dict:
            raise ValueError
        values = defaults.copy()
        for name, make in factories:
            values[name] = make()
        for name, value in data.items():
            binder = binders.get(name)
            if binder is None:
                # Made on first use: most projects use few keys.
                binder = binders[name] = _of(facts[name].annotation, facts[name].metadata)
            values[name] = binder(value)
        made = new(model)
        made.__dict__ = values
        if finish is not None:
            getattr(made, finish)(None)
        return made

    return bind


def _of(annotation: Any, markers: list[Any]) -> Bind:
    if markers:
        convert: Bind = markers[0].convert
        return convert
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return _of(arguments[0], list(arguments[1:]))
    if origin is list:
        return _list(_of(arguments[0], []))
    if origin is dict:
        return _mapping(_of(arguments[1], []))
    if origin in (Union, UnionType):
        choices = [each for each in arguments if each is not NoneType]
        inner = _of(choices[0], []) if len(choices) == 1 else _choice(choices)
        return _nullable(inner) if NoneType in arguments else inner
    return _model(annotation)


def _list(item: Bind) -> Bind:
    def bind(data: Any) -> Any:
        if type(data) is not list:
            raise ValueError
        return [item(each) for each in data]

    return bind


def _mapping(item: Bind) -> Bind:
    def bind(data: Any) -> Any:
        if type(data) is not dict:
            raise ValueError
        return {key: item(each) for key, each in data.items()}

    return bind


def _nullable(inner: Bind) -> Bind:
    return lambda data: None if data is None else inner(data)


def _choice(choices: list[Any]) -> Bind:
    """A mapping is the model among them, all else the scalar."""
    (scalar,) = (_of(each, []) for each in choices if get_origin(each) is Annotated)
    (model,) = (_of(each, []) for each in choices if get_origin(each) is not Annotated)
    return lambda data: model(data) if type(data) is dict else scalar(data)
