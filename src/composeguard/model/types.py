"""The scalar types of the model: what the reference binds a value to, or an `Unresolved` that hides it.

Each is an `Annotated` alias whose marker gives pydantic's core schema at once (no signature to inspect, no union of
generated schemas), so that the whole model is built fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from composeguard.compose import units
from composeguard.compose.unresolved import Unresolved
from composeguard.model import parse
from composeguard.model.core import model_schema

Bound = TypeVar("Bound")

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
"""What `json.dumps` takes."""


class Specification(BaseModel):
    """The base of all models: the keys of the specification and no others. `x-*` keys stay in the tree of nodes.

    Modules of models do without postponed annotations: pydantic would compile each of them from its text.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        frozen=True,
        defer_build=True,
        arbitrary_types_allowed=True,
        protected_namespaces=(),
        hide_input_in_errors=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return model_schema(cls)


class ScalarType:
    """A marker: the core schema of a scalar type, and how the reference prints its values."""

    __slots__ = ("schema", "text")

    def __init__(self, schema: CoreSchema, text: Callable[[int], str] | None = None) -> None:
        self.schema = schema
        self.text = text
        """The value as JSON has it; None where it stands there as it is."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self.schema


_UNRESOLVED = core_schema.is_instance_schema(Unresolved)


def _plain(schema: CoreSchema, expected: str) -> ScalarType:
    """A scalar that needs no conversion, or an unresolved one."""
    union = core_schema.union_schema(
        [schema, _UNRESOLVED],
        custom_error_type="expected",
        custom_error_message=f"not {expected}",
        mode="left_to_right",
    )
    return ScalarType(union)


def _parsed(convert: parse.Parser[Bound], text: Callable[[int], str] | None = None) -> ScalarType:
    return ScalarType(core_schema.no_info_plain_validator_function(convert), text)


Text = Annotated[str | Unresolved, _plain(core_schema.str_schema(strict=True), "a text")]

Flag = Annotated[
    bool | Unresolved,
    ScalarType(
        core_schema.union_schema(
            [
                core_schema.bool_schema(strict=True),
                core_schema.no_info_plain_validator_function(parse.flag),
            ],
            custom_error_type="expected",
            custom_error_message="not a boolean",
            mode="left_to_right",
        )
    ),
]

Integer = Annotated[int | Unresolved, _parsed(parse.integer)]

Count = Annotated[int | Unresolved, _parsed(parse.count)]
"""Not negative."""

Number = Annotated[float | Unresolved, _parsed(parse.number)]
"""In single precision, as the reference holds all of them."""

Bytes = Annotated[int | Unresolved | None, _parsed(parse.size, str)]
"""A size in bytes. None where the value is a YAML float: the reference drops it without a word."""

Duration = Annotated[int | Unresolved, _parsed(parse.duration, units.format_duration)]
"""Nanoseconds."""

Mode = Annotated[int | Unresolved, _parsed(parse.mode, units.format_mode)]
"""The bits of a file mode: 0o440 for `"0440"`."""

TmpfsMode = Annotated[int | Unresolved, _parsed(parse.tmpfs_mode)]
"""As `Mode`; the reference takes and prints it as a number."""

DeviceCount = Annotated[int | Unresolved, _parsed(parse.device_count)]
"""-1 is all."""

Umask = Annotated[int | Unresolved, _parsed(parse.umask)]
