"""The scalar types of the model: what the reference binds a value to, or an `Unresolved` that hides it.

Each is an `Annotated` alias whose marker gives pydantic's core schema at once (no signature to inspect, no union of
generated schemas), so that the whole model is built fast.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from composeguard.base import BaseModel, ConfigDict
from composeguard.compose import units
from composeguard.compose.unresolved import Unresolved
from composeguard.model import parse
from composeguard.source.scalars import Scalar

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

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
        from composeguard.model.core import model_schema

        return model_schema(cls)


class ScalarType:
    """A marker: what a scalar is bound to, and how the reference prints its values."""

    def __init__(
        self,
        convert: Callable[[Scalar | Unresolved], Any],
        expected: str = "",
        text: Callable[[int], str] | None = None,
    ) -> None:
        self.convert = convert
        """The value that is bound, or a ValueError."""
        self.expected = expected
        """What pydantic is to say of another value; else what `convert` says."""
        self.text = text
        """The value as JSON has it; None where it stands there as it is."""

    @cached_property
    def schema(self) -> CoreSchema:
        """The same for pydantic."""
        from composeguard.model.core import scalar_schema

        return scalar_schema(self)

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return self.schema


Text = Annotated[str | Unresolved, ScalarType(parse.text, "a text")]

Flag = Annotated[bool | Unresolved, ScalarType(parse.flag, "a boolean")]

Integer = Annotated[int | Unresolved, ScalarType(parse.integer)]

Count = Annotated[int | Unresolved, ScalarType(parse.count)]
"""Not negative."""

Number = Annotated[float | Unresolved, ScalarType(parse.number)]
"""In single precision, as the reference holds all of them."""

Bytes = Annotated[int | Unresolved | None, ScalarType(parse.size, text=str)]
"""A size in bytes. None where the value is a YAML float: the reference drops it without a word."""

Duration = Annotated[int | Unresolved, ScalarType(parse.duration, text=units.format_duration)]
"""Nanoseconds."""

Mode = Annotated[int | Unresolved, ScalarType(parse.mode, text=units.format_mode)]
"""The bits of a file mode: 0o440 for `"0440"`."""

TmpfsMode = Annotated[int | Unresolved, ScalarType(parse.tmpfs_mode)]
"""As `Mode`; the reference takes and prints it as a number."""

DeviceCount = Annotated[int | Unresolved, ScalarType(parse.device_count)]
"""-1 is all."""

Umask = Annotated[int | Unresolved, ScalarType(parse.umask)]
