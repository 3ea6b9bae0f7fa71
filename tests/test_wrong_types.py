"""Every key with a value of every type, in each role that a file can have: the verdict is the reference's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct
from tests.attribute_samples import SECTIONS, SERVICE
from tests.oracle import BUILD_HELP, Oracle, Request, find_oracle
from tests.resolve_adapter import resolve_json

VALUES = (
    *("1", "1.5", "text", '""', "true", "", "2020-01-01"),
    *("[]", "[1]", "[null]", "[[1]]", "[{a: 1}]", "{}", "{a: }", "{a: 1}", "{a: [1]}", "{a: {b: 1}}"),
)
REPEATS = 6
DATE = "2020-01-01"
DROPPED_DATES = frozenset(
    {"command", "entrypoint", "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit", "shm_size"}
)
"""Where the reference lets a date through and then has nothing."""


class Sample(Struct, frozen=True):
    """One file; `known` samples are listed in `docs/reference-differences.md`."""

    name: str
    text: str
    known: bool = False


class Role(Struct, frozen=True):
    """The files around a sample, of which `sample.yaml` is one."""

    name: str
    files: dict[str, str]
    asked: tuple[str, ...]


ROLES = (
    Role("alone", {}, ("sample.yaml",)),
    Role("override", {"compose.yaml": "services: {k: {image: x}, l: {image: x}}\n"}, ("compose.yaml", "sample.yaml")),
    Role(
        "extended",
        {"compose.yaml": "services:\n  a:\n    extends: {service: k, file: sample.yaml}\n"},
        ("compose.yaml",),
    ),
)


def samples() -> Iterator[Sample]:
    for value in VALUES:
        for key in (*SERVICE, "depends_on", "extends", "unknown"):
            body = f"image: {value}" if key == "image" else f"image: x\n    {key}: {value}"
            known = (value == DATE and key in DROPPED_DATES) or (key == "expose" and value == "{a: }")
            yield Sample(f"{key}: {value}", f"services:\n  k: {{image: x}}\n  l:\n    {body}\n", known)
        for key in (*SECTIONS, "include", "jobs", "name", "version", "unknown"):
            yield Sample(f"top {key}: {value}", f"services:\n  k: {{image: x}}\n{key}: {value}\n")
            yield Sample(f"top {key}.n: {value}", f"services:\n  k: {{image: x}}\n{key}:\n  n: {value}\n")
        yield Sample(f"top services: {value}", f"services: {value}\n")
        yield Sample(f"services.l: {value}", f"services:\n  k: {{image: x}}\n  l: {value}\n")


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    if find_oracle() is None:
        pytest.skip(BUILD_HELP)
    with Oracle() as running:
        yield running


def verdicts(ask: Callable[[], str]) -> set[str]:
    """What the reference says: it walks maps in random order, and at times an error hides another."""
    return {ask() for _ in range(REPEATS)}


@pytest.mark.parametrize("role", ROLES, ids=[role.name for role in ROLES])
def test_verdict_of_every_type(role: Role, oracle: Oracle, tmp_path: Path) -> None:
    request = Request(files=role.asked)
    for name, text in role.files.items():
        (tmp_path / name).write_text(text)
    wrong: list[str] = []
    for sample in samples():
        (tmp_path / "sample.yaml").write_text(sample.text)
        ours = resolve_json(tmp_path, request).result
        answer = oracle.load(tmp_path, request).result
        # A crash of the reference is no verdict.
        if sample.known or answer == ours or answer not in ("accept", "reject"):
            continue
        if ours not in verdicts(lambda: oracle.load(tmp_path, request).result):
            wrong.append(f"{sample.name}: {answer} by the reference")
    assert wrong == []
