"""The public Compose files beside the project, each read alone, with the reference's verdict on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.model.read import read_project
from composeguard.model.reading import Reading

HOME = "/home/nobody"


class CorpusFile(Struct, frozen=True):
    """A file as the manifest lists it; `refused` is the reference's verdict without any environment."""

    path: Path
    refused: bool
    reason: str
    """The class of the refusal; "" for a file that the reference accepts."""

    def reading(self, *, strict: bool) -> Reading:
        """The file alone, in its folder."""
        folder = str(self.path.parent)
        root = str(self.path.parent.parent)
        request = Request(files=(str(self.path),), project_directory=folder, root=root, strict=strict, home=HOME)
        return read_project(request, Files(root))


def corpus_files(corpus: Path) -> Iterator[CorpusFile]:
    """Every Compose file of the manifest that is there."""
    lines = (corpus / "MANIFEST.tsv").read_text("utf-8").splitlines()
    columns = lines[0].split("\t")
    for line in lines[1:]:
        row = dict(zip(columns, line.split("\t"), strict=True))
        path = corpus / row["repo"].replace("/", "+") / row["path"]
        if row["kind"] == "compose" and path.is_file():
            yield CorpusFile(path, row["plain"] == "err", row["plain_class"])
