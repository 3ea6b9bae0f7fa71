"""What models and settings are made of: pydantic's classes, or stand-ins for a run that needs no more of them.

Pydantic takes as long to import, and to make some sixty classes, as all else that checking a small file needs. A run of
`check` in a process of its own, with no Python of anybody else's, never shows its models to anybody: there the same
class statements make plain classes (`stand_ins`). Everywhere else, and for everyone who imports `composeguard.api`,
they are models of pydantic. What only pydantic can do (say what is wrong, make a schema) it does in either case.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import (
        AfterValidator,
        BaseModel,
        BeforeValidator,
        ConfigDict,
        Field,
        ValidationError,
        model_validator,
    )

Model = TypeVar("Model")

__all__ = ["AfterValidator", "BaseModel", "BeforeValidator", "ConfigDict", "Field", "model_validator"]

_source = "pydantic"


def use_stand_ins() -> None:
    """Make all models of this process plain classes. Too late once there is one."""
    global _source
    if "BaseModel" not in globals():
        _source = "composeguard.stand_ins"
        _msgspec_alone()


def _msgspec_alone() -> None:
    """Import msgspec as where pydantic is not installed: without `typing_extensions`, which takes as long as itself.

    It asks for that package and does as well without; the names are in `typing` of every Python that we run on.
    """
    name = "typing_extensions"
    if name in sys.modules:
        return
    modules: dict[str, Any] = sys.modules
    modules[name] = None
    try:
        import msgspec  # noqa: F401
    finally:
        del modules[name]


def are_stand_ins() -> bool:
    """Whether the models of this process are plain classes."""
    return _source != "pydantic"


def validation_error() -> type[ValidationError]:
    """What a model raises of values that do not fit. An `except` asks for it only where something was raised."""
    from pydantic import ValidationError

    return ValidationError


def of_pydantic(model: type[Model]) -> type[Model]:
    """The model itself, or the one of pydantic that a plain class stands in for."""
    if not are_stand_ins():
        return model
    from composeguard import stand_ins

    made: type[Model] = stand_ins.twin(model) if issubclass(model, stand_ins.BaseModel) else model
    return made


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(name)
        import importlib

        source = importlib.import_module(_source)
        globals().update((each, getattr(source, each)) for each in __all__)
        return globals()[name]
