"""Public files alone: refused by `resolve` where the reference refuses them, judged by `check` all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from tests.corpus import CorpusFile, corpus_files
from tests.corpus_exceptions import NOT_JUDGED, NOT_TOLD, VERDICTS

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.files import Files
from composeguard.engine.run import Selection, check
from composeguard.model.reading import Reading
from composeguard.model.resolve import resolve_json
from composeguard.policy.builtin import load_builtin

ENOUGH = 0.995
SAID = (Kind.VARIABLE, Kind.NOTE)


class Judged(Struct, frozen=True):
    """A refused file as `check` reads it."""

    file: CorpusFile
    reading: Reading
    codes: frozenset[str]

    @property
    def told(self) -> list[Diagnostic]:
        """What names the refusal at a place in a file of the project."""
        return [
            each
            for each in self.reading.diagnostics
            if (each.refused or each.kind in SAID) and 0 <= each.start <= each.end <= len(each.file.text)
        ]

    @property
    def has_image(self) -> bool:
        """Something is there that rules judge: a fragment without image gets its findings with its base."""
        services = self.reading.project.services.values()
        return any(service.image is not None or service.build is not None for service in services)


@pytest.fixture(scope="module")
def corpus(shared_dir: Path) -> Path:
    return shared_dir / "corpus"


@pytest.fixture(scope="module")
def files(corpus: Path) -> list[CorpusFile]:
    found = list(corpus_files(corpus))
    assert len(found) > 2_000
    return found


@pytest.fixture(scope="module")
def judged(files: list[CorpusFile]) -> list[Judged]:
    rules = Selection(load_builtin())

    def judge() -> Iterator[Judged]:
        for file in files:
            if file.refused:
                reading = file.reading(strict=False)
                outcome = check(reading, rules)
                assert not outcome.failures
                yield Judged(file, reading, frozenset(finding.code for finding in outcome.findings))

    return list(judge())


def refused(file: CorpusFile) -> bool:
    """The verdict of `resolve`."""
    reading = file.reading(strict=True)
    later: list[Diagnostic] = []
    resolve_json(reading, Files(str(file.path.parent.parent)), later.append)
    return any(diagnostic.refused for diagnostic in (*reading.diagnostics, *later))


def named(file: CorpusFile, corpus: Path) -> str:
    return file.path.relative_to(corpus).as_posix()


def test_resolve_refuses_what_the_reference_refuses(files: list[CorpusFile], corpus: Path) -> None:
    differing = {named(file, corpus): file.reason for file in files if refused(file) != file.refused}
    assert 1 - len(differing) / len(files) >= ENOUGH, differing
    assert differing.keys() == VERDICTS.keys()


def test_each_refusal_is_told_at_its_place(judged: list[Judged], corpus: Path) -> None:
    silent = {named(each.file, corpus): each.file.reason for each in judged if not each.told}
    assert {name: reason for name, reason in silent.items() if reason not in NOT_TOLD} == {}
    assert set(silent.values()) == NOT_TOLD.keys(), "a class is told now"


def test_refused_files_are_judged(judged: list[Judged], corpus: Path) -> None:
    unjudged = {
        named(each.file, corpus): each.file.reason
        for each in judged
        if each.has_image and not any(code < "CG8" for code in each.codes)
    }
    assert unjudged == {}
    assert sum(each.has_image for each in judged) > 700


def test_only_broken_yaml_stops_a_file(judged: list[Judged], corpus: Path) -> None:
    stopped = {
        named(each.file, corpus): each.file.reason
        for each in judged
        if any(diagnostic.kind is Kind.UNREADABLE for diagnostic in each.reading.diagnostics)
    }
    assert set(stopped.values()) == NOT_JUDGED.keys(), stopped
