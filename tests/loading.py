"""Loads small projects that tests write down as texts, and gives back plain data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from composeguard.compose.diagnostic import Diagnostic
from composeguard.compose.files import Files
from composeguard.compose.loader import Loaded, load
from composeguard.compose.request import Request
from composeguard.compose.unresolved import Unresolved
from composeguard.source.limits import DEFAULT, Limits
from composeguard.source.node import Node, Way
from composeguard.source.scalars import Timestamp

Data: TypeAlias = "str | int | float | bool | dict[str, Data] | list[Data] | None"


def data(node: Node) -> Data:
    """The values of a tree; an unresolved text is as it is written."""
    value = node.value
    if isinstance(value, dict):
        return {key: data(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [data(item) for item in value]
    return str(value) if isinstance(value, (Unresolved, Timestamp)) else value


class Project(Struct, frozen=True):
    """Files by their path below a folder."""

    folder: Path
    texts: Mapping[str, str]

    def write(self) -> None:
        for name, text in self.texts.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())

    def load(
        self,
        *names: str,
        strict: bool = False,
        environment: Mapping[str, str] | None = None,
        env_files: tuple[str, ...] | None = None,
        limits: Limits = DEFAULT,
        project_directory: str = "",
    ) -> Loaded:
        """Write and load; without names, `compose.yaml`."""
        self.write()
        files = [str(self.folder / name) for name in names or ("compose.yaml",)]
        request = Request(
            tuple(files),
            project_directory=str(self.folder / project_directory) if project_directory else str(Path(files[0]).parent),
            root=str(self.folder),
            environment=environment or {},
            env_files=None if env_files is None else tuple(str(self.folder / name) for name in env_files),
            strict=strict,
            home="/home/of/tests",
            limits=limits,
        )
        return load(request, Files(request.root, limits=limits))


def at(root: Node, path: str) -> Node:
    """The node at a dotted path."""
    for step in path.split("."):
        value = root.value
        assert isinstance(value, (dict, list)), f"nothing at {step} of {path}"
        root = value[int(step)] if isinstance(value, list) else value[step]
    return root


def way(root: Node, path: str) -> list[Way]:
    """The ways on a dotted path, the steps of a node from first to last."""
    found: list[Way] = []
    steps = path.split(".")
    for end in range(1, len(steps) + 1):
        own: list[Way] = []
        via = at(root, ".".join(steps[:end])).via
        while via is not None:
            own.append(via.way)
            via = via.before
        found += own[::-1]
    return found


def text_of(place: Node | Diagnostic) -> str:
    """What stands in the file where a node or diagnostic points."""
    return place.file.text[place.start : place.end]


def said(loaded: Loaded) -> list[str]:
    """The diagnostics as `kind text`, `!` for those that the reference refuses."""
    return [
        f"{one.kind.value}{'!' if one.refused else ''} {one.file.uri} {text_of(one)!r}" for one in loaded.diagnostics
    ]
