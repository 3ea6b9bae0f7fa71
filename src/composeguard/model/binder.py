"""Binding without pydantic, for stand-ins (`base`): what is right becomes an object, and of all else pydantic says why.

What binds a model is made from its annotations, which are of few kinds (see `core`). It takes the values of nodes as
they are: `plain` data in between would be thrown away at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_origin

from composeguard.model import parse
from composeguard.model.annotations import Maker, made_of
from composeguard.model.plain import PROCESSED

if TYPE_CHECKING:
    from composeguard.model.types import Specification
    from composeguard.source.node import Node

    Spec = TypeVar("Spec", bound=Specification)

Bind = Callable[[Any], Any]


def bound(model: type[Spec], node: Node) -> Spec | None:
    """The model of a canonical tree; None where it does not fit."""
    try:
        made: Spec = _model(model)(node.value)
    except (ValueError, LookupError):
        return None
    return made


@cache
def _model(model: Any) -> Bind:
    facts = model.__pydantic_fields__
    # The order of the fields is that of pydantic. Models share what is empty: a container has forty such fields, and
    # nobody changes a model (a test holds it).
    defaults = {
        name: each.default if each.default_factory is None else each.default_factory() for name, each in facts.items()
    }
    binders: dict[str, Bind] = {}
    texts: set[str] = set()
    new, finish = model.__new__, model.__pydantic_post_init__

    def bind(data: Any) -> Any:
        if type(data) is not dict:
            raise ValueError
        values = defaults.copy()
        for name, node in data.items():
            value = node.value
            if name in texts and type(value) is str:
                values[name] = value
                continue
            binder = binders.get(name)
            if binder is None:
                if name not in facts and (name.startswith("x-") or name in PROCESSED):
                    continue
                # Made on first use: most projects use few keys.
                binder = binders[name] = made_of(facts[name].annotation, facts[name].metadata, _BINDERS)
                if binder in _OF_TEXTS:
                    texts.add(name)
            values[name] = binder(value)
        made = new(model)
        made.__dict__ = values
        if finish is not None:
            getattr(made, finish)(None)
        return made

    return bind


def _list(item: Bind) -> Bind:
    texts = item in _OF_TEXTS

    def bind(data: Any) -> Any:
        if type(data) is not list:
            raise ValueError
        if texts:
            return [each.value if type(each.value) is str else item(each.value) for each in data]
        return [item(each.value) for each in data]

    return bind


def _mapping(item: Bind) -> Bind:
    texts = item in _OF_TEXTS

    def bind(data: Any) -> Any:
        if type(data) is not dict:
            raise ValueError
        if texts:
            return {key: each.value if type(each.value) is str else item(each.value) for key, each in data.items()}
        return {key: item(each.value) for key, each in data.items()}

    return bind


def _text_or_none(data: Any) -> Any:
    return None if data is None else parse.text(data)


_OF_TEXTS = frozenset((parse.text, _text_or_none))
"""Those that leave a text as it is. Most values are texts, and spared the call."""


def _nullable(inner: Bind) -> Bind:
    if inner is parse.text:
        return _text_or_none
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
