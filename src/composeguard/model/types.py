"""The scalar types of the model: what the reference binds a value to, or an `Unresolved` that hides it.

Each is an `Annotated` alias whose marker gives pydantic's core schema at once (no signature to inspect, no union of
generated schemas), so that the whole model is built fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from composeguard.compose.unresolved import Unresolved
from composeguard.model import parse

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
"""What `json.dumps` takes."""


class Specification(BaseModel):
    """The base of all models: the keys of the specification and no others. `x-*` keys stay in the tree of nodes."""

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        arbitrary_types_allowed=True,
        protected_namespaces=(),
        hide_input_in_errors=True,
    )


class ScalarType:
    """A marker: the core schema of a scalar type, and how the reference prints its values."""

    def __init__(self, schema: CoreSchema, text: Callable[[int], str] | None = None) -> None:
        self.schema = schema
        self.text = text
        """The value as JSON has it; None where it stands there as it is."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self.schema


def _strict(schema: CoreSchema, expected: str, convert: Callable[[object], object] | None = None) -> ScalarType:
    """A scalar of one type, or unresolved; `convert` takes what else the reference lets through."""
    choices = [schema, core_schema.is_instance_schema(Unresolved)]
    if convert:
        choices.append(core_schema.no_info_plain_validator_function(convert))
    union = core_schema.union_schema(
        choices,  # type: ignore[arg-type]
        custom_error_type="expected",
        custom_error_message=f"must be {expected}",
        mode="left_to_right",
    )
    return ScalarType(union)


def _parsed(convert: Callable[[object], object], text: Callable[[int], str] | None = None) -> ScalarType:
    return ScalarType(core_schema.no_info_plain_validator_function(convert), text)


Text = Annotated[str | Unresolved, _strict(core_schema.str_schema(strict=True), "a text")]

Flag = Annotated[
    bool | Unresolved, _strict(core_schema.bool_schema(strict=True), "true or false", parse.flag)
]

Integer = Annotated[
    int | Unresolved, _strict(core_schema.int_schema(strict=True), "a whole number", parse.integer)
]

Number = Annotated[
    float | Unresolved,
    _strict(core_schema.float_schema(strict=True, allow_inf_nan=False), "a number", parse.number),
]

Bytes = Annotated[int | Unresolved | None, _parsed(parse.size, str)]
"""A size in bytes. None where the value is a YAML float: the reference drops it without a word."""

Duration = Annotated[int | Unresolved, _parsed(parse.duration, parse.duration_text)]
"""Nanoseconds."""

Mode = Annotated[int | Unresolved, _parsed(parse.mode, parse.mode_text)]
"""The bits of a file mode: 0o440 for `"0440"`."""
