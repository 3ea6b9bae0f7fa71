"""The proof of an edited text: it parses, its data is what the operations say, and no comment is lost.

What concerns findings (the fixed one is gone, none is new, a second run edits nothing) is proved in `plan.py`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from composeguard.engine.fix import Operation
from composeguard.fix.data import Data, read_data, same
from composeguard.fix.edits import Edit, splice
from composeguard.fix.ops import apply_all
from composeguard.fix.refusal import Refusal
from composeguard.fix.remark import Cut, cuts
from composeguard.fix.witness import Witness, WitnessError, as_witnessed
from composeguard.source.file import Comment, SourceError, SourceFile
from composeguard.source.limits import DEFAULT, Limits
from composeguard.source.node import Path
from composeguard.source.read import read_source


class Draft(Struct):
    """A text that says what its operations mean, as parsed: half of a proof. What it makes of comments may be open."""

    file: SourceFile
    edits: Sequence[Edit]
    taken: Mapping[int, Cut]
    """What the operations take of comments, by start of each."""
    proved: Proved | None = None


class Proved(Struct, frozen=True):
    """A text that is proved, as parsed, and the comments that went with removed entries."""

    file: SourceFile
    lost: tuple[str, ...]


class Prover:
    """Proves edits of one parsed file. What it knows of the file is read once, whatever the number of trials."""

    def __init__(self, file: SourceFile, witness: Witness, limits: Limits = DEFAULT) -> None:
        self.file = file
        self.witness = witness
        self.limits = limits

    @cached_property
    def _data(self) -> list[Data]:
        return [read_data(root) for root in self.file.documents]

    def data(self, document: int) -> Data:
        """The plain data of a document, before."""
        return self._data[document]

    def prove(self, text: str, edits: Sequence[Edit], operations: Mapping[int, Sequence[Operation]]) -> Proved:
        """Prove a text that arranged edits made of the file; `operations` by document.

        Raises:
            Refusal: it is not proved; says which part.
        """
        return self.complete(self.draft(text, edits, operations))

    def draft(self, text: str, edits: Sequence[Edit], operations: Mapping[int, Sequence[Operation]]) -> Draft:
        """Prove all but the comments, which can cost ten times as much.

        Raises:
            Refusal: it is not proved; says which part.
        """
        if text != splice(self.file.text, edits):
            raise Refusal("the edited text differs outside its edits")
        after = self._parse(text)
        if len(after.documents) != len(self._data):
            raise Refusal("the edited text has another number of documents")
        for number, root in enumerate(after.documents):
            expected = apply_all(operations.get(number, ()), self._data[number])
            said = read_data(root)
            if not same(said, expected):
                raise Refusal("the edited text does not say what the fix means", _differing(said, expected))
        return Draft(after, edits, cuts(self.file, (each for some in operations.values() for each in some)))

    def complete(self, draft: Draft) -> Proved:
        """Prove the comments of a draft, once.

        Raises:
            Refusal: a comment would be lost, or the readers do not agree.
        """
        if draft.proved is None:
            draft.proved = Proved(draft.file, self._comments(draft.file, draft.edits, draft.taken))
        return draft.proved

    def _parse(self, text: str) -> SourceFile:
        file = self.file
        try:
            after = read_source(file.uri, text.encode("utf-8"), path=file.path, limits=self.limits)
        except (SourceError, UnicodeEncodeError):
            raise Refusal("the edited text would be no YAML") from None
        after.bom, after.encoding = file.bom, file.encoding
        if len(after.problems) != len(file.problems):
            raise Refusal("the edited text would have other faults")
        return after

    def _comments(self, after: SourceFile, edits: Sequence[Edit], taken: Mapping[int, Cut]) -> tuple[str, ...]:
        """Every comment outside what was removed is there, in order, for our reader and for the witness; of those
        that an operation is about, what it leaves."""
        starts = [edit.start for edit in edits]
        comments = self.file.comments
        gone = [_inside(comment, starts, edits) for comment in comments]
        pieces = [
            None if lost else taken.get(comment.start, _NOTHING) for comment, lost in zip(comments, gone, strict=True)
        ]
        if [comment.text.rstrip() for comment in after.comments] != _left([c.text for c in comments], pieces):
            raise Refusal("the edit would lose a comment")
        try:
            now = self.witness.comments(after.text)
            # Where nothing with a `#` goes, each of them is still in the text: what the second reader sees there has to
            # be what ours has seen before, and its look at the old text, half of the cost, would tell no more.
            whole = not taken and not any("#" in self.file.text[edit.start : edit.end] for edit in edits)
            if whole and now == [as_witnessed(comment.text) for comment in comments]:
                return ()
            before = self.witness.comments(self.file.text)
        except WitnessError:
            raise Refusal("the second reader does not accept the text, so the comments are not proved") from None
        if len(before) != len(comments):
            raise Refusal("the two readers disagree about the comments")
        if _left(before, pieces) != now:
            raise Refusal("the edit would lose a comment, says the second reader")
        return tuple(
            comment.text for comment, lost in zip(comments, gone, strict=True) if lost and comment.start not in taken
        )


_NOTHING = Cut(0, 0)


def _left(texts: Sequence[str], pieces: Sequence[Cut | None]) -> list[str]:
    """What is left of comments when these pieces are taken; None takes all."""
    rests = (piece.rest(text) for text, piece in zip(texts, pieces, strict=True) if piece is not None)
    return [rest for rest in rests if rest]


def _inside(comment: Comment, starts: Sequence[int], edits: Sequence[Edit]) -> bool:
    """Whether a comment begins in a stretch that an edit takes away."""
    place = bisect_right(starts, comment.start) - 1
    return place >= 0 and comment.start < edits[place].end


def _differing(one: Data, other: Data, path: Path = ()) -> list[Path]:
    """The section entries in which two documents differ."""
    if len(path) == 2 or not isinstance(one, dict) or not isinstance(other, dict):
        return [] if same(one, other) else [path]
    found: list[Path] = []
    for key in one.keys() | other.keys():
        if key not in one or key not in other:
            found.append((*path, key))
        else:
            found.extend(_differing(one[key], other[key], (*path, key)))
    return found
