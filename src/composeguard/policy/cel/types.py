"""What expressions may say of the model: its fields and their types, from the pydantic models themselves."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from typing import Annotated, Union, get_args, get_origin

from msgspec import Struct

from composeguard.base import BaseModel
from composeguard.compose.unresolved import MARK, Unresolved
from composeguard.model.container import Container
from composeguard.model.image import ImageName, image_name
from composeguard.model.ports import Port
from composeguard.model.whole_number import whole_number
from composeguard.source.node import Path


class Simple(Struct, frozen=True):
    """string, int, double, bool, null; or dyn, of which nothing is known."""

    name: str


class ListType(Struct, frozen=True):
    item: Type

    @property
    def name(self) -> str:
        return f"list of {self.item.name}"


class MapType(Struct, frozen=True):
    value: Type

    @property
    def name(self) -> str:
        return f"map of {self.value.name}"


class Record(Struct, frozen=True):
    """An object with named fields: a model."""

    of: type

    @property
    def name(self) -> str:
        return self.of.__name__.lower()


Type = Simple | ListType | MapType | Record

STRING, INT, DOUBLE, BOOL, NULL, DYN = (Simple(n) for n in ("string", "int", "double", "bool", "null", "dyn"))
_SIMPLE = {str: STRING, int: INT, float: DOUBLE, bool: BOOL}


class FieldOf(Struct, frozen=True):
    """One field of a record: its type, how it is read, and where it stands, in steps from the record."""

    type: Type
    read: Callable[[object], object]
    path: Path
    plain: bool = False
    """It is an attribute of that name."""


_KNOWN: dict[type[object], Mapping[str, FieldOf]] = {}


def fields(record: type[object]) -> Mapping[str, FieldOf]:
    """The fields of a record by name; none of what is no record."""
    known = _KNOWN.get(record)
    if known is None:
        known = _KNOWN[record] = _fields(record)
    return known


def _fields(record: type[object]) -> Mapping[str, FieldOf]:
    found: dict[str, FieldOf] = {}
    if issubclass(record, BaseModel):
        for name, info in record.model_fields.items():
            found[name] = FieldOf(_of_annotation(info.annotation), _reader(name), (name,), plain=True)
    for base, extra in _DERIVED.items():
        if issubclass(record, base):
            found.update(extra)
    return found


def _reader(name: str) -> Callable[[object], object]:
    return lambda record: record.__dict__[name]


def _of_annotation(annotation: object) -> Type:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _of_annotation(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        choices = [each for each in get_args(annotation) if each not in (Unresolved, type(None))]
        return _of_annotation(choices[0]) if len(choices) == 1 else DYN
    if origin is list:
        return ListType(_of_annotation(get_args(annotation)[0]))
    if origin is dict:
        return MapType(_of_annotation(get_args(annotation)[1]))
    if isinstance(annotation, type):
        if annotation in _SIMPLE:
            return _SIMPLE[annotation]
        if issubclass(annotation, BaseModel):
            return Record(annotation)
    return DYN


def _published(last: bool) -> Callable[[object], object]:
    def read(port: object) -> object:
        assert isinstance(port, Port)
        text = port.published
        if not isinstance(text, str):
            return text
        first, _, end = text.partition("-")
        return whole_number((end or first) if last else first)

    return read


def _reach(port: object) -> object:
    assert isinstance(port, Port)
    return port.host_ip if isinstance(port.host_ip, Unresolved) else port.reach.name.lower()


def _image(container: object) -> object:
    assert isinstance(container, Container)
    image = container.image
    if image is None:
        return None
    return image_name(image) or image


def _part(name: str) -> Callable[[object], object]:
    def read(image: object) -> object:
        text = getattr(image, name)
        if name == "digest" and not text:
            text = MARK if MARK in getattr(image, "tag", "") else ""  # `${TAG}` may be `1.2@sha256:…`
        return Unresolved(text, ("${…}",) * text.count(MARK)) if MARK in text else text

    return read


_DERIVED: dict[type, dict[str, FieldOf]] = {
    Container: {
        "name": FieldOf(STRING, lambda container: getattr(container, "name", ""), ()),
        "kind": FieldOf(STRING, lambda container: getattr(container, "kind", ""), ()),
        "image_name": FieldOf(Record(ImageName), _image, ("image",)),
    },
    Port: {
        "published": FieldOf(INT, _published(last=False), ("published",)),
        "published_last": FieldOf(INT, _published(last=True), ("published",)),
        "reach": FieldOf(STRING, _reach, ("host_ip",)),
    },
    ImageName: {name: FieldOf(STRING, _part(name), ()) for name in ("registry", "path", "repository", "tag", "digest")},
}
"""What the model knows of itself beyond the keys of the specification.

`published` is a number: the first port of a range, with `published_last` for the last one. `reach` is `loopback`,
`address`, `everywhere` or `unknown`. `image_name` holds the parts of the image's name.
"""
