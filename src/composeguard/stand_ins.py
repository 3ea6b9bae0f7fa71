"""Plain classes in place of pydantic's, for a run that shows its models to nobody (`base`).

They hold values that are known to be right (`fitting`). Whatever else is asked of one (what is wrong with a value, to
make a schema) is asked of its twin, the model of pydantic that the same class statement makes.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any, ClassVar, Self

ConfigDict = dict
_MISSING: Any = object()


class Later:
    """A call of something of pydantic's, made when a twin is."""

    __slots__ = ("arguments", "decorated", "name", "words")

    def __init__(self, name: str, arguments: tuple[Any, ...], words: dict[str, Any], decorated: Any = None) -> None:
        self.name = name
        self.arguments = arguments
        self.words = words
        self.decorated = decorated

    def made(self) -> Any:
        """What pydantic makes of it."""
        import pydantic

        made = getattr(pydantic, self.name)(*self.arguments, **self.words)
        return made if self.decorated is None else made(self.decorated)

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return handler.generate_schema(Annotated[source, self.made()])


def Field(*arguments: Any, **words: Any) -> Any:  # noqa: N802 -- as pydantic calls it
    """As in pydantic."""
    return Later("Field", arguments, words)


def AfterValidator(function: Any) -> Any:  # noqa: N802
    """As in pydantic."""
    return Later("AfterValidator", (function,), {})


def BeforeValidator(function: Any) -> Any:  # noqa: N802
    """As in pydantic."""
    return Later("BeforeValidator", (function,), {})


def model_validator(**words: Any) -> Any:
    """As in pydantic."""
    return lambda function: Later("model_validator", (), words, function)


class FieldFacts:
    """What is asked of a field, by the names that pydantic gives it."""

    __slots__ = ("annotation", "default", "default_factory", "metadata", "said")

    def __init__(self, annotation: Any, said: Any) -> None:
        self.metadata = list(getattr(annotation, "__metadata__", ()))
        self.annotation = annotation.__origin__ if self.metadata else annotation
        self.default = said
        self.default_factory = None
        self.said: dict[str, Any] = said.words if isinstance(said, Later) else {}
        """The facts and limits that the statement gives it."""
        if isinstance(said, Later):
            self.default = said.arguments[0] if said.arguments else said.words.get("default", _MISSING)
            self.default_factory = said.words.get("default_factory")

    def is_required(self) -> bool:
        """Whether there is no default."""
        return self.default is _MISSING and self.default_factory is None


class _Fields:
    """`model_fields`, of a class as of its objects."""

    def __get__(self, instance: object, owner: Any) -> dict[str, FieldFacts]:
        fields: dict[str, FieldFacts] = owner.__pydantic_fields__
        return fields


class BaseModel:
    """The base of all stand-ins."""

    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
    __pydantic_fields__: ClassVar[dict[str, FieldFacts]] = {}
    __pydantic_post_init__: ClassVar[str | None] = None
    model_config: ClassVar[dict[str, Any]] = {}
    model_fields = _Fields()

    def __init_subclass__(cls) -> None:
        fields: dict[str, FieldFacts] = {}
        for base in reversed(cls.__mro__[1:]):
            fields.update(base.__dict__.get("__pydantic_fields__", {}))
        for name, annotation in _annotations(cls).items():
            if not (name.startswith("_") or _is_of_the_class(annotation)):
                fields[name] = FieldFacts(annotation, cls.__dict__.get(name, _MISSING))
        cls.__pydantic_fields__ = fields
        if "model_post_init" in cls.__dict__:
            cls.__pydantic_post_init__ = "model_post_init"

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(_defaults(type(self)) | values)
        self.__pydantic_fields_set__ = set(values)
        self.__pydantic_extra__: dict[str, Any] = {}
        if self.__pydantic_post_init__ is not None:
            getattr(self, self.__pydantic_post_init__)(None)

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """As in pydantic: of values that are right."""
        made = cls(**values)
        if _fields_set is not None:
            made.__pydantic_fields_set__ = _fields_set
        return made

    def model_copy(self, *, update: dict[str, Any]) -> Self:
        """As in pydantic."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__ | update)
        made.__pydantic_fields_set__ = self.__pydantic_fields_set__ | set(update)
        made.__pydantic_extra__ = self.__pydantic_extra__
        return made

    @property
    def model_fields_set(self) -> set[str]:
        """As in pydantic."""
        return self.__pydantic_fields_set__

    @property
    def model_extra(self) -> dict[str, Any]:
        """As in pydantic."""
        return self.__pydantic_extra__

    def model_dump(self, *, by_alias: bool = False, exclude_none: bool = False) -> dict[str, Any]:
        """As in pydantic, of plain values."""
        alias = self.model_config.get("alias_generator", str) if by_alias else str
        values = {alias(name): self.__dict__[name] for name in self.__pydantic_fields__}
        return {name: value for name, value in values.items() if not (exclude_none and value is None)}

    @classmethod
    def model_validate(cls, value: object) -> Any:
        """A stand-in of what fits; else what the twin says."""
        from composeguard.fitting import UnsureError, fit

        try:
            return fit(cls, value, lists=False)
        except UnsureError:
            return twin(cls).model_validate(value)

    @classmethod
    def model_validate_json(cls, text: str) -> Any:
        """A stand-in of what fits; else what the twin says."""
        import json

        from composeguard.fitting import UnsureError, fit

        try:
            return fit(cls, json.loads(text), lists=True)
        except UnsureError:
            return twin(cls).model_validate_json(text)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return handler.generate_schema(twin(cls))

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        mine, theirs = self.__dict__, other.__dict__
        return all(mine.get(name) == theirs.get(name) for name in self.__pydantic_fields__)

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.get(name) for name in self.__pydantic_fields__))


def _annotations(cls: type) -> dict[str, Any]:
    """Those of the class itself. They are made on demand since Python 3.14."""
    if sys.version_info >= (3, 14):
        return cls.__annotations__
    # `inspect` takes longer to import than all stand-ins to make.
    found: dict[str, Any] = cls.__dict__.get("__annotations__", {})  # noqa: RUF063
    return found


def _is_of_the_class(annotation: Any) -> bool:
    if isinstance(annotation, str):
        return annotation.startswith("ClassVar")
    return getattr(annotation, "__origin__", None) is ClassVar


def _defaults(cls: type[BaseModel]) -> dict[str, Any]:
    return {
        name: facts.default if facts.default_factory is None else facts.default_factory()
        for name, facts in cls.__pydantic_fields__.items()
        if not facts.is_required()
    }


_twins: dict[type, Any] = {}


def twin(cls: type) -> Any:
    """The model of pydantic that the class statement of a stand-in makes elsewhere."""
    if cls not in _twins:
        _twins[cls] = _twin(cls)
    return _twins[cls]


def _twin(cls: type) -> Any:
    import pydantic

    if cls is BaseModel:
        return pydantic.BaseModel
    bases = tuple(twin(base) if issubclass(base, BaseModel) else base for base in cls.__bases__)
    left_out = {"__dict__", "__weakref__", "__pydantic_fields__", "__pydantic_post_init__"}
    names = {key: value for key, value in cls.__dict__.items() if key not in left_out}
    for key, value in names.items():
        if isinstance(value, Later):
            names[key] = value.made()
    names["__annotations__"] = dict(_annotations(cls))
    made: Any = type(bases[0])
    return made(cls.__name__, bases, names)
