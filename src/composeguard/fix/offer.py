"""What a person can be asked about: each change that findings ask for, proved as a text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from composeguard.engine.finding import Finding
from composeguard.fix.refusal import Refusal
from composeguard.fix.trial import Bench, Candidate, Tried


class Offer(Struct, frozen=True):
    """One change, and the findings that ask for it."""

    findings: tuple[Finding, ...]
    tried: Mapping[str, Tried]
    """The files that it changes, by path."""


def offers(candidates: list[Candidate], bench: Bench) -> Iterator[Offer]:
    """Each candidate that has a proof of its own, when it is asked for; the others are left to be refused."""
    for candidate in candidates:
        try:
            tried = bench.attempt([candidate])
        except Refusal:
            continue
        yield Offer(candidate.findings, tried)
