"""Of many projects, judges those that have changed since an earlier run; what the others came to is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

from msgspec.structs import replace

from composeguard import remembered
from composeguard.commands.options import CheckOptions
from composeguard.commands.result import Result
from composeguard.source import disk

if TYPE_CHECKING:
    from composeguard.commands.lint import Linter
    from composeguard.commands.memory import Memory
    from composeguard.compose.discover import ProjectFiles

WORTH_REMEMBERING = 32
"""Projects that take longer to judge than the memory takes to open."""


def results(linter: Linter, projects: list[ProjectFiles]) -> Iterator[Result | str]:
    """What every project comes to, in order, as `Linter.told` has it."""
    memory = _memory(linter, projects)
    if memory is None:
        yield from linter.told(projects)
        return
    with closing(memory):
        keys = [_key(memory, linter, project) for project in projects]
        holds = [memory.holds(key) for key in keys]
        changed = [project for project, known in zip(projects, holds, strict=True) if not known]
        with closing(linter.told(changed)) as fresh:
            for project, key, known in zip(projects, keys, holds, strict=True):
                told = memory.told(key) if known else None
                if told is None:
                    result = linter.in_time(project) if known else next(fresh)
                    entry = None if isinstance(result, str) else result.told.entry
                    if entry is None:
                        yield result
                        continue
                    memory.keep(key, entry)
                    told = entry.judged
                equipped = linter.configurations.of(project.directory)
                yield Result(project, equipped.selection, equipped.configuration, told)


def _memory(linter: Linter, projects: list[ProjectFiles]) -> Memory | None:
    """What remembers the projects, where that pays and a project depends on nothing but files."""
    here = remembered.here()
    if here is None or len(projects) < WORTH_REMEMBERING or linter.format is None or not disk.is_witnessed():
        return None
    options = linter.options
    if linter.equipment.locks or linter.inputs.overlay or (isinstance(options, CheckOptions) and options.since):
        return None
    for project in projects:
        equipped = linter.configurations.of(project.directory)
        if equipped.exemptions or linter.baselines.holds_for(equipped.configuration):
            # What is accepted elsewhere is held against all that was found.
            return None
    try:
        # Imported only for many projects.
        from composeguard.commands.memory import Memory
    except ImportError:  # a Python without SQLite
        return None
    # What is remembered bit by bit is not remembered whole.
    disk.unrepeatable()
    linter.remembering = True
    folder, about = here
    return Memory(folder, repr((about, replace(options, paths=(), jobs=None), linter.format.name)))


def _key(memory: Memory, linter: Linter, project: ProjectFiles) -> bytes:
    equipped = linter.configurations.of(project.directory)
    root = linter.folders.repository(project.directory)
    return memory.key(project, root, linter.names_from(project), equipped.configuration.origin, equipped.contents)
