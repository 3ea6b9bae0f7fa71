"""The few kinds of annotations that the model has, told apart once for all that is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from msgspec import Struct

Made = TypeVar("Made")


class Maker(Struct, Generic[Made]):
    """What each kind becomes, of what its parts have become."""

    scalar: Callable[[Any], Made]
    """Of the marker, a `ScalarType`."""
    items: Callable[[Made], Made]
    entries: Callable[[Made], Made]
    choice: Callable[[Sequence[tuple[Any, Made]]], Made]
    """Of several annotations."""
    nullable: Callable[[Made], Made]
    model: Callable[[Any], Made]
    """Of any other annotation."""


def made_of(annotation: Any, markers: Sequence[Any], maker: Maker[Made]) -> Made:
    """What an annotation becomes; `markers` are those that stand beside it."""
    if markers:
        return maker.scalar(markers[0])
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return made_of(arguments[0], arguments[1:], maker)
    if origin is list:
        return maker.items(made_of(arguments[0], (), maker))
    if origin is dict:
        return maker.entries(made_of(arguments[1], (), maker))
    if origin in (Union, UnionType):
        choices = [(each, made_of(each, (), maker)) for each in arguments if each is not NoneType]
        inner = choices[0][1] if len(choices) == 1 else maker.choice(choices)
        return maker.nullable(inner) if NoneType in arguments else inner
    return maker.model(annotation)
