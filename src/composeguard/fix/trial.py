"""A set of changes tried on the files that they touch: compiled, spliced and proved, nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.engine.fix import Operation
from composeguard.fix.edit import Change, Editor
from composeguard.fix.edits import Edit, arrange, splice
from composeguard.fix.ops import settle
from composeguard.fix.prove import Draft, Proved, Prover
from composeguard.fix.refusal import Refusal
from composeguard.fix.sharing import Indexes
from composeguard.fix.target import Located
from composeguard.fix.witness import Witness
from composeguard.source.file import SourceFile


class Candidate(Struct, frozen=True):
    """One change of the text and the findings that ask for it: several, where they share the text."""

    findings: tuple[Finding, ...]
    located: tuple[Located, ...]
    lifted: bool = False
    """It changes an anchor for all who merge it; each of them could have a change of its own."""


class Tried(Struct, frozen=True):
    """One file of a trial that holds."""

    file: SourceFile
    edits: tuple[Edit, ...]
    proved: Proved

    @property
    def text(self) -> str:
        return self.proved.file.text


Drafts = Mapping[SourceFile, Draft]
"""By file, what a trial makes of it, before the comments are proved."""


class Bench:
    """Tries candidates against one state of the files. What it learns of a file serves all trials."""

    def __init__(self, indexes: Indexes, witness: Witness) -> None:
        self._indexes = indexes
        self._witness = witness
        self._editors: dict[SourceFile, Editor] = {}
        self._provers: dict[SourceFile, Prover] = {}
        self._held: tuple[Sequence[Candidate], Drafts] = ((), {})

    def attempt(self, candidates: Iterable[Candidate]) -> Mapping[str, Tried]:
        """The files that the candidates change, by path, proved as texts.

        Raises:
            Refusal: the candidates cannot stand together, or one has no proof.
        """
        return self.complete(self.drafts(candidates))

    def drafts(self, candidates: Iterable[Candidate]) -> Drafts:
        """The files that the candidates change, proved but for their comments.

        Raises:
            Refusal: the candidates cannot stand together, or one has no proof.
        """
        candidates = list(candidates)
        held, of_held = self._held
        if candidates and set(map(id, candidates)) == set(map(id, held)):
            return of_held
        drafts = {file: self._draft(file, documents) for file, documents in _by_file(candidates).items()}
        # The last success is asked for again, by the next check of the same candidates. They are kept with it: the
        # `id` of an object that is gone may be that of another.
        self._held = (candidates, drafts)
        return drafts

    def complete(self, drafts: Drafts) -> Mapping[str, Tried]:
        """The files of drafts, by path, proved as texts.

        Raises:
            Refusal: one would lose a comment, or the readers do not agree.
        """
        return {
            file.path: Tried(file, tuple(draft.edits), self._prover(file).complete(draft))
            for file, draft in drafts.items()
        }

    def compiled(self, candidates: Iterable[Candidate]) -> Mapping[SourceFile, tuple[Edit, ...]]:
        """The edits of the candidates, without proof.

        Raises:
            Refusal: they cannot be written, or not together.
        """
        wanted = _by_file(candidates)
        return {file: tuple(self._compile(file, documents)[0]) for file, documents in wanted.items()}

    def _draft(self, file: SourceFile, documents: Mapping[int, Sequence[Operation]]) -> Draft:
        edits, settled = self._compile(file, documents)
        if not edits:
            raise Refusal("there is nothing to change")
        text = splice(file.text, edits)
        return self._prover(file).draft(text, edits, settled)

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


def _by_file(candidates: Iterable[Candidate]) -> Mapping[SourceFile, Mapping[int, Sequence[Operation]]]:
    """The operations of candidates, by file and number of the document."""
    wanted: dict[SourceFile, dict[int, list[Operation]]] = {}
    for candidate in candidates:
        for located in candidate.located:
            wanted.setdefault(located.file, {}).setdefault(located.document, []).append(located.operation)
    return wanted
