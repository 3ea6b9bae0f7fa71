"""Binding without pydantic, for stand-ins (`base`): what is right becomes an object, and of all else pydantic says why.

What binds a model is made from its annotations, which are of few kinds (see `core`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_origin

from composeguard.model.annotations import Maker, made_of

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
                binder = binders[name] = made_of(facts[name].annotation, facts[name].metadata, _BINDERS)
            values[name] = binder(value)
        made = new(model)
        made.__dict__ = values
        if finish is not None:
            getattr(made, finish)(None)
        return made

    return bind


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


def _choice(choices: Sequence[tuple[Any, Bind]]) -> Bind:
    """A mapping is the model among them, all else the scalar."""
    (scalar,) = (bind for annotation, bind in choices if get_origin(annotation) is Annotated)
    (model,) = (bind for annotation, bind in choices if get_origin(annotation) is not Annotated)
    return lambda data: model(data) if type(data) is dict else scalar(data)


_BINDERS: Maker[Bind] = Maker(
    scalar=lambda marker: marker.convert,
    items=_list,
    entries=_mapping,
    choice=_choice,
    nullable=_nullable,
    model=_model,
)
