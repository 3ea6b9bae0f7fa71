"""New keys of services that merge one anchor: written under it when all of them ask for the same."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.fix_harness import Project, made_up_rule

from composeguard.engine.fix import Append, Operation, Set
from composeguard.engine.rule import Rule
from composeguard.model.reading import Reading
from composeguard.source.node import Path as Steps

Wishes = Iterable[tuple[Steps, tuple[Operation, ...]]]


def _wish(reading: Reading) -> Wishes:
    """Every service is to be read-only and to drop all capabilities, in one fix."""
    for name, service in reading.project.services.items():
        if not service.read_only:
            at: Steps = ("services", name)
            yield at, (Set((*at, "read_only"), True), Append((*at, "cap_drop"), "ALL"))


def _frowns_on_fragments(reading: Reading) -> Wishes:
    if reading.node(("x-base", "read_only")) is not None:
        yield ("x-base", "read_only"), ()


NEW = "read_only: true\n{0}cap_drop:\n{0}  - ALL\n"
INNER = "    " + NEW.format("    ")
LIFTED = {
    "a fragment": (
        "x-base: &base\n  init: true\n"
        "services:\n  a:\n    <<: *base\n    image: a\n  b:\n    <<: *base\n    image: b\n",
        "x-base: &base\n  init: true\n  "
        + NEW.format("  ")
        + "services:\n  a:\n    <<: *base\n    image: a\n  b:\n    <<: *base\n    image: b\n",
    ),
    "a service": (
        "services:\n  a: &a\n    image: a\n  b:\n    <<: *a\n    init: true\n",
        "services:\n  a: &a\n    image: a\n" + INNER + "  b:\n    <<: *a\n    init: true\n",
    ),
}
APART = {
    "one has the key already": (
        "x-base: &base\n  init: true\nservices:\n  a:\n    <<: *base\n    image: a\n"
        "  b:\n    <<: *base\n    image: b\n    read_only: true\n",
        "x-base: &base\n  init: true\nservices:\n  a:\n    <<: *base\n    image: a\n"
        + INNER
        + "  b:\n    <<: *base\n    image: b\n    read_only: true\n",
    ),
    "one alone": (
        "x-base: &base\n  init: true\nservices:\n  a:\n    <<: *base\n    image: a\n",
        "x-base: &base\n  init: true\nservices:\n  a:\n    <<: *base\n    image: a\n" + INNER,
    ),
    "the fragment is used elsewhere": (
        "x-base: &base\n  init: true\nx-more: {<<: *base}\nservices:\n  a:\n    <<: *base\n    image: a\n"
        "  b:\n    <<: *base\n    image: b\n",
        "x-base: &base\n  init: true\nx-more: {<<: *base}\nservices:\n  a:\n    <<: *base\n    image: a\n"
        + INNER
        + "  b:\n    <<: *base\n    image: b\n"
        + INNER,
    ),
}


def _fixed(text: str, folder: Path, rules: Iterable[Rule]) -> str:
    project = Project(folder, {"compose.yaml": text}, rules)
    planned = project.plan()
    assert not planned.refused
    return project.texts(planned)["compose.yaml"]


@pytest.mark.parametrize("name", [*LIFTED, *APART])
def test_where_new_keys_go(name: str, tmp_path: Path) -> None:
    before, after = LIFTED[name] if name in LIFTED else APART[name]
    assert _fixed(before, tmp_path, [made_up_rule(_wish)]) == after


def test_what_the_anchor_cannot_take_each_gets(tmp_path: Path) -> None:
    before, _ = LIFTED["a fragment"]
    rules = [made_up_rule(_wish), made_up_rule(_frowns_on_fragments, code="TEST002")]
    after = before.replace("    image: a\n", "    image: a\n" + INNER).replace(
        "    image: b\n", "    image: b\n" + INNER
    )
    assert _fixed(before, tmp_path, rules) == after
