"""The limits that fixes write: those that an organisation has chosen (`fix.limits`), else the defaults of the rules."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

from composeguard.base import AfterValidator, BaseModel, ConfigDict, Field
from composeguard.engine.fix import Fix, Operation, Safety
from composeguard.engine.options import Options, dashed, option
from composeguard.model.image import image_name

if TYPE_CHECKING:
    from composeguard.model.container import Container


def _size(text: str) -> str:
    """A size as Compose takes it, above nothing."""
    from composeguard.compose.units import parse_bytes

    try:
        amount = parse_bytes(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no size such as 512m") from error
    if not amount or amount < 1:
        raise ValueError(f"{text!r} is no limit")
    return text


Size = Annotated[str, AfterValidator(_size)]
Pattern = Annotated[str, Field(min_length=1, max_length=200)]


class Limits(BaseModel):
    """Values for the containers that the patterns name; for all, where there is none."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=dashed, defer_build=True)

    services: tuple[Pattern, ...] = Field((), strict=False, description="Names of services, with * and ?.")
    images: tuple[Pattern, ...] = Field(
        (), strict=False, description="Images without tag, with * and ?: postgres, ghcr.io/team/*."
    )
    memory: Size | None = Field(None, description="CG401, such as 512m.")
    cpus: float | None = Field(None, gt=0, description="CG402, in processors.")
    pids: int | None = Field(None, gt=0, description="CG403, in processes and threads.")
    log_max_size: Size | None = Field(None, description="CG405, of one file.")
    log_max_file: int | None = Field(None, gt=0, description="CG405, how many files are kept.")
    tmpfs_size: Size | None = Field(None, description="CG406.")

    def holds(self, container: Container) -> bool:
        """Whether the values are for a container."""
        if self.services and not any(fnmatchcase(container.name, pattern) for pattern in self.services):
            return False
        return not self.images or self._names_image(container)

    def _names_image(self, container: Container) -> bool:
        image = image_name(container.image) if container.image is not None else None
        if image is None:
            return False
        return any(fnmatchcase(image.repository, pattern) for pattern in self.images)


_NONE = Limits.model_construct()


class FixLimits(Options):
    """The option of every rule whose fix writes a limit."""

    limits: tuple[Limits, ...] = option((), "What the fix writes; of several that fit, the last one that sets a value.")

    def of(self, container: Container) -> Limits:
        """The values for a container. A fix that has one from here is safe: somebody has chosen it."""
        chosen = _NONE
        for each in self.limits:
            if each.holds(container):
                chosen = chosen.model_copy(update=each.model_dump(exclude_none=True))
        return chosen


def limit_fix(title: str, operations: tuple[Operation, ...], *, chosen: bool, note: str) -> Fix:
    """The fix that sets a limit: safe where somebody has chosen the value, else unsafe with a note."""
    return Fix(title, operations, Safety.SAFE) if chosen else Fix(title, operations, Safety.UNSAFE, note)
