"""The schema table against the published schema: the same verdict on files, on mutations, and on every key.

The model has the same keys as the table. These tests need the shared folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel
from tests.conftest import SHARED
from tests.json_value import Json

from composeguard.compose import schema, schema_container, schema_service
from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.schema_check import check_schema
from composeguard.compose.shape import EXTRA_HOSTS, LIST_OR_DICT, NULL, STRING, Shape
from composeguard.compose.unresolved import Unresolved
from composeguard.model.project import Project
from composeguard.model.service import PreStart
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.node import Node
from composeguard.source.read import read_source
from composeguard.source.scalars import Timestamp

SCHEMA = SHARED / "schemas" / "compose-go-2.16.2.json"
pytestmark = pytest.mark.skipif(
    not SCHEMA.is_file(), reason="the shared folder with the published schema is not beside the project"
)
FILE = SourceFile("compose.yaml", "")


def node(value: Json) -> Node:
    """A tree without places."""
    if isinstance(value, dict):
        return Node({key: node(item) for key, item in value.items()}, FILE, 0, 0)
    if isinstance(value, list):
        return Node([node(item) for item in value], FILE, 0, 0)
    return Node(value, FILE, 0, 0)


def data(tree: Node) -> Json:
    """What JSON would hold."""
    value = tree.value
    if isinstance(value, dict):
        return {key: data(item) for key, item in value.items()}
    if isinstance(value, list):
        return [data(item) for item in value]
    return str(value) if isinstance(value, Timestamp | Unresolved) else value


@cache
def published() -> Mapping[str, Json]:
    loaded: Mapping[str, Json] = json.loads(SCHEMA.read_text("utf-8"))
    return loaded


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(dict(published()))


@cache
def definition(name: str) -> Draft202012Validator:
    document = {"$schema": published()["$schema"], "$defs": published()["$defs"], "$ref": f"#/$defs/{name}"}
    return Draft202012Validator(document)


def faults(tree: Node, shape: Shape = schema.PROJECT) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    check_schema(tree, found.append, shape)
    return found


def accepted(value: Json, shape: Shape = schema.PROJECT) -> bool:
    return not faults(node(value), shape)


def case_files() -> Iterator[Path]:
    for folder in sorted((SHARED / "conformance").iterdir()) if SCHEMA.is_file() else ():
        yield from sorted(folder.rglob("*.y*ml"))


def documents() -> list[Json]:
    """The documents of all conformance inputs that are mappings."""
    found: list[Json] = []
    for path in case_files():
        try:
            source = read_source("compose.yaml", path.read_bytes())
        except SourceError:
            continue
        found += [data(root) for root in source.documents if isinstance(root.value, dict)]
    return found


def test_same_verdict_on_the_inputs_of_the_cases() -> None:
    inputs = documents()
    assert len(inputs) > 400
    # JSON has no infinite numbers, so the published schema cannot refuse them.
    inputs = [value for value in inputs if "Infinity" not in json.dumps(value)]
    wrong = [value for value in inputs if accepted(value) != validator().is_valid(value)]
    assert wrong == []


ODD: tuple[Json, ...] = (
    None, True, False, 0, 1, -1, 1.5, 2.0, 101, 2**32, 10**30, "", "a", "x y", "all", "host", "bind", "always", "z",
    "service_started", "sync", "stop-first", "forbid", "true", "every_1d2h", "every_", [], [""], ["a", "a"], ["a", "b"],
    [1], [1, 1.0], [True, 1], [None], [{}], [[]], [["a"]], {}, {"a": "b"}, {"a": 1}, {"a": None}, {"a": True},
    {"a": []}, {"a": ["x"]}, {"a": {}}, {"a": {"b": 1}}, {"x-a": 1}, {"a b": "c"}, {"": "x"}, {"name": "n"},
    {"condition": "service_started"}, {"a": {"condition": "service_healthy"}}, {"soft": 1, "hard": 2},
    {"a": {"soft": 1, "hard": "2"}}, {"a": {"soft": 1}}, {"A": 1}, {"A": []}, [{"target": 80}], [{"type": "bind"}],
    [{"capabilities": []}], [{"source": "s"}], [{"path": "p"}], [{"path": "p", "action": "sync"}],
    [{"command": None}], [{"path": "p", "rate": 1, "x-a": 1}], [{"cron": "c"}], {"type": "t", "options": {"a": [1]}},
)  # fmt: skip
"""Values of every kind, and some that fit one place only."""

DEFINITIONS: dict[str, Shape] = {
    "service": schema_service.SERVICE,
    "pre_start_hook": schema_service.PRE_START,
    "job": schema_service.JOB,
    "healthcheck": schema_service.HEALTHCHECK,
    "deployment": schema_service.DEPLOY,
    "network": schema.NETWORK,
    "volume": schema.VOLUME,
    "secret": schema.SECRET,
    "config": schema.CONFIG,
    "model": schema.MODEL,
    "include": schema.INCLUDE,
    "schedule": replace(schema_service.SCHEDULE, scalars=0),
    "service_hook": schema_service.HOOK,
    "ulimits": schema_container.ULIMITS,
    "gpus": schema_container.GPUS,
    "list_or_dict": LIST_OR_DICT,
    "extra_hosts": EXTRA_HOSTS,
    "env_file": schema_container.CONTAINER["env_file"],
}


class Spot(Struct, frozen=True):
    """A place in a definition: the keys to it, through lists (0) and free names ("a")."""

    steps: tuple[str | int, ...]

    def around(self, value: Json, shape: Shape) -> Json:
        """The value there, with what the places above need."""
        if not self.steps:
            return value
        step, rest = self.steps[0], Spot(self.steps[1:])
        if isinstance(step, int):
            assert shape.items is not None
            return [rest.around(value, shape.items)]
        keys = shape.keys or {}
        below = keys.get(step) or shape.named
        assert below is not None
        needed: dict[str, Json] = {key: filler(keys[key]) for key in (*shape.required, *shape.one_of[:1])}
        return {**needed, step: rest.around(value, below)}


def filler(shape: Shape) -> Json:
    """A value that fits."""
    if shape.choices:
        return shape.choices[0]
    if shape.scalars & STRING:
        return "text"
    return [] if shape.items is not None else {key: filler((shape.keys or {})[key]) for key in shape.one_of[:1]}


def spots(shape: Shape, steps: tuple[str | int, ...] = ()) -> Iterator[Spot]:
    """Every place of a shape."""
    yield Spot(steps)
    for key, below in (shape.keys or {}).items():
        yield from spots(below, (*steps, key))
    if shape.named is not None:
        yield from spots(shape.named, (*steps, "a"))
    if shape.items is not None:
        yield from spots(shape.items, (*steps, 0))


@pytest.mark.parametrize("name", DEFINITIONS)
def test_same_verdict_on_every_place_with_odd_values(name: str) -> None:
    shape = DEFINITIONS[name]
    reference = definition(name)
    wrong = []
    places = list(spots(shape))
    # A service is large: of the places that it shares with a step only those at its top are tried again.
    if name in ("service", "job"):
        places = [spot for spot in places if len(spot.steps) < 2 or spot.steps[0] not in schema_container.CONTAINER]
    for spot in places:
        for value in ODD:
            whole = spot.around(value, shape)
            if accepted(whole, shape) != reference.is_valid(whole):
                wrong.append((spot.steps, value))
        whole = spot.around({"surely-unknown": 1}, shape)
        if accepted(whole, shape) != reference.is_valid(whole):
            wrong.append((spot.steps, "an unknown key"))
    assert wrong == []


@st.composite
def mutations(draw: st.DrawFn) -> Json:
    """A document of a case with one thing changed."""
    pool = _inputs()
    value: Json = json.loads(json.dumps(draw(st.sampled_from(pool))))
    parent: Json = value
    for _ in range(draw(st.integers(1, 6))):
        children = (
            list(parent) if isinstance(parent, dict) else list(range(len(parent))) if isinstance(parent, list) else []
        )
        if not children:
            break
        step = draw(st.sampled_from(children))
        here = parent[step]  # type: ignore[index, call-overload]
        if isinstance(here, dict | list) and here and draw(st.integers(0, 3)):
            parent = here
            continue
        parent[step] = draw(st.sampled_from(ODD))  # type: ignore[index, call-overload]
        return value
    if isinstance(parent, dict):
        parent[draw(st.sampled_from(("x-more", "image", "name", "surely-unknown", "external", "labels")))] = draw(
            st.sampled_from(ODD)
        )
    return value


@cache
def _inputs() -> list[Json]:
    return [value for value in documents() if json.dumps(value).isascii()]


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(value=mutations())
def test_same_verdict_on_mutations(value: Json) -> None:
    assume(isinstance(value, dict))
    assert accepted(value) == validator().is_valid(value)


def model_keys(model: type[BaseModel]) -> set[str]:
    return set(model.model_fields)


def test_table_and_model_have_the_same_keys() -> None:
    """Where both are mappings with fixed keys, all the way down."""
    wrong: list[str] = []
    _compare(schema.PROJECT, Project, "", wrong, set())
    assert wrong == []
    assert set(schema_service.PRE_START.keys or ()) == model_keys(PreStart)


GONE = {"": {"version", "include"}, "services": {"extends"}}
"""Keys that are used up before the model is made."""


def _compare(shape: Shape, model: type[BaseModel], at: str, wrong: list[str], seen: set[type[BaseModel]]) -> None:
    if model in seen:
        return
    seen.add(model)
    keys = set(shape.keys or ()) - GONE.get(at, set())
    if keys != model_keys(model):
        wrong.append(f"{at}: {sorted(keys ^ model_keys(model))}")
    for key in keys & model_keys(model):
        below = (shape.keys or {})[key]
        inner = _model_in(model.model_fields[key].annotation)
        while inner is not None and below is not None and not below.keys:
            following = below.named or below.items
            if following is None:
                break
            below = following
        if inner is not None and below is not None:
            _compare(below, inner, key, wrong, seen)


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model in an annotation such as `dict[str, Network]` or `Build | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_model_in(argument) for argument in getattr(annotation, "__args__", ())]
    return next((model for model in found if model is not None), None)


def test_every_published_key_is_in_the_table() -> None:
    definitions = published()["$defs"]
    assert isinstance(definitions, dict)

    def keys(name: str) -> set[str]:
        entry = definitions[name]
        assert isinstance(entry, dict)
        properties = entry.get("properties", {})
        assert isinstance(properties, dict)
        return set(properties)

    assert set(schema_container.CONTAINER) == keys("container_spec")
    assert set(schema_service.WORKLOAD) == keys("workload_spec")
    assert set(schema_service.SERVICE.keys or ()) == keys("container_spec") | keys("workload_spec") | keys("service")
    assert set(schema_service.JOB.keys or ()) == keys("container_spec") | keys("workload_spec") | keys("job")
    top = published()["properties"]
    assert isinstance(top, dict)
    assert set(schema.PROJECT.keys or ()) == set(top)


def test_unchanged_parts_are_shared() -> None:
    tree = node({"services": {"a": {"image": "x"}, "b": {"image": 1, "user": "u"}}})
    checked = check_schema(tree, lambda _: None)
    assert data(checked) == {"services": {"a": {"image": "x"}, "b": {"user": "u"}}}
    assert isinstance(tree.value, dict)
    assert isinstance(checked.value, dict)
    before, after = tree.value["services"].value, checked.value["services"].value
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert after["a"] is before["a"]
    good = node({"services": {"a": {"image": "x"}}})
    assert check_schema(good, lambda _: None) is good


def test_an_unresolved_value_is_any_scalar() -> None:
    def tree(key: str) -> Node:
        variable = Node(Unresolved("\ufdd0", ("${A}",)), FILE, 0, 0)
        return Node({"services": Node({"a": Node({key: variable}, FILE, 0, 0)}, FILE, 0, 0)}, FILE, 0, 0)

    for key, shape in (schema_service.SERVICE.keys or {}).items():
        assert bool(faults(tree(key))) == (not shape.scalars & ~NULL), key


MESSAGES = {
    "services: {web: {imag: x}}": ('"imag" is not a key of a service; did you mean "image"?', "imag", "image"),
    "services: {web: {privileged: 3}}": ("services.web.privileged must be true or false, not a number", "3", None),
    "services: {web: {image: [a]}}": ("services.web.image must be a text, not a list", "[a]", None),
    "services: {web: {environment: hunter2}}": (
        "services.web.environment must be a list or a mapping, not a text", "hunter2", None,
    ),
    "services: {web: {cgroup: hostt}}": (
        'services.web.cgroup must be "host" or "private", not "hostt"; did you mean "host"?', "hostt", "host",
    ),
    "services: {web: {volumes: [{target: /a}]}}": (
        'services.web.volumes[0] needs the key "type"', "{target: /a}", None,
    ),
    "services: {web: }": ("services.web must be a mapping, not empty", "web", None),
    "services: {we b: {image: x}}": ('"we b" cannot be a name in services', "we b", None),
    "services: {web: {cap_add: [A, A]}}": ("services.web.cap_add holds the same item twice", "A", None),
    "version: 3.8": ("version must be a text, not a number", "3.8", None),
}  # fmt: skip


@pytest.mark.parametrize("text", MESSAGES)
def test_message(text: str) -> None:
    message, marked, suggestion = MESSAGES[text]
    source = read_source("compose.yaml", text.encode())
    [found] = faults(source.documents[0])
    assert found.kind is Kind.SCHEMA
    assert found.message == message
    assert source.text[found.start : found.end] == marked
    assert found.suggestion == suggestion
