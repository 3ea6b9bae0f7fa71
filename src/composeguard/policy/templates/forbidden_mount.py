"""Paths of the host that no container may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Scope
from composeguard.model.container import Container
from composeguard.model.host_paths import HostMount, host_mounts
from composeguard.model.mounts import Mount
from composeguard.model.reading import Reading
from composeguard.policy.cel.types import Record
from composeguard.policy.templates.template import Find, Globs, Hit, Parameters, Template, fitting


class ForbiddenMount(Parameters):
    """`forbidden-mount`: no container mounts these paths of the host, or what lies in them."""

    paths: Globs = Field(min_length=1, description="Absolute paths, with * and ?: `/etc`, `/home/*/.ssh`.")
    read_only: bool = Field(False, description="Whether read-only mounts are allowed.")


def _make(parameters: ForbiddenMount, fail: Callable[..., Exception]) -> Find:
    if any(not path.startswith("/") for path in parameters.paths):
        raise fail("paths of the host start with /", "paths")
    patterns = [pattern.rstrip("/") or "/" for pattern in parameters.paths]
    patterns += [f"{pattern.rstrip('/')}/*" for pattern in patterns]
    forbidden = fitting(patterns)

    def find(reading: Reading) -> Iterator[Hit]:
        for container, mount, path in _mounts(reading):
            if not forbidden(path) or (parameters.read_only and mount.read_only) or not parameters.concerns(container):
                continue
            said = f"{container.name} mounts {path} of the host"
            yield Hit(mount.path, said, mount.entry, path)

    return find


def _mounts(reading: Reading) -> list[tuple[Container, HostMount, str]]:
    """What containers see of the host, with its path; found once for all policies."""
    found = reading.cached.get(__name__)
    if found is None:
        project = reading.project
        pairs = ((each, mount) for each in project.containers() for mount in host_mounts(project, each))
        found = reading.cached[__name__] = [
            (container, mount, mount.normal) for container, mount in pairs if not isinstance(mount.source, Unresolved)
        ]
    return found  # type: ignore[return-value]


TEMPLATE = Template("forbidden-mount", ForbiddenMount, Scope.READING, _make, Record(Mount))
