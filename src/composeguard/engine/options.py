"""Options of a rule: a model with a default for every field, set by a configuration and given to the rule's check."""

from __future__ import annotations

from typing import Any

from composeguard.base import BaseModel, ConfigDict, Field


def dashed(name: str) -> str:
    """The name of a field as a configuration writes it."""
    return name.replace("_", "-")


class Options(BaseModel):
    """The base of a rule's options. Keys have dashes where fields have underscores; what is not declared is refused.

    The validator is built (`defer_build`) only where a configuration sets an option.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=dashed, defer_build=True)

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """The options as a configuration names them."""
        return tuple(dashed(name) for name in cls.model_fields)


def option(default: Any, description: str, **constraints: Any) -> Any:
    """A field of `Options`; `constraints` are those of pydantic (`ge=1`, `pattern=…`)."""
    return Field(default=default, description=description, **constraints)
