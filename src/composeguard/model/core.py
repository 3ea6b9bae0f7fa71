"""The core schema of the model, straight from its annotations.

The models are many and their annotations few in kind, so that pydantic's generator, which must be ready for
everything, would take longer than most runs take for all the rest.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic_core import CoreConfig, CoreSchema, SchemaValidator, core_schema

from composeguard.compose.unresolved import Unresolved
from composeguard.model.annotations import Maker, made_of

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
            name: core_schema.model_field(_with_default(made_of(info.annotation, info.metadata, _SCHEMAS), info))
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


def _model(annotation: Any) -> CoreSchema:
    if hasattr(annotation, "__pydantic_fields__"):
        return model_schema(annotation)
    raise TypeError(f"the model holds no {annotation!r}")


_SCHEMAS: Maker[CoreSchema] = Maker(
    scalar=lambda marker: marker.schema,
    items=core_schema.list_schema,
    entries=lambda value: core_schema.dict_schema(core_schema.str_schema(), value),
    choice=lambda choices: core_schema.union_schema([schema for _, schema in choices]),
    nullable=core_schema.nullable_schema,
    model=_model,
)
