"""Paths of the host that no container may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from composeguard.base import Field
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Scope
from composeguard.model.host_paths import host_mounts
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
        for container in reading.project.containers():
            if not parameters.concerns(container):
                continue
            for mount in host_mounts(reading.project, container):
                if isinstance(mount.source, Unresolved) or (parameters.read_only and mount.read_only):
                    continue
                if forbidden(mount.normal):
                    said = f"{container.name} mounts {mount.normal} of the host"
                    yield Hit(mount.path, said, mount.entry, mount.normal)

    return find


TEMPLATE = Template("forbidden-mount", ForbiddenMount, Scope.READING, _make, Record(Mount))
