"""Writes sarif-om's objects as JSON values.

The stock serialiser leaves out every value that equals the schema's default. For `level` that is wrong: GitHub and
others take a result without one to have the level of its rule, so a downgraded result would show as an error. It is
also seven times slower. And `Suppression.state` is `status` in the published schema.
"""

from __future__ import annotations

from msgspec import Struct

from composeguard.report.json import Json

_ALWAYS_WRITTEN = frozenset({"level"})
_RENAMED = {("Suppression", "state"): "status"}


class _Field(Struct, frozen=True):
    attribute: str
    name: str
    default: object
    always: bool


_fields: dict[type, tuple[_Field, ...]] = {}


def to_json(value: object) -> Json:
    """A value of the SARIF object model, a list or mapping of them, or plain data.

    Raises:
        TypeError: it is none of these.
    """
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    written: dict[str, Json] = {}
    for field in _fields.get(type(value)) or _fields_of(type(value)):
        member = getattr(value, field.attribute)
        if member is None or (member == field.default and not field.always):
            continue
        written[field.name] = to_json(member)
    return written


def _fields_of(kind: type) -> tuple[_Field, ...]:
    attributes = getattr(kind, "__attrs_attrs__", None)
    if attributes is None:
        raise TypeError(f"{kind.__name__} is no object of the SARIF model")
    fields: list[_Field] = []
    for attribute in attributes:
        factory = getattr(attribute.default, "factory", None)
        name = _RENAMED.get((kind.__name__, attribute.name), attribute.metadata["schema_property_name"])
        default = factory() if factory else attribute.default
        fields.append(_Field(attribute.name, name, default, attribute.name in _ALWAYS_WRITTEN))
    _fields[kind] = tuple(fields)
    return _fields[kind]
