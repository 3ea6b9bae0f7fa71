"""Merging, one case a row of the reference's table: a base, an override, and what both make."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.loading import Data, Project, at, data, said, text_of, way

from composeguard.source.node import Way

SERVICE = [
    # id, base, override, result
    ("scalar", "{hostname: a}", "{hostname: b}", {"hostname": "b"}),
    ("null keeps a scalar", "{hostname: a}", "{hostname: }", {"hostname": "a"}),
    ("null keeps a list", "{cap_add: [A]}", "{cap_add: }", {"cap_add": ["A"]}),
    ("list is appended", "{security_opt: [a]}", "{security_opt: [b]}", {"security_opt": ["a", "b"]}),
    ("equal items once", "{security_opt: [a]}", "{security_opt: [a, b]}", {"security_opt": ["a", "b"]}),
    ("command replaces", "{command: [a, b]}", "{command: [c]}", {"command": ["c"]}),
    ("null command replaces", "{command: [a, b]}", "{command: }", {"command": None}),
    ("empty entrypoint replaces", "{entrypoint: [a]}", "{entrypoint: []}", {"entrypoint": []}),
    (
        "healthcheck merges, its test replaces",
        "{healthcheck: {test: [CMD, a], retries: 3}}",
        "{healthcheck: {test: [CMD, b]}}",
        {"healthcheck": {"test": ["CMD", "b"], "retries": 3}},
    ),
    (
        "environment: two mappings",
        "{environment: {A: 1, B: 2}}",
        "{environment: {B: 3, C: }}",
        {"environment": {"A": 1, "B": 3, "C": None}},
    ),
    ("environment: two lists", "{environment: [A=1, B=2]}", "{environment: [B=3]}", {"environment": ["A=1", "B=3"]}),
    (
        "environment: list over mapping",
        "{environment: {A: 1, B: 2}}",
        "{environment: [B=3, C]}",
        {"environment": {"A": 1, "B": "3", "C": None}},
    ),
    (
        "environment: mapping over list",
        "{environment: [A=1=2, B]}",
        "{environment: {B: x}}",
        {"environment": {"A": "1=2", "B": "x"}},
    ),
    ("environment: null value unsets", "{environment: {A: 1}}", "{environment: {A: }}", {"environment": {"A": None}}),
    (
        "environment: what is no scalar becomes a text",
        "{environment: {A: a, M: x}}",
        "{environment: {A: [1, true], B: [], M: {b: [1, x], a: }}}",
        {"environment": {"A": "true", "M": "map[a:<nil> b:[1 x]]"}},
    ),
    ("labels by key", "{labels: [a=1]}", "{labels: [a=2, b]}", {"labels": ["a=2", "b"]}),
    ("sysctls by key", "{sysctls: {a: 1}}", "{sysctls: [a=2]}", {"sysctls": {"a": "2"}}),
    (
        "build: a text changes the context only",
        "{build: {context: a, target: t}}",
        "{build: b}",
        {"build": {"context": "b", "target": "t"}},
    ),
    (
        "build args by key",
        "{build: {context: a, args: {A: 1}}}",
        "{build: {args: [A=2]}}",
        {"build": {"context": "a", "args": {"A": "2"}}},
    ),
    (
        "networks: a name keeps the settings",
        "{networks: {n: {aliases: [a]}}}",
        "{networks: [n, m]}",
        {"networks": {"n": {"aliases": ["a"]}, "m": None}},
    ),
    ("dns: a text is appended", "{dns: 1.1.1.1}", "{dns: 8.8.8.8}", {"dns": ["1.1.1.1", "8.8.8.8"]}),
    ("dns: empty items vanish", "{dns: ['']}", "{dns: 8.8.8.8}", {"dns": ["8.8.8.8"]}),
    (
        "extra_hosts keep both addresses",
        "{extra_hosts: [h=1]}",
        "{extra_hosts: {h: '2'}}",
        {"extra_hosts": ["h=1", "h=2"]},
    ),
    ("tmpfs appended", "{tmpfs: /a}", "{tmpfs: [/a, /b]}", {"tmpfs": ["/a", "/b"]}),
    (
        "ulimits: mapping over number replaces",
        "{ulimits: {nofile: 10}}",
        "{ulimits: {nofile: {soft: 1, hard: 2}}}",
        {"ulimits": {"nofile": {"soft": 1, "hard": 2}}},
    ),
    (
        "logging of one driver merges",
        "{logging: {driver: d, options: {a: x}}}",
        "{logging: {options: {b: y}}}",
        {"logging": {"driver": "d", "options": {"a": "x", "b": "y"}}},
    ),
    (
        "logging of another driver replaces",
        "{logging: {driver: d, options: {a: x}}}",
        "{logging: {driver: e}}",
        {"logging": {"driver": "e"}},
    ),
    ("cap_add once", "{cap_add: [A]}", "{cap_add: [B, A]}", {"cap_add": ["A", "B"]}),
    ("expose: number and text are one", "{expose: [80]}", "{expose: ['80', 81]}", {"expose": ["80", "81"]}),
]


@pytest.mark.parametrize(("base", "over", "expected"), [case[1:] for case in SERVICE], ids=[c[0] for c in SERVICE])
def test_services_merge(tmp_path: Path, base: str, over: str, expected: Data) -> None:
    project = Project(
        tmp_path,
        {
            "compose.yaml": f"services: {{a: {base}}}\n",
            "over.yaml": f"services: {{a: {over}}}\n",
        },
    )
    loaded = project.load("compose.yaml", "over.yaml")
    assert data(at(loaded.root, "services.a")) == expected
    assert not loaded.diagnostics


def test_a_dependency_that_is_only_named_resets_the_condition(tmp_path: Path) -> None:
    base = "services: {a: {depends_on: {b: {condition: service_healthy, restart: true}}}}"
    project = Project(tmp_path, {"compose.yaml": base, "over.yaml": "services: {a: {depends_on: [b]}}"})
    loaded = project.load("compose.yaml", "over.yaml")
    expected = {"b": {"condition": "service_started", "restart": True, "required": True}}
    assert data(at(loaded.root, "services.a.depends_on")) == expected


PORTS = [
    ("[80:80]", "[127.0.0.1:80:80]", [(None, "80"), ("127.0.0.1", "80")]),
    ("['80:80']", "['0.0.0.0:80:80']", [("0.0.0.0", "80")]),
    ("['80:80']", "[{target: 80, published: '80'}]", [(None, "80")]),
    ("['80:80']", "[{target: 80, published: 80}]", [(None, "80"), (None, 80)]),
]


@pytest.mark.parametrize(("base", "over", "expected"), PORTS)
def test_ports_merge_by_address_and_ports(
    tmp_path: Path, base: str, over: str, expected: list[tuple[str | None, str | int]]
) -> None:
    texts = {"compose.yaml": f"services: {{a: {{ports: {base}}}}}", "over.yaml": f"services: {{a: {{ports: {over}}}}}"}
    ports = data(at(Project(tmp_path, texts).load("compose.yaml", "over.yaml").root, "services.a.ports"))
    assert isinstance(ports, list)
    assert [(port.get("host_ip"), port["published"]) for port in ports if isinstance(port, dict)] == expected


VOLUMES = [
    ("one file, last wins first place", "[/a:/x, /b:/y, '/c:/x']", "", ["/c /x", "/b /y"]),
    ("override replaces the whole mount", "[/a:/x:ro]", "[{type: bind, source: /b, target: /x}]", ["/b /x"]),
    ("targets are compared as written, then clean", "[/a:/x, '/b:/x/', '/c:/x']", "", ["/b /x"]),
    ("an unknown source has a known target", "['${U}:/x']", "['/b:/x']", ["/b /x"]),
    ("an unknown target stays apart", "['/a:${U}']", "['/b:/x']", ["/a ${U}", "/b /x"]),
]


@pytest.mark.parametrize(("base", "over", "expected"), [case[1:] for case in VOLUMES], ids=[c[0] for c in VOLUMES])
def test_mounts_replace_by_target(tmp_path: Path, base: str, over: str, expected: list[str]) -> None:
    texts = {
        "compose.yaml": f"services: {{a: {{volumes: {base}}}}}",
        "over.yaml": f"services: {{a: {{volumes: {over or '[]'}}}}}",
    }
    loaded = Project(tmp_path, texts).load("compose.yaml", "over.yaml")
    mounts = data(at(loaded.root, "services.a.volumes"))
    assert isinstance(mounts, list)
    assert [f"{mount['source']} {mount['target']}" for mount in mounts if isinstance(mount, dict)] == expected
    assert not [one for one in loaded.diagnostics if one.refused]


REFUSED = [
    ("{environment: {A: b}}", "{healthcheck: {test: }, environment: {A: c}}", None),
    ("{cap_add: [A]}", "{cap_add: A}", "'A'"),
    ("{healthcheck: {retries: 1}}", "{healthcheck: [x]}", "'healthcheck'"),
    ("{logging: {driver: d}}", "{logging: }", "'logging'"),
    ("{networks: {n: }}", "{networks: [{a: b}]}", "'networks'"),
    ("{ports: [{published: '80'}]}", "{}", "\"{published: '80'}\""),
    ("{cap_add: [[A]]}", "{}", "'[A]'"),
]


@pytest.mark.parametrize(("base", "over", "place"), REFUSED)
def test_what_cannot_merge_is_said_at_its_place(tmp_path: Path, base: str, over: str, place: str | None) -> None:
    texts = {"compose.yaml": f"services: {{a: {base}}}", "over.yaml": f"services: {{a: {over}}}"}
    loaded = Project(tmp_path, texts).load("compose.yaml", "over.yaml")
    places = [line.split(" ", 2)[2] for line in said(loaded) if line.startswith("schema!")]
    assert places == ([] if place is None else [place]) or (place is None and loaded.refused)
    assert isinstance(data(at(loaded.root, "services.a")), dict)


def test_subnets_merge_as_in_the_reference(tmp_path: Path) -> None:
    def networks(entries: str) -> str:
        return f"networks: {{n: {{ipam: {{config: [{entries}]}}}}}}"

    texts = {
        "compose.yaml": networks("{subnet: 10.0.0.0/24, gateway: 10.0.0.1}, {subnet: 10.1.0.0/24}"),
        "over.yaml": networks("{subnet: 10.0.0.0/24, gateway: 10.0.0.9}, {subnet: 10.2.0.0/24}"),
    }
    loaded = Project(tmp_path, texts).load("compose.yaml", "over.yaml")
    assert data(at(loaded.root, "networks.n.ipam.config")) == [
        {"subnet": "10.2.0.0/24", "gateway": "10.0.0.9"},
        {"subnet": "10.2.0.0/24"},
    ]


def test_values_keep_the_place_where_they_were_written(tmp_path: Path) -> None:
    texts = {
        "compose.yaml": "services:\n  a:\n    image: one\n    labels: [x=1, y=2]\n    cap_add: [A]\n",
        "over.yaml": "services:\n  a:\n    image: two\n    labels: [y=3]\n    cap_add: [B]\n",
    }
    root = Project(tmp_path, texts).load("compose.yaml", "over.yaml").root
    image = at(root, "services.a.image")
    assert (image.file.uri, text_of(image)) == ("over.yaml", "two")
    assert image.via is not None
    assert image.via.at is not None
    assert (image.via.way, image.via.at.file.uri, text_of(image.via.at)) == (Way.OVERRIDE, "compose.yaml", "one")
    assert at(root, "services.a").file.uri == "compose.yaml"
    assert [(text_of(at(root, f"services.a.labels.{i}")), way(root, f"services.a.labels.{i}")) for i in (0, 1)] == [
        ("x=1", []),
        ("y=3", [Way.OVERRIDE]),
    ]
    assert [at(root, f"services.a.cap_add.{i}").file.uri for i in (0, 1)] == ["compose.yaml", "over.yaml"]


RESETS = [
    ("single file", ["{image: x, privileged: !reset true}"], {"image": "x"}),
    ("earlier file", ["{image: x, user: u}", "{user: !reset }"], {"image": "x"}),
    ("override a list", ["{image: x, cap_add: [A]}", "{cap_add: !override [B]}"], {"image": "x", "cap_add": ["B"]}),
    ("an entry", ["{environment: {A: a, B: b}}", "{environment: {A: !reset }}"], {"environment": {"B": "b"}}),
    ("not in a list", ["{environment: [A=1]}", "{environment: {A: !reset }}"], {"environment": {"A": "1"}}),
    (
        "not in what merged from lists",
        ["{environment: {A: a}}", "{environment: {B: b}}", "{environment: {A: !reset }}"],
        {"environment": {"A": "a", "B": "b"}},
    ),
    ("an item of its own list", ["{cap_add: [A]}", "{cap_add: [!reset A, B]}"], {"cap_add": ["A", "B"]}),
    ("then set again", ["{user: a}", "{user: !reset }", "{user: b}"], {"user": "b"}),
    (
        "tags below an override mean nothing",
        ["{labels: {a: x}}", "{labels: !override {b: !reset y}}"],
        {"labels": {"b": "y"}},
    ),
]


@pytest.mark.parametrize("multi", [False, True], ids=["files", "documents"])
@pytest.mark.parametrize(("services", "expected"), [case[1:] for case in RESETS], ids=[c[0] for c in RESETS])
def test_reset_and_override(tmp_path: Path, services: list[str], expected: Data, multi: bool) -> None:
    texts = [f"services: {{a: {service}}}\n" for service in services]
    if multi:
        loaded = Project(tmp_path, {"compose.yaml": "---\n".join(texts)}).load()
    else:
        files = {f"{index}.yaml": text for index, text in enumerate(texts)}
        loaded = Project(tmp_path, files).load(*files)
    assert data(at(loaded.root, "services.a")) == expected


def test_a_tag_on_an_anchor_counts_where_the_alias_stands(tmp_path: Path) -> None:
    texts = {
        "compose.yaml": "services: {a: {image: x, user: u, labels: {a: b}}}",
        "over.yaml": "x-r: &r !reset null\nx-l: &l {labels: !reset }\nservices: {a: {user: *r, <<: *l}}",
    }
    loaded = Project(tmp_path, texts).load("compose.yaml", "over.yaml")
    assert data(at(loaded.root, "services.a")) == {"image": "x"}


@pytest.mark.parametrize("spelling", ["!res%65t", "!<!reset>"])
def test_a_disguised_reset_is_one(tmp_path: Path, spelling: str) -> None:
    loaded = Project(tmp_path, {"compose.yaml": f"services: {{a: {{image: x, user: {spelling} u}}}}"}).load()
    assert data(at(loaded.root, "services.a")) == {"image": "x"}
