"""Reading a project: order, variables, casts, anchors, places, and what happens to broken input."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.loading import Data, Project, at, data, said, text_of, way

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.expand import expand
from composeguard.compose.unresolved import Unresolved
from composeguard.source.limits import Limits
from composeguard.source.node import Way
from composeguard.source.read import read_source


def one(tmp_path: Path, text: str) -> Project:
    return Project(tmp_path, {"compose.yaml": text})


CASTS = [
    ("privileged: 'yes'", {"privileged": True}),
    ("privileged: No", {"privileged": False}),
    ("init: ${T:-on}", {"init": True}),
    ("pids_limit: '0100'", {"pids_limit": 100}),
    ("pids_limit: 0100", {"pids_limit": 64}),
    ("scale: ${N:-3}", {"scale": 3}),
    ("hostname: 'yes'", {"hostname": "yes"}),
    ("cpus: '0.5'", {"cpus": 0.5}),
    ("umask: '022'", {"umask": 18}),
    ("ulimits: {nofile: {soft: '1', hard: '2'}}", {"ulimits": {"nofile": {"soft": 1, "hard": 2}}}),
    ("depends_on: {b: {condition: x, required: 'off'}}", None),
    ("x-y: {privileged: 'yes'}", {"x-y": {"privileged": "yes"}}),
]


@pytest.mark.parametrize(("attribute", "expected"), CASTS)
def test_strings_are_cast_at_some_paths_only(tmp_path: Path, attribute: str, expected: Data) -> None:
    loaded = one(tmp_path, f"services:\n  a:\n    {attribute}\n").load(strict=True)
    if expected is None:
        assert data(at(loaded.root, "services.a.depends_on.b.required")) is False
    else:
        assert data(at(loaded.root, "services.a")) == expected


@pytest.mark.parametrize("value", ["1", "maybe", "''", "' true'"])
def test_what_cannot_be_cast_is_left_out(tmp_path: Path, value: str) -> None:
    loaded = one(tmp_path, f"services:\n  a:\n    privileged: '{value.strip(chr(39))}'\n    tty: true\n").load()
    assert data(at(loaded.root, "services.a")) == {"tty": True}
    assert [line.partition(" ")[0] for line in said(loaded)] == ["schema!"]


VARIABLES = [
    # text, tolerant, strict, diagnostics in tolerant and in strict mode
    ("${SET}", "set", "set", [], []),
    ("a-${U}", "a-${U}", "a-", ["variable compose.yaml '${U}'"], ["variable compose.yaml '${U}'"]),
    ("${U:-d}", "d", "d", [], []),
    ("${U:?why}", "${U:?why}", None, [], ["variable! compose.yaml '${U:?why}'"]),
    ("${1}", None, None, ["schema! compose.yaml '${1}'"], ["schema! compose.yaml '${1}'"]),
    ("$$U", "$U", "$U", [], []),
]


@pytest.mark.parametrize(("text", "tolerant", "strict", "tolerant_said", "strict_said"), VARIABLES)
def test_variables(
    tmp_path: Path,
    text: str,
    tolerant: str | None,
    strict: str | None,
    tolerant_said: list[str],
    strict_said: list[str],
) -> None:
    project = one(tmp_path, f"services:\n  a:\n    hostname: {text}\n    image: x\n")
    for is_strict, value, expected in ((False, tolerant, tolerant_said), (True, strict, strict_said)):
        loaded = project.load(strict=is_strict, environment={"SET": "set"})
        service = {"image": "x"} if value is None else {"hostname": value, "image": "x"}
        assert data(at(loaded.root, "services.a")) == service
        assert said(loaded) == expected


def test_an_unknown_value_stays_unknown_where_a_boolean_belongs(tmp_path: Path) -> None:
    loaded = one(tmp_path, "services: {a: {privileged: '${P}', init: '${P:-true}'}}").load()
    assert at(loaded.root, "services.a.privileged").value == Unresolved("\ufdd0", ("${P}",))
    assert at(loaded.root, "services.a.init").value is True
    assert way(loaded.root, "services.a.privileged") == [Way.INTERPOLATION]
    assert way(loaded.root, "services.a.init") == [Way.DEFAULT]


HIDDEN = [r'"\x24{U:-d}"', r'"\u0024{U:-d}"', "!!binary JHtVOi1kfQ==", "!!bin%61ry JHtVOi1kfQ=="]


@pytest.mark.parametrize("value", HIDDEN)
def test_a_variable_that_the_text_does_not_show_is_replaced(tmp_path: Path, value: str) -> None:
    loaded = one(tmp_path, f"services:\n  a:\n    x-y: {{z: [{value}]}}\n").load()
    assert data(at(loaded.root, "services.a.x-y.z")) == ["d"]


def test_keys_are_not_interpolated_and_casts_reach_into_lists(tmp_path: Path) -> None:
    text = "services: {a: {labels: {'${K}': v}, volumes: [{type: volume, target: /t, read_only: 'yes'}]}}"
    root = one(tmp_path, text).load(environment={"K": "k"}).root
    assert data(at(root, "services.a.labels")) == {"${K}": "v"}
    assert data(at(root, "services.a.volumes.0.read_only")) is True


ANCHORS = [
    ("explicit wins", "x: &x {user: u, init: true}", "{<<: *x, user: v}", {"user": "v", "init": True}),
    ("null wins", "x: &x {privileged: true}", "{privileged: , <<: *x}", {"privileged": None}),
    (
        "first of a list wins",
        "x: [&x {user: a}, &y {user: b, tty: true}]",
        "{<<: [*x, *y]}",
        {"user": "a", "tty": True},
    ),
    ("not deep", "x: &x {labels: {a: b}}", "{<<: *x, labels: {c: d}}", {"labels": {"c": "d"}}),
    ("chain", "x: [&x {user: u}, &y {<<: *x, tty: true}]", "{<<: *y}", {"user": "u", "tty": True}),
    ("a quoted key is none", "x: &x {user: u}", "{x-a: {'<<': {a: b}}}", {"x-a": {"<<": {"a": "b"}}}),
    ("reset, then merged", "x: &x {user: u}", "{<<: *x, user: !reset v}", {"user": "u"}),
    ("casts at the alias", "x: &x {privileged: 'yes'}", "*x", {"privileged": True}),
]


@pytest.mark.parametrize(("anchor", "service", "expected"), [case[1:] for case in ANCHORS], ids=[c[0] for c in ANCHORS])
def test_aliases_and_merge_keys(tmp_path: Path, anchor: str, service: str, expected: Data) -> None:
    loaded = one(tmp_path, f"x-{anchor}\nservices:\n  a: {service}\n").load()
    got = data(at(loaded.root, "services.a"))
    if expected == {"privileged": None}:
        # Null where a boolean belongs is refused, and left out; the merged value does not come back.
        expected = {}
        assert loaded.refused
    assert got == expected


def test_the_way_of_aliases_and_merge_keys(tmp_path: Path) -> None:
    text = "x-a: &a {user: u, cap_add: &c [A]}\nservices:\n  a:\n    <<: *a\n  b:\n    cap_add: *c\n"
    root = one(tmp_path, text).load().root
    user = at(root, "services.a.user")
    assert user.via is not None
    assert user.via.at is not None
    assert (user.via.way, text_of(user.via.at), text_of(user)) == (Way.MERGE_KEY, "*a", "u")
    assert text_of(at(root, "services.b.cap_add")) == "*c"
    assert way(root, "services.b.cap_add.0") == [Way.ALIAS]
    assert text_of(at(root, "services.b.cap_add.0")) == "A"


def test_what_has_nothing_to_expand_stays_as_it_is() -> None:
    text = b"x: &a {user: u}\ny: {k: [1, {j: v}]}\nz: {k: [1, {<<: *a}], l: &b [w]}\nu: [*b]\n"
    root = read_source("compose.yaml", text).documents[0]
    said: list[Diagnostic] = []
    expanded = expand(root, said.append).root
    assert data(expanded) == {
        "x": {"user": "u"},
        "y": {"k": [1, {"j": "v"}]},
        "z": {"k": [1, {"user": "u"}], "l": ["w"]},
        "u": [["w"]],
    }
    assert not said
    assert [at(expanded, path) is at(root, path) for path in ("x", "y", "z", "z.l", "u")] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_a_merge_key_takes_mappings_only(tmp_path: Path) -> None:
    loaded = one(tmp_path, "services:\n  a:\n    <<: 5\n    image: x\n").load()
    assert said(loaded) == ["schema! compose.yaml '5'"]
    assert data(at(loaded.root, "services.a")) == {"image": "x"}


def test_anchors_that_fan_out_cost_nothing_twice(tmp_path: Path) -> None:
    lines = ["x-0: &a0 {v: '${V:-x}'}"]
    lines += [f"x-{i}: &a{i} {{{', '.join(f'k{k}: *a{i - 1}' for k in range(8))}}}" for i in range(1, 6)]
    loaded = one(tmp_path, "\n".join([*lines, "services: {a: {image: x}}"])).load()
    assert not loaded.diagnostics
    assert data(at(loaded.root, "x-5.k0.k7.k1.k2.k3.v")) == "x"


def test_aliases_nested_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    lines = ["x-0: &a0 {k: 1}", *(f"x-{i}: &a{i} {{k: *a{i - 1}}}" for i in range(1, 2000))]
    assert [d.kind for d in one(tmp_path, "\n".join(lines)).load().diagnostics] == [Kind.UNREADABLE]


def test_the_same_text_by_its_extension_name(tmp_path: Path) -> None:
    text = "services: {a: {x-develop: {watch: [{path: ., action: sync, target: /t, x-initialSync: true}]}}}"
    root = one(tmp_path, text).load().root
    watch = {"path": ".", "action": "sync", "target": "/t", "initial_sync": True}
    assert data(at(root, "services.a")) == {"develop": {"watch": [watch]}}


BROKEN = [
    ("", ["unreadable! compose.yaml ''"]),
    ("# nothing\n", ["unreadable! compose.yaml ''"]),
    ("{}\n", ["unreadable! compose.yaml '{}'"]),
    ("[a]\n", ["unreadable! compose.yaml '[a]'"]),
    ("services: {a: {image: x}}\n---\n", ["unreadable! compose.yaml ''"]),
    ("services: [\n", ["unreadable! compose.yaml ''"]),
    ("services: {a: {image: x}}\n1: b\n", ["schema! compose.yaml '1'"]),
]


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_broken_files(tmp_path: Path, text: str, expected: list[str]) -> None:
    loaded = one(tmp_path, text).load()
    assert said(loaded) == expected
    assert [file.uri for file in loaded.files] == ["compose.yaml"]


def test_a_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    project = Project(tmp_path, {"compose.yaml": "a: [", "b.yaml": "services: {b: {image: x}}"})
    loaded = project.load("compose.yaml", "b.yaml", "missing.yaml")
    assert data(at(loaded.root, "services")) == {"b": {"image": "x"}}
    assert [line.rpartition(" ")[0] for line in said(loaded)] == [
        "unreadable! compose.yaml",
        "unreadable! missing.yaml",
    ]


def test_documents_merge_in_order_and_the_schema_sees_the_sum(tmp_path: Path) -> None:
    text = "services: {a: {ports: ['80']}}\n---\nservices: {a: {ports: ['81'], nonsense: 1}}\n"
    loaded = one(tmp_path, text).load()
    ports = data(at(loaded.root, "services.a.ports"))
    assert isinstance(ports, list)
    assert [port["target"] for port in ports if isinstance(port, dict)] == [80, 81]
    assert [line.partition(" ")[0] for line in said(loaded)] == ["schema!"]


NAMES = [
    ("name: Shop.One", {}, "shopone"),
    ("name: a\n---\nname: ${N:-b}", {}, "b"),
    ("name: a", {"COMPOSE_PROJECT_NAME": "env"}, "env"),
    ("services: {}", {}, "project-x"),
    ("name: ${U}", {}, "project-x"),
]


@pytest.mark.parametrize(("text", "environment", "expected"), NAMES)
def test_project_name(tmp_path: Path, text: str, environment: dict[str, str], expected: str) -> None:
    project = Project(tmp_path, {"Project-X/compose.yaml": f"{text}\nx-n: $COMPOSE_PROJECT_NAME\n"})
    loaded = project.load("Project-X/compose.yaml", environment=environment)
    assert loaded.project_name == expected
    assert data(at(loaded.root, "x-n")) == expected
    assert loaded.environment["COMPOSE_PROJECT_NAME"] == expected


def test_a_given_name_must_be_normalised(tmp_path: Path) -> None:
    loaded = one(tmp_path, "services: {a: {image: x}}").load(environment={"COMPOSE_PROJECT_NAME": "Bad Name"})
    assert loaded.refused


ENV = "A=file\nB=$A-${X:-x}\nCOMPOSE_PROFILES=p, q\n"


def test_env_files(tmp_path: Path) -> None:
    texts = {"compose.yaml": "x-v: $A $B $C", ".env": ENV, "other.env": "A=other\n", "later.env": "B=$A\nC=c\n"}
    project = Project(tmp_path, texts)
    assert data(at(project.load().root, "x-v")) == "file file-x ${C}".replace("${C}", "$C")
    assert project.load().profiles == ("p", "q")
    assert data(at(project.load(environment={"A": "env"}).root, "x-v")) == "env env-x $C"
    chosen = project.load(env_files=("other.env", "later.env"))
    assert data(at(chosen.root, "x-v")) == "other other c"
    assert data(at(project.load(env_files=(), strict=True).root, "x-v")) == "  "


@pytest.mark.parametrize(("strict", "kind"), [(False, "note"), (True, "gap!")])
def test_a_missing_env_file(tmp_path: Path, strict: bool, kind: str) -> None:
    project = one(tmp_path, "services: {a: {image: x}}")
    assert said(project.load(env_files=("no.env",), strict=strict)) == [f"{kind} no.env ''"]


def test_a_broken_env_file_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    project = Project(tmp_path, {"compose.yaml": "x-v: $A", ".env": "A=a\nB C=d\n"})
    loaded = project.load()
    assert data(at(loaded.root, "x-v")) == "a"
    assert [(d.kind, d.file.uri, d.refused) for d in loaded.diagnostics] == [(Kind.GAP, ".env", True)]


PATHS = [
    ("build: .", "build.context", ".", "{}"),
    ("build: https://h/x", "build.context", "https://h/x", "https://h/x"),
    ("build: ~/x", "build.context", "~/x", "/home/of/tests/x"),
    ("env_file: [{path: ../a.env}]", "env_file.0.path", "../a.env", "{up}/a.env"),
    ("volumes: ['./d:/d']", "volumes.0.source", "./d", "{}/d"),
    ("volumes: ['named:/d']", "volumes.0.source", "named", "named"),
    ("volumes: [{type: bind, source: 'C:\\d', target: /d}]", "volumes.0.source", "C:\\d", "C:\\d"),
    ("volumes: ['/a/../d:/d']", "volumes.0.source", "/a/../d", "/a/../d"),
]


@pytest.mark.parametrize(("attribute", "path", "tolerant", "strict"), PATHS)
def test_paths_are_absolute_in_strict_mode_only(
    tmp_path: Path, attribute: str, path: str, tolerant: str, strict: str
) -> None:
    project = Project(tmp_path, {"sub/compose.yaml": f"services: {{a: {{{attribute}}}}}"})
    assert data(at(project.load("sub/compose.yaml").root, f"services.a.{path}")) == tolerant
    absolute = strict.replace("{up}", str(tmp_path)).replace("{}", str(tmp_path / "sub"))
    assert data(at(project.load("sub/compose.yaml", strict=True).root, f"services.a.{path}")) == absolute


DEVICES = [("local", "bind", True), ("local", "bind,ro", False), ("", "bind", False)]


@pytest.mark.parametrize(("driver", "options", "absolute"), DEVICES)
def test_only_a_plain_bind_volume_has_a_path(tmp_path: Path, driver: str, options: str, absolute: bool) -> None:
    text = f"volumes: {{v: {{driver: '{driver}', driver_opts: {{o: '{options}', device: ./d}}}}}}"
    loaded = one(tmp_path, text).load(strict=True)
    assert data(at(loaded.root, "volumes.v.driver_opts.device")) == (str(tmp_path / "d") if absolute else "./d")


def test_one_place_is_spoken_of_once(tmp_path: Path) -> None:
    loaded = one(tmp_path, "x-a: &a {image: 'x:${T}'}\nservices: {a: *a, b: *a, c: {<<: *a}}").load()
    assert said(loaded) == ["variable compose.yaml '${T}'"]


def test_files_beyond_the_limit_are_left_out(tmp_path: Path) -> None:
    texts = {f"{name}.yaml": f"services: {{{name}: {{image: x}}}}" for name in "abc"}
    loaded = Project(tmp_path, texts).load("a.yaml", "b.yaml", "c.yaml", limits=Limits(files=2))
    assert list(data(at(loaded.root, "services")) or ()) == ["a", "b"]  # type: ignore[arg-type]
    assert said(loaded) == ["unreadable! c.yaml ''"]


def test_documents_without_end_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("composeguard.compose.loader._MOST_MERGED", 10_000)
    labels = ", ".join(f"l{i}: v" for i in range(500))
    text = f"services: {{a: {{labels: {{{labels}}}}}}}\n" + "---\nservices: {b: {image: x}}\n" * 100
    loaded = one(tmp_path, text).load()
    assert {d.kind for d in loaded.diagnostics} == {Kind.GAP}
    assert len(loaded.diagnostics) == 80
