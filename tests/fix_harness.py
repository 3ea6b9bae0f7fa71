"""What the tests of fixes share: operations on a text, and projects judged by rules made for the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from composeguard.compose.files import Content, Files
from composeguard.compose.request import Request
from composeguard.engine.fix import Fix, Operation, Safety
from composeguard.engine.rule import Problem, Rule, reading_rule
from composeguard.engine.run import Selection, check
from composeguard.engine.severity import Profile, Severity
from composeguard.fix.edit import Change, Editor
from composeguard.fix.edits import Edit, arrange, splice
from composeguard.fix.index import SourceIndex
from composeguard.fix.judge import Checked
from composeguard.fix.ops import settle
from composeguard.fix.plan import Plan, plan
from composeguard.fix.prove import Proved, Prover
from composeguard.fix.witness import Witness
from composeguard.model.read import read_project
from composeguard.model.reading import Reading
from composeguard.source.file import SourceFile
from composeguard.source.node import Path as Steps
from composeguard.source.read import read_source


class Edited(Struct, frozen=True):
    """A text edited and proved."""

    text: str
    edits: tuple[Edit, ...]
    proved: Proved


def edit(text: str | SourceFile, operations: Iterable[Operation], document: int = 0) -> Edited:
    """Apply operations on source paths to a text, with the proof. Raises `Refusal`."""
    file = read_source("compose.yaml", text.encode()) if isinstance(text, str) else text
    prover = Prover(file, Witness())
    settled = settle(list(operations), prover.data(document))
    edits = arrange(Editor(SourceIndex(file)).compile([Change(document, each) for each in settled]))
    after = splice(file.text, edits)
    return Edited(after, tuple(edits), prover.prove(after, edits, {document: settled}))


Wish = Callable[[Reading], Iterable[tuple[Steps, tuple[Operation, ...]]]]
"""What a made-up rule finds: the path that it complains about, and the operations of its fix."""


def made_up_rule(wish: Wish, *, code: str = "TEST001", safety: Safety = Safety.SAFE) -> Rule:
    """A rule whose findings are what `wish` yields."""

    def look(reading: Reading) -> Iterable[Problem]:
        """A rule made for a test."""
        for path, operations in wish(reading):
            note = "" if safety is Safety.SAFE else "it may break"
            yield Problem(
                path, f"wrong at {path}", fix=Fix("mend it", operations, safety, note) if operations else None
            )

    made = reading_rule(code=code, name=f"made-up-{code[-3:]}", severity=Severity.LOW, profiles=(Profile.BASELINE,))(
        look
    )
    assert isinstance(made, Rule)
    return made


class Project:
    """Files in a folder, judged by some rules, and judged again with other contents."""

    def __init__(self, folder: Path, files: Mapping[str, str | bytes], rules: Iterable[Rule], *mains: str) -> None:
        self.folder = folder
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.selection = Selection(tuple(rules), known=tuple(rules))
        self.mains = mains or (next(iter(files)),)
        self.checks = 0

    def check(self, overlay: Mapping[str, Content] | None = None) -> Checked:
        self.checks += 1
        root = str(self.folder)
        request = Request(tuple(str(self.folder / name) for name in self.mains), root, root)
        reading = read_project(request, Files(root, overlay=overlay))
        outcome = check(reading, self.selection)
        assert not outcome.failures, outcome.failures
        return Checked(reading.root, outcome.findings)

    def plan(self, *, allow_unsafe: bool = True) -> Plan:
        return plan(self.check(), self.check, allow_unsafe=allow_unsafe)

    def texts(self, planned: Plan) -> dict[str, str]:
        """The new texts by name."""
        return {file.file.uri: file.text for file in planned.files}
