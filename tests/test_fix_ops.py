"""Operations on plain data."""

from __future__ import annotations

import time

import pytest

from composeguard.engine.fix import Append, Operation, Remove, Rename, Set
from composeguard.fix.data import Alias, Data, Marked, copy_data, same
from composeguard.fix.ops import apply, apply_all, settle
from composeguard.fix.refusal import Refusal

BEFORE: Data = {"a": {"b": [1, 2, 3], "c": "x"}, "d": Marked([1], None, "anchor"), "e": Alias("anchor")}

CASES: list[tuple[Operation, Data]] = [
    (Set(("a", "c"), 1), {"a": {"b": [1, 2, 3], "c": 1}}),
    (Set(("a", "n"), {"k": [None]}), {"a": {"b": [1, 2, 3], "c": "x", "n": {"k": [None]}}}),
    (Set(("a", "b", 1), "y"), {"a": {"b": [1, "y", 3], "c": "x"}}),
    (Append(("a", "b"), 4), {"a": {"b": [1, 2, 3, 4], "c": "x"}}),
    (Append(("d",), 2), {"d": Marked([1, 2], None, "anchor")}),
    (Set(("d",), 2), {"d": Marked(2, None, "anchor")}),
    (Set(("e",), 2), {"e": 2}),
    (Remove(("a", "b", 0)), {"a": {"b": [2, 3], "c": "x"}}),
    (Remove(("a",)), {"a": None}),
    (Rename(("a", "c"), "z"), {"a": {"b": [1, 2, 3], "z": "x"}}),
]


@pytest.mark.parametrize(("operation", "changed"), CASES)
def test_apply(operation: Operation, changed: dict[str, Data]) -> None:
    before = copy_data(BEFORE)
    assert isinstance(BEFORE, dict)
    expected: dict[str, Data] = {**BEFORE, **changed}
    if operation == Remove(("a",)):
        del expected["a"]
    assert same(apply(operation, before), expected)
    assert same(before, BEFORE)


@pytest.mark.parametrize(
    "operation",
    [
        Set(("x", "y"), 1),
        Set(("a", "b", 9), 1),
        Set((), 1),
        Append(("a", "c"), 1),
        Append(("a", "x"), 1),
        Append(("e",), 1),
        Remove(("a", "x")),
        Remove(("a", "b", 3)),
        Remove(()),
        Rename(("a", "b"), "c"),
        Rename(("a", "b", 0), "c"),
    ],
)
def test_nothing_to_act_on(operation: Operation) -> None:
    with pytest.raises(Refusal):
        apply(operation, BEFORE)


def test_paths_mean_the_document_before() -> None:
    operations: list[Operation] = [
        Remove(("a", "b", 0)),
        Set(("a", "b", 2), "z"),
        Remove(("a", "b", 1)),
        Append(("a", "b"), "w"),
    ]
    assert same(apply_all(operations, BEFORE), {**_before(), "a": {"b": ["z", "w"], "c": "x"}})


def _before() -> dict[str, Data]:
    assert isinstance(BEFORE, dict)
    return BEFORE


SERVICE: Data = {
    "services": {"w": {"image": "a", "cap_add": ["A", "B"], "command": ["c"], "deploy": {"resources": {"x": 1}}}}
}
W = ("services", "w")


@pytest.mark.parametrize(
    ("operations", "settled"),
    [
        ([Remove((*W, "cap_add", 0))], [Remove((*W, "cap_add", 0))]),
        ([Remove((*W, "cap_add", 0)), Remove((*W, "cap_add", 1))], [Remove((*W, "cap_add"))]),
        ([Remove((*W, "cap_add", 0)), Remove((*W, "cap_add", 0))], [Remove((*W, "cap_add", 0))]),
        ([Remove((*W, "command", 0))], [Set((*W, "command"), [])]),
        ([Remove((*W, "deploy", "resources", "x"))], [Remove((*W, "deploy"))]),
        ([Append((*W, "cap_add"), "C"), Append((*W, "cap_add"), "C")], [Append((*W, "cap_add"), "C")] * 2),
        (
            [Remove((*W, "cap_add", 0)), Remove((*W, "cap_add", 1)), Append((*W, "cap_add"), "C")],
            [Set((*W, "cap_add"), ["C"])],
        ),
        (
            [Remove((*W, key)) for key in ("image", "cap_add", "command", "deploy")],
            [Set(W, {})],
        ),
    ],
)
def test_settle(operations: list[Operation], settled: list[Operation]) -> None:
    assert settle(operations, SERVICE) == settled


def test_types_count() -> None:
    assert not same(1, True)
    assert not same(1, 1.0)
    assert not same({"a": [0]}, {"a": [False]})
    assert same(float("nan"), float("nan"))
    assert not same(0.0, -0.0)
    assert not same(Alias("a"), Alias("b"))
    assert not same(Marked(1, None, "a"), Marked(1, None, "b"))


def test_collections_of_many_services_that_become_empty() -> None:
    """Among them nested ones, and one that gets an item at the same time."""
    operations: list[Operation] = [Remove(("s", f"a{number}", "x", 0)) for number in range(2000)]
    nested: list[Operation] = [
        Remove(("s", "b", "ports", 0)),
        Remove(("s", "b", "networks", "c")),
        Append(("s", "b", "networks"), "d"),
    ]
    data: Data = {
        "s": {
            **{f"a{number}": {"x": [1]} for number in range(2000)},
            "b": {"ports": [1], "networks": {"c": None}, "y": 1},
        }
    }
    started = time.process_time()
    settled = settle(operations + nested, data)
    assert time.process_time() - started < 2
    assert settled == [
        *(Set(("s", f"a{number}", "x"), []) for number in range(2000)),
        Remove(("s", "b", "ports")),
        Set(("s", "b", "networks"), ["d"]),
    ]
