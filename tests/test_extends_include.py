"""`extends` and `include`: what comes along, from where, and what cannot be followed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.loading import Data, Project, at, data, said, text_of, way

from composeguard.compose.diagnostic import Kind
from composeguard.source.limits import Limits
from composeguard.source.node import Way

Files = dict[str, str]

EXTENDS: list[tuple[str, Files, Data]] = [
    (
        "same file, short",
        {"compose.yaml": "services: {b: {user: u, cap_add: [A]}, a: {extends: b, cap_add: [B]}}"},
        {"user": "u", "cap_add": ["A", "B"]},
    ),
    (
        "chain",
        {"compose.yaml": "services: {c: {user: u}, b: {extends: c, tty: true}, a: {extends: {service: b}}}"},
        {"user": "u", "tty": True},
    ),
    (
        "other file, paths seen from here",
        {
            "compose.yaml": "services: {a: {extends: {file: sub/base.yaml, service: b}}}",
            "sub/base.yaml": "services: {b: {build: ./ctx, env_file: e.env, volumes: ['../d:/d', 'v:/v', '~/h:/h']}}",
        },
        {
            "build": {"context": "sub/ctx"},
            "env_file": [{"path": "sub/e.env", "required": True}],
            "volumes": [
                {"type": "bind", "source": "d", "target": "/d", "bind": {"create_host_path": True}},
                {"type": "volume", "target": "v:/v", "volume": {}},
                {"type": "bind", "source": "~/h", "target": "/h", "bind": {"create_host_path": True}},
            ],
        },
    ),
    (
        "same folder, paths as written",
        {
            "compose.yaml": "services: {a: {extends: {file: base.yaml, service: b}}}",
            "base.yaml": "services: {b: {build: ./ctx}}",
        },
        {"build": {"context": "./ctx"}},
    ),
    (
        "chain over folders",
        {
            "compose.yaml": "services: {a: {extends: {file: x/b.yaml, service: b}}}",
            "x/b.yaml": "services: {b: {extends: {file: y/c.yaml, service: c}, tty: true}}",
            "x/y/c.yaml": "services: {c: {label_file: l, extends: d}, d: {user: u}}",
        },
        {"user": "u", "label_file": ["x/y/l"], "tty": True},
    ),
    (
        "an unknown path keeps what is known",
        {
            "compose.yaml": "services: {a: {extends: {file: x/b.yaml, service: b}}}",
            "x/b.yaml": "services: {b: {volumes: ['./${U}:/d', '${U}/d:/e']}}",
        },
        {
            "volumes": [
                {"type": "bind", "source": "x/${U}", "target": "/d", "bind": {"create_host_path": True}},
                {"source": "${U}/d", "target": "/e"},
            ]
        },
    ),
    (
        "all documents of the base, and its reset",
        {
            "compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}",
            "b.yaml": "services: {b: {user: u, tty: true}}\n---\nservices: {b: {user: !reset null, init: true}}",
        },
        {"tty": True, "init": True},
    ),
    (
        "reset in the child",
        {"compose.yaml": "services: {b: {user: u, cap_add: [A]}, a: {extends: b, cap_add: !reset [], tty: true}}"},
        {"user": "u", "tty": True},
    ),
    (
        "null keeps the base",
        {"compose.yaml": "services: {b: {user: u}, a: {extends: b, user: }}"},
        {"user": "u"},
    ),
    (
        "the project's environment",
        {
            "compose.yaml": "services: {a: {extends: {file: x/b.yaml, service: b}}}",
            ".env": "T=root",
            "x/.env": "T=sub",
            "x/b.yaml": "include: [missing.yaml]\nservices: {b: {hostname: $T}}",
        },
        {"hostname": "root"},
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in EXTENDS], ids=[case[0] for case in EXTENDS])
def test_extends(tmp_path: Path, files: Files, expected: Data) -> None:
    loaded = Project(tmp_path, files).load()
    assert data(at(loaded.root, "services.a")) == expected
    assert not [d for d in loaded.diagnostics if d.refused]


def test_an_unknown_source_is_no_error_in_the_next_file(tmp_path: Path) -> None:
    texts = {"compose.yaml": "services: {a: {volumes: ['${U}:/d']}}", "over.yaml": "services: {a: {tty: true}}"}
    loaded = Project(tmp_path, texts).load("compose.yaml", "over.yaml")
    assert said(loaded) == ["variable compose.yaml '${U}'"]


def test_a_later_override_of_the_base_does_not_reach_the_child(tmp_path: Path) -> None:
    texts = {
        "compose.yaml": "services: {b: {user: u}, a: {extends: b}}",
        "over.yaml": "services: {b: {user: v}}",
    }
    root = Project(tmp_path, texts).load("compose.yaml", "over.yaml").root
    assert data(at(root, "services")) == {"b": {"user": "v"}, "a": {"user": "u"}}


def test_the_way_and_place_of_what_is_extended(tmp_path: Path) -> None:
    texts = {
        "compose.yaml": "services:\n  a:\n    extends: {file: b.yaml, service: b}\n    image: two\n    cap_add: [B]\n",
        "b.yaml": "services: {c: {user: u}, b: {extends: c, image: one, cap_add: [A]}}",
    }
    root = Project(tmp_path, texts).load().root
    assert at(root, "services.a").file.uri == "compose.yaml"
    user = at(root, "services.a.user")
    assert (user.file.uri, text_of(user)) == ("b.yaml", "u")
    assert way(root, "services.a.user") == [Way.EXTENDS, Way.EXTENDS]
    assert user.via is not None
    assert user.via.at is not None
    assert text_of(user.via.at) == "{file: b.yaml, service: b}"
    assert way(root, "services.a.image") == [Way.OVERRIDE]
    assert [way(root, f"services.a.cap_add.{index}") for index in (0, 1)] == [[Way.EXTENDS], []]


GAPS: list[tuple[str, Files, list[str]]] = [
    (
        "missing file",
        {"compose.yaml": "services: {a: {extends: {file: no.yaml, service: b}, tty: true}}"},
        ["gap! compose.yaml 'no.yaml'"],
    ),
    (
        "missing file, twice",
        {
            "compose.yaml": (
                "services: {c: {extends: {file: no.yml, service: c}}, a: {extends: {file: no.yml, service: b}}}"
            ),
        },
        ["gap! compose.yaml 'no.yml'", "gap! compose.yaml 'no.yml'"],
    ),
    (
        "missing file, one extends of two services",
        {
            "compose.yaml": (
                "x-b: &b {extends: {file: no.yml, service: c}}\nservices: {a: {<<: *b}, b: {<<: *b}, c: *b}"
            ),
        },
        ["gap! compose.yaml 'no.yml'"],
    ),
    (
        "outside",
        {"compose.yaml": "services: {a: {extends: {file: ../../etc/passwd, service: b}}}"},
        ["gap! compose.yaml '../../etc/passwd'"],
    ),
    (
        "a folder",
        {"compose.yaml": "services: {a: {extends: {file: d, service: b}}}", "d/x": ""},
        ["gap! compose.yaml 'd'"],
    ),
    (
        "no such name",
        {"compose.yaml": 'services: {a: {extends: {file: "a\\0b", service: b}}}'},
        ["gap! compose.yaml '\"a\\\\0b\"'"],
    ),
    (
        "remote",
        {"compose.yaml": "services: {a: {extends: {file: 'https://h/x.git', service: b}}}"},
        ["gap! compose.yaml \"'https://h/x.git'\""],
    ),
    (
        "unknown file",
        {"compose.yaml": "services: {a: {extends: {file: '${U}.yaml', service: b}}}"},
        ["variable compose.yaml '${U}'", "gap! compose.yaml \"'${U}.yaml'\""],
    ),
    (
        "broken file",
        {"compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}", "b.yaml": "a: ["},
        ["unreadable! b.yaml ''"],
    ),
    (
        "no services",
        {"compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}", "b.yaml": "a: b"},
        ["reference! compose.yaml 'b.yaml'", "reference! compose.yaml 'b'"],
    ),
    (
        "no such service",
        {"compose.yaml": "services: {a: {extends: b}}"},
        ["reference! compose.yaml 'b'"],
    ),
    ("no service named", {"compose.yaml": "services: {a: {extends: {}}}"}, ["schema! compose.yaml 'extends'"]),
    ("not a text", {"compose.yaml": "services: {a: {extends: {service: 5}}}"}, ["schema! compose.yaml '5'"]),
    ("itself", {"compose.yaml": "services: {a: {extends: a}}"}, ["cycle! compose.yaml 'a'"]),
    (
        "a circle",
        {"compose.yaml": "services: {a: {extends: b}, b: {extends: c}, c: {extends: a}}"},
        ["cycle! compose.yaml 'b'"],
    ),
    (
        "a circle of files",
        {
            "compose.yaml": "services: {a: {extends: {file: b.yaml, service: b}}}",
            "b.yaml": "services: {b: {extends: {file: compose.yaml, service: a}}}",
        },
        ["cycle! compose.yaml 'extends'"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in GAPS], ids=[case[0] for case in GAPS])
def test_what_extends_cannot_follow(tmp_path: Path, files: Files, expected: list[str]) -> None:
    folder = tmp_path / "project"
    loaded = Project(folder, files).load()
    assert sorted(said(loaded)) == sorted(expected)
    assert "extends" not in (data(at(loaded.root, "services.a")) or {})  # type: ignore[operator]


def test_long_chains_end(tmp_path: Path) -> None:
    services = "\n".join(f"  s{i}: {{extends: s{i + 1}}}" for i in range(100))
    loaded = Project(tmp_path, {"compose.yaml": f"services:\n{services}\n  s100: {{user: u}}\n"}).load()
    assert Kind.GAP in {d.kind for d in loaded.diagnostics}


def test_fans_of_extends_end(tmp_path: Path) -> None:
    labels = ", ".join(f"k{i}: v" for i in range(500))
    services = "\n".join(f"  s{i}: {{extends: b, labels: {{x: y}}}}" for i in range(100))
    text = f"services:\n  b: {{labels: {{{labels}}}}}\n{services}\n"
    loaded = Project(tmp_path, {"compose.yaml": text}).load(limits=Limits(expanded=10_000))
    gaps = [d for d in loaded.diagnostics if d.kind is Kind.GAP]
    assert 70 < len(gaps) < 90


INCLUDES: list[tuple[str, Files, Data]] = [
    (
        "short, seen from here",
        {
            "compose.yaml": "include: [sub/inc.yaml]",
            "sub/inc.yaml": "name: n\nx-y: z\nservices: {i: {build: {}, volumes: ['./d:/d']}}\nvolumes: {v: {}}",
        },
        {
            "services": {
                "i": {
                    "build": {"context": "sub"},
                    "volumes": [
                        {"type": "bind", "source": "sub/d", "target": "/d", "bind": {"create_host_path": True}}
                    ],
                }
            },
            "volumes": {"v": {}},
        },
    ),
    (
        "several paths, project directory",
        {
            "compose.yaml": "include: [{path: [a/one.yaml, b/two.yaml], project_directory: c}]",
            "a/one.yaml": "services: {i: {env_file: e, user: u}}",
            "b/two.yaml": "services: {i: {label_file: l, user: v}}",
            "c/e": "",
            "c/l": "",
        },
        {
            "services": {
                "i": {"env_file": [{"path": "c/e", "required": True}], "user": "v", "label_file": ["c/l"]},
            }
        },
    ),
    (
        "the local definition wins",
        {
            "compose.yaml": "include: [inc.yaml]\nservices: {i: {user: local, cap_add: [B]}}",
            "inc.yaml": "services: {i: {user: u, cap_add: [A]}}",
        },
        {"services": {"i": {"user": "local", "cap_add": ["A", "B"]}}},
    ),
    (
        "the first include wins, its items come last",
        {
            "compose.yaml": "include: [one.yaml, two.yaml]",
            "one.yaml": "services: {i: {user: one, cap_add: [A]}}",
            "two.yaml": "services: {i: {user: two, cap_add: [B]}}",
        },
        {"services": {"i": {"user": "one", "cap_add": ["B", "A"]}}},
    ),
    (
        "a diamond counts once",
        {
            "compose.yaml": "include: [x/one.yaml, x/two.yaml]",
            "x/one.yaml": "include: [z.yaml]",
            "x/two.yaml": "include: [z.yaml]",
            "x/z.yaml": "services: {z: {security_opt: [a], build: .}}",
        },
        {"services": {"z": {"security_opt": ["a"], "build": {"context": "x"}}}},
    ),
    (
        "an extended service of an include",
        {"compose.yaml": "include: [inc.yaml]\nservices: {a: {extends: i}}", "inc.yaml": "services: {i: {user: u}}"},
        {"services": {"i": {"user": "u"}, "a": {"user": "u"}}},
    ),
    (
        "reset of what is included",
        {
            "compose.yaml": "include: [inc.yaml]\nservices: {i: {privileged: !reset false, cap_add: !override [B]}}",
            "inc.yaml": "services: {i: {privileged: true, user: u, cap_add: [A]}}",
        },
        {"services": {"i": {"user": "u", "cap_add": ["B"]}}},
    ),
    (
        "variables: outer first, then the include's own",
        {
            "compose.yaml": "include: [{path: sub/inc.yaml}, {path: sub/other.yaml, env_file: own.env}]",
            ".env": "A=root\n",
            "own.env": "A=own\nB=own\n",
            "sub/.env": "A=sub\nB=sub-$A\n",
            "sub/inc.yaml": "services: {i: {hostname: $A-$B, environment: [B, C]}}",
            "sub/other.yaml": "services: {o: {hostname: $A-$B}}",
        },
        {
            "services": {
                "i": {"hostname": "root-sub-root", "environment": ["B=sub-root", "C"]},
                "o": {"hostname": "root-own"},
            }
        },
    ),
    (
        "no env file",
        {
            "compose.yaml": "include: [{path: sub/inc.yaml, env_file: /dev/null}]",
            "sub/.env": "B=sub\n",
            "sub/inc.yaml": "services: {i: {hostname: '${B:-none}'}}",
        },
        {"services": {"i": {"hostname": "none"}}},
    ),
    ("nothing", {"compose.yaml": "include:\nservices: {a: {user: u}}"}, {"services": {"a": {"user": "u"}}}),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in INCLUDES], ids=[case[0] for case in INCLUDES])
def test_include(tmp_path: Path, files: Files, expected: Data) -> None:
    loaded = Project(tmp_path, files).load()
    assert data(loaded.root) == expected
    assert not loaded.diagnostics


def test_the_way_and_place_of_what_is_included(tmp_path: Path) -> None:
    texts = {
        "compose.yaml": "include:\n  - inc.yaml\nservices: {j: {user: local}}\n",
        "inc.yaml": "services: {i: {user: u}, j: {user: v, tty: true}}",
    }
    root = Project(tmp_path, texts).load().root
    via = at(root, "services.i").via
    assert via is not None
    assert via.at is not None
    assert (via.way, text_of(via.at), at(root, "services.i").file.uri) == (Way.INCLUDE, "inc.yaml", "inc.yaml")
    assert at(root, "services.j").file.uri == "compose.yaml"
    assert way(root, "services.j.tty") == [Way.INCLUDE]
    assert way(root, "services.j.user") == [Way.OVERRIDE]


INCLUDE_GAPS: list[tuple[str, Files, list[str]]] = [
    ("missing", {"compose.yaml": "include: [no.yaml]"}, ["gap! compose.yaml 'no.yaml'"]),
    ("folder", {"compose.yaml": "include: [d]", "d/compose.yaml": ""}, ["gap! compose.yaml 'd'"]),
    ("remote", {"compose.yaml": "include: ['oci://h/x']"}, ["gap! compose.yaml \"'oci://h/x'\""]),
    ("git", {"compose.yaml": "include: ['git@h:x.git']"}, ["gap! compose.yaml \"'git@h:x.git'\""]),
    ("outside", {"compose.yaml": "include: [../x.yaml]"}, ["gap! compose.yaml '../x.yaml'"]),
    ("no list", {"compose.yaml": "include: a.yaml"}, ["schema! compose.yaml 'a.yaml'"]),
    ("no path", {"compose.yaml": "include: [{env_file: a}]"}, ["schema compose.yaml '{env_file: a}'"]),
    ("no text", {"compose.yaml": "include: [5]"}, ["schema! compose.yaml '5'"]),
    (
        "unknown",
        {"compose.yaml": "include: ['${U}']"},
        ["variable compose.yaml '${U}'", "gap! compose.yaml \"'${U}'\""],
    ),
    ("itself", {"compose.yaml": "include: [compose.yaml]"}, ["cycle! compose.yaml 'compose.yaml'"]),
    (
        "a circle",
        {"compose.yaml": "include: [a.yaml]", "a.yaml": "include: [b.yaml]", "b.yaml": "include: [a.yaml]"},
        ["cycle! b.yaml 'a.yaml'"],
    ),
    ("broken", {"compose.yaml": "include: [b.yaml]", "b.yaml": "a: ["}, ["unreadable! b.yaml ''"]),
    (
        "its own schema",
        {"compose.yaml": "include: [b.yaml]", "b.yaml": "services: {b: {nonsense: 1}}"},
        ["schema! b.yaml 'nonsense'"],
    ),
]


@pytest.mark.parametrize(
    ("files", "expected"), [case[1:] for case in INCLUDE_GAPS], ids=[case[0] for case in INCLUDE_GAPS]
)
def test_what_include_cannot_follow(tmp_path: Path, files: Files, expected: list[str]) -> None:
    texts = {**files, "compose.yaml": files["compose.yaml"] + "\nservices: {a: {user: u}}\n"}
    loaded = Project(tmp_path / "project", texts).load()
    assert said(loaded) == expected
    assert data(at(loaded.root, "services.a")) == {"user": "u"}


def test_includes_that_fan_out_end(tmp_path: Path) -> None:
    texts = {"compose.yaml": "include: [i0.yaml]\nservices: {a: {user: u}}"}
    for i in range(40):
        envs = f"[{{path: i{i + 1}.yaml, env_file: a.env}}, {{path: i{i + 1}.yaml, env_file: b.env}}]"
        texts[f"i{i}.yaml"] = f"include: {envs}\n"
    texts |= {"i40.yaml": "services: {z: {user: u}}", "a.env": "A=a\n", "b.env": "B=b\n"}
    loaded = Project(tmp_path, texts).load()
    assert data(at(loaded.root, "services.z")) == {"user": "u"}


def test_include_chains_end(tmp_path: Path) -> None:
    texts = {f"{i}.yaml": f"include: [{i + 1}.yaml]" for i in range(60)}
    loaded = Project(tmp_path, {**texts, "60.yaml": "services: {a: {user: u}}"}).load("0.yaml")
    assert [d.kind for d in loaded.diagnostics if d.refused][:1] == [Kind.GAP]


def test_a_name_without_value_that_extends_merged_takes_that_of_the_include(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "include: [{path: inc.yaml, env_file: some.env}]\n",
        "some.env": "D=x\n",
        "inc.yaml": (
            "services:\n  i: {image: x, extends: j, environment: {A: '1'}}\n  j: {image: x, environment: {D: null}}\n"
        ),
    }
    root = Project(tmp_path, files).load(strict=True).root
    assert data(at(root, "services.i.environment")) == {"A": "1", "D": "x"}
    assert data(at(root, "services.j.environment")) == {"D": None}
