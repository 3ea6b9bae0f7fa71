"""The core schema of the model, straight from its annotations.

The models are many and their annotations few in kind, so that pydantic's generator, which must be ready for
everything, would take longer than most runs take for all the rest.
"""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic_core import CoreConfig, CoreSchema, SchemaValidator, core_schema

from composeguard.compose.unresolved import Unresolved

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from composeguard.model.types import ScalarType

_CONFIG = CoreConfig(extra_fields_behavior="forbid", hide_input_in_errors=True)
_known: dict[type, CoreSchema] = {}


def model_schema(model: type[BaseModel]) -> CoreSchema:
    """What pydantic would generate for a model whose fields are scalar types, models, lists and mappings of such.

    Raises:
        TypeError: an annotation is of another kind.
    """
    known = _known.get(model)
    if known is None:
        fields = {
            name: core_schema.model_field(_with_default(_of(info.annotation, info.metadata), info))
            for name, info in model.__pydantic_fields__.items()
        }
        known = _known[model] = core_schema.model_schema(
            model,
            core_schema.model_fields_schema(fields, model_name=model.__name__),
            config={**_CONFIG, "title": model.__name__},
            post_init=getattr(model, "__pydantic_post_init__", None),
        )
    return known


@cache
def validator(model: type[BaseModel]) -> SchemaValidator:
    """What makes such models. `model_validate` would also import what plug-ins need, and make a serialiser."""
    return SchemaValidator(model_schema(model))


def scalar_schema(scalar: ScalarType) -> CoreSchema:
    """What pydantic binds a scalar with. It knows texts and booleans by itself, which is faster than a call."""
    converted = core_schema.no_info_plain_validator_function(scalar.convert)
    if not scalar.expected:
        return converted
    known: dict[str, list[CoreSchema]] = {
        "a text": [core_schema.str_schema(strict=True), core_schema.is_instance_schema(Unresolved)],
        "a boolean": [core_schema.bool_schema(strict=True), converted],
    }
    return core_schema.union_schema(
        [*known[scalar.expected]],
        custom_error_type="expected",
        custom_error_message=f"not {scalar.expected}",
        mode="left_to_right",
    )


def _with_default(schema: CoreSchema, info: FieldInfo) -> CoreSchema:
    if info.is_required():
        return schema
    if info.default_factory is None:
        return core_schema.with_default_schema(schema, default=info.default)
    return core_schema.with_default_schema(schema, default_factory=info.default_factory)


def _of(annotation: Any, markers: list[Any]) -> CoreSchema:
    if markers:
        marked: CoreSchema = markers[0].schema
        return marked
    arguments = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return _of(arguments[0], list(arguments[1:]))
    if origin is list:
        return core_schema.list_schema(_of(arguments[0], []))
    if origin is dict:
        return core_schema.dict_schema(core_schema.str_schema(), _of(arguments[1], []))
    if origin in (Union, UnionType):
        choices = [_of(argument, []) for argument in arguments if argument is not NoneType]
        schema = choices[0] if len(choices) == 1 else core_schema.union_schema([*choices])
        return core_schema.nullable_schema(schema) if NoneType in arguments else schema
    if hasattr(annotation, "__pydantic_fields__"):
        return model_schema(annotation)
    raise TypeError(f"the model holds no {annotation!r}")
