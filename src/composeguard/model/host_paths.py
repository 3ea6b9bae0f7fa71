"""The host's paths behind a container's mounts, by every way that a bind can be written."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from composeguard.compose.unresolved import MARK, Text, Unresolved
from composeguard.model.container import Container
from composeguard.model.mounts import Mount
from composeguard.model.project import Project
from composeguard.source.node import Path
from composeguard.source.regex import regex

_HOMES = frozenset(("HOME", "USERPROFILE"))
_DRIVE = regex(r"/?([A-Za-z]):(?=/|$)")


class HostMount(Struct, frozen=True):
    """A path of the host in a container.

    `path` is the place that brings it in: the `source` of the entry in `volumes`. `definition` is the place that
    names the path where that is another one, the `device` of a named volume; else it is empty.
    """

    path: Path
    entry: Path
    source: Text
    target: Text | None
    read_only: bool
    definition: Path = ()

    @property
    def normal(self) -> str:
        return normal_host_path(self.source)


def host_mounts(project: Project, container: Container) -> Iterator[HostMount]:
    """The binds of a container, and the named volumes whose `driver_opts` make them binds."""
    for index, mount in enumerate(container.volumes):
        if mount.source is None:
            continue
        entry = container.at("volumes", index)
        if mount.type in ("bind", None) or isinstance(mount.type, Unresolved):
            yield HostMount((*entry, "source"), entry, mount.source, mount.target, mount.read_only is True)
        elif mount.type == "volume" and isinstance(mount.source, str):
            found = _volume(project, mount, mount.source, entry)
            if found:
                yield found


def _volume(project: Project, mount: Mount, name: str, entry: Path) -> HostMount | None:
    volume = project.volumes.get(name)
    if volume is None:
        return None
    options, device = volume.driver_opts.get("o"), volume.driver_opts.get("device")
    if not isinstance(options, str) or device is None:
        return None
    words = options.split(",")
    if {"bind", "rbind"}.isdisjoint(words):
        return None
    read_only = mount.read_only is True or "ro" in words
    definition: Path = ("volumes", name, "driver_opts", "device")
    return HostMount((*entry, "source"), entry, device, mount.target, read_only, definition)


@lru_cache(256)  # many rules ask for the source of each mount
def normal_host_path(source: Text) -> str:
    """The path as the kernel walks it; "" where what is known does not say.

    `/var//run/../run` is `/run` (`/var/run` is a link on every host), the home folder is `~` however it is written
    (`$HOME`), drives of Windows are lower case with `/` (`c:/Users`). An unknown part is one `MARK`.
    """
    text = source
    if isinstance(text, Unresolved):
        if text.text.startswith(MARK) and text.names and text.names[0] in _HOMES:
            text = f"~{text.text[1:]}" if text.text[1:2] in ("", "/", "\\") else ""
        else:
            text = text.text
        if ".." in text.partition(MARK)[2]:
            return ""  # an unknown part may be any number of folders
    plain = posixpath.normpath(text.replace("\\", "/")) if text else ""
    if plain.startswith("//"):
        plain = plain[1:]
    plain = _DRIVE.sub(lambda match: f"{match[1].lower()}:", plain, count=1) if _DRIVE.match(plain) else plain
    return plain.removeprefix("/var") if plain == "/var/run" or plain.startswith("/var/run/") else plain
