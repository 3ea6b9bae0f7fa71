"""A set of changes tried on the files that they touch: compiled, spliced and proved, nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.fix import Operation
from composeguard.fix.edit import Change, Editor
from composeguard.fix.edits import Edit, arrange, splice
from composeguard.fix.ops import settle
from composeguard.fix.prove import Proved, Prover
from composeguard.fix.refusal import Refusal
from composeguard.fix.sharing import Indexes
from composeguard.fix.target import Located
from composeguard.fix.witness import Witness
from composeguard.source.file import SourceFile


class Candidate(Struct, frozen=True):
    """One change of the text and the findings that ask for it: several, where they share the text."""

    findings: tuple[Finding, ...]
    located: tuple[Located, ...]


class Tried(Struct, frozen=True):
    """One file of a trial that holds."""

    file: SourceFile
    edits: tuple[Edit, ...]
    proved: Proved

    @property
    def text(self) -> str:
        return self.proved.file.text


class Bench:
    """Tries candidates against one state of the files. What it learns of a file serves all trials."""

    def __init__(self, indexes: Indexes, witness: Witness) -> None:
        self._indexes = indexes
        self._witness = witness
        self._editors: dict[SourceFile, Editor] = {}
        self._provers: dict[SourceFile, Prover] = {}
        self._last: tuple[list[Candidate], Mapping[str, Tried]] = [], {}
        """The last success, with the candidates themselves: an id alone would soon be that of another one."""

    def attempt(self, candidates: Iterable[Candidate]) -> Mapping[str, Tried]:
        """The files that the candidates change, by path, proved as texts.

        Raises:
            Refusal: the candidates cannot stand together, or one has no proof.
        """
        candidates = list(candidates)
        last, held = self._last
        if last and set(map(id, last)) == set(map(id, candidates)):
            return held
        wanted: dict[SourceFile, dict[int, list[Operation]]] = {}
        for candidate in candidates:
            for located in candidate.located:
                documents = wanted.setdefault(located.file, {})
                documents.setdefault(located.document, []).append(located.operation)
        tried = {file.path: self._file(file, documents) for file, documents in wanted.items()}
        # The last success is asked for again, by the next check of the same candidates.
        self._last = candidates, tried
        return tried

    def _file(self, file: SourceFile, documents: Mapping[int, Sequence[Operation]]) -> Tried:
        edits, settled = self._compile(file, documents)
        if not edits:
            raise Refusal("there is nothing to change")
        text = splice(file.text, edits)
        return Tried(file, tuple(edits), self._prover(file).prove(text, edits, settled))

    def _compile(
        self, file: SourceFile, documents: Mapping[int, Sequence[Operation]]
    ) -> tuple[list[Edit], dict[int, list[Operation]]]:
        prover = self._prover(file)
        settled = {number: settle(operations, prover.data(number)) for number, operations in documents.items()}
        changes = [Change(number, operation) for number, operations in settled.items() for operation in operations]
        return arrange(self._editor(file).compile(changes)), settled

    def _editor(self, file: SourceFile) -> Editor:
        editor = self._editors.get(file)
        if editor is None:
            editor = self._editors[file] = Editor(self._indexes.of(file))
        return editor

    def _prover(self, file: SourceFile) -> Prover:
        prover = self._provers.get(file)
        if prover is None:
            prover = self._provers[file] = Prover(file, self._witness)
        return prover
