"""Where each value of a resolved project was written, and how it came to where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from composeguard.commands.yaml_text import paths
from composeguard.model.env_files import FromFile
from composeguard.model.reading import Reading
from composeguard.model.types import Json
from composeguard.source.file import SourceFile
from composeguard.source.node import Node, Path, Way, child


class Origins(Struct, frozen=True):
    """Origins in one reading; `from_files` are the values of env files and label files."""

    reading: Reading
    from_files: Mapping[Path, FromFile]

    def of(self, project: Json) -> Iterator[tuple[str, Json]]:
        """JSON pointer -> origin, for every value."""
        for path in paths(project):
            steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
            yield "/" + "/".join(steps), self.origin(path)

    def origin(self, path: Path) -> dict[str, Json]:
        """The place of a value, or of the nearest parent that was written, and the steps by which it came:
        `{"file", "line", "column", "way": [{"way", "file", "line", "column"}, …]}`, the outermost step first.
        """
        found = self.from_files.get(path)
        if found is None:
            known, node = self.nearest(path)
            steps: list[Json] = self.steps(known)
            origin = _place(node.file, _start(node))
        else:
            asked, node = self.nearest(found.asked)
            steps = [*self.steps(asked), {"way": Way.ENV_FILE.value, **_place(node.file, _start(node))}]
            origin = _place(found.place.file, found.place.start)
        return {**origin, "way": steps} if steps else origin

    def nearest(self, path: Path) -> tuple[Path, Node]:
        """The deepest node on the way to a path."""
        node = self.reading.root
        known: Path = ()
        for step in path:
            below = child(node, step)
            if below is None:
                break
            node, known = below, (*known, step)
        return known, node

    def steps(self, path: Path) -> list[Json]:
        """How the value at a path came."""
        steps: list[Json] = []
        for via in self.reading.way(path):
            place = _place(via.at.file, _start(via.at)) if via.at is not None else {}
            steps.append({"way": via.way.value, **place})
        return steps


def described(origin: dict[str, Json], folder: str) -> str:
    """An origin in one line; files in `folder`, a name as in reports, are named from there."""
    words = [_short(f"{origin['file']}:{origin['line']}:{origin['column']}", folder)]
    way = origin.get("way")
    for step in way if isinstance(way, list) else []:
        if isinstance(step, dict):
            place = " " + _short(f"{step['file']}:{step['line']}", folder) if "file" in step else ""
            words.append(f"{step['way']}{place}")
    return ", ".join(dict.fromkeys(words))


def _short(name: str, folder: str) -> str:
    return name.removeprefix(f"{folder}/")


def _start(node: Node) -> int:
    return node.start if node.key_start < 0 else node.key_start


def _place(file: SourceFile, start: int) -> dict[str, Json]:
    region = file.region(start, start)
    return {"file": file.uri, "line": region.start_line, "column": region.start_column}
