"""From paths of the resolved project to the text: short syntax, forms, anchors, merge keys, extends, overrides."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec import Struct, field
from tests.fix_harness import Project, made_up_rule

from composeguard.engine.fix import Append, Operation, Plain, Remove, Set
from composeguard.fix.refusal import Refusal
from composeguard.fix.target import Locator
from composeguard.model.reading import Reading
from composeguard.source.node import Node
from composeguard.source.node import Path as Steps

HEAD = "services:\n  web:\n    image: a\n"
WEB = ("services", "web")


def put(*steps: str | int, to: Plain) -> Set:
    return Set((*WEB, *steps), to)


def drop(*steps: str | int) -> Remove:
    return Remove((*WEB, *steps))


def add(*steps: str | int, item: Plain) -> Append:
    return Append((*WEB, *steps), item)


class Case(Struct, frozen=True):
    name: str
    files: dict[str, str]
    operations: tuple[Operation, ...]
    after: dict[str, str]
    """What changes; nothing: the fix is refused for a reason that holds `why`."""
    why: str = ""
    mains: tuple[str, ...] = field(default=())


def one(name: str, before: str, operation: Operation, after: str) -> Case:
    return Case(name, {"compose.yaml": before}, (operation,), {"compose.yaml": after})


def no(name: str, before: str, operation: Operation, why: str) -> Case:
    return Case(name, {"compose.yaml": before}, (operation,), {}, why)


def ports(*items: str) -> str:
    return HEAD + "    ports:\n" + "".join(f"      - {item}\n" for item in items)


LOCAL = put("ports", 0, "host_ip", to="127.0.0.1")
COMMON = "x-common: &common\n  privileged: true\n  cap_add: [A]\n"
MERGED = COMMON + "services:\n  web:\n    <<: *common\n    image: a\n"
OTHER = "  db:\n    <<: *common\n    image: b\n"

CASES = [
    one("short port", ports("80:80"), LOCAL, ports("127.0.0.1:80:80")),
    one("quoted port", ports('"80:80"'), LOCAL, ports('"127.0.0.1:80:80"')),
    one("number as port", ports("80"), LOCAL, ports("127.0.0.1::80")),
    one("number among quoted ports", ports("80", '"81:81"'), LOCAL, ports('"127.0.0.1::80"', '"81:81"')),
    one("port with a variable", ports('"${P:-80}:80" # p'), LOCAL, ports('"127.0.0.1:${P:-80}:80" # p')),
    one("flow ports", HEAD + "    ports: [80, 81]\n", LOCAL, HEAD + "    ports: [127.0.0.1::80, 81]\n"),
    one("long port", ports("target: 80"), LOCAL, ports("target: 80\n        host_ip: 127.0.0.1")),
    one(
        "long port with an address",
        ports("{target: 80, host_ip: 0.0.0.0}"),
        LOCAL,
        ports("{target: 80, host_ip: 127.0.0.1}"),
    ),
    one("range of ports", ports("80-81:80-81"), LOCAL, ports("127.0.0.1:80-81:80-81")),
    one(
        "a port after a range",
        ports("80-81:80-81", "90:90"),
        put("ports", 2, "host_ip", to="::1"),
        ports("80-81:80-81", "[::1]:90:90").replace("[::1]:90:90", '"[::1]:90:90"'),
    ),
    no("one of a range of ports", ports("80-81:80-81"), drop("ports", 0), "several entries"),
    no("a port that is one variable", ports("${P:-80:80}"), LOCAL, "more than one part"),
    one("a port away", ports("80:80", "81:81"), drop("ports", 0), ports("81:81")),
    one("the only port away", ports("80:80"), drop("ports", 0), HEAD),
    one("quoting a port", ports("22:22"), Set((*WEB, "ports", 0), "22:22"), ports('"22:22"')),
    one(
        "short volume",
        HEAD + "    volumes:\n    - /a:/b # ab\n",
        put("volumes", 0, "read_only", to=True),
        HEAD + "    volumes:\n    - /a:/b:ro # ab\n",
    ),
    one(
        "long volume",
        HEAD + "    volumes:\n    - type: bind\n      source: /a\n      target: /b\n",
        put("volumes", 0, "read_only", to=True),
        HEAD + "    volumes:\n    - type: bind\n      source: /a\n      target: /b\n      read_only: true\n",
    ),
    one(
        "propagation away",
        HEAD + "    volumes: ['/a:/b:rshared']\n",
        drop("volumes", 0, "bind", "propagation"),
        HEAD + "    volumes: ['/a:/b']\n",
    ),
    one(
        "tmpfs option", HEAD + "    tmpfs:\n    - /t:exec\n", drop("tmpfs", 0, "exec"), HEAD + "    tmpfs:\n    - /t\n"
    ),
    one(
        "tmpfs as a text", HEAD + "    tmpfs: /t\n", put("tmpfs", 0, "size", to="1m"), HEAD + "    tmpfs: /t:size=1m\n"
    ),
    one(
        "one more tmpfs",
        HEAD + "    tmpfs: /t\n",
        add("tmpfs", item="/u"),
        HEAD + "    tmpfs:\n      - /t\n      - /u\n",
    ),
    one(
        "one more where there is none",
        HEAD,
        add("security_opt", item="no-new-privileges:true"),
        HEAD + "    security_opt:\n      - no-new-privileges:true\n",
    ),
    one(
        "one more where nothing is written",
        HEAD + "    cap_drop:\n",
        add("cap_drop", item="ALL"),
        HEAD + "    cap_drop:\n      - ALL\n",
    ),
    one(
        "nested keys that are not there",
        HEAD,
        put("logging", "options", "max-size", to="1m"),
        HEAD + "    logging:\n      options:\n        max-size: 1m\n",
    ),
    one(
        "nested keys, some there",
        HEAD + "    logging:\n      driver: x\n",
        put("logging", "options", "max-size", to="1m"),
        HEAD + "    logging:\n      driver: x\n      options:\n        max-size: 1m\n",
    ),
    one(
        "build as a text",
        HEAD + "    build: .\n",
        put("build", "args", to={"A": "b"}),
        HEAD + "    build:\n      context: .\n      args:\n        A: b\n",
    ),
    one(
        "dependency in a list",
        HEAD + "    depends_on: [db]\n  db:\n    image: b\n",
        put("depends_on", "db", "condition", to="service_healthy"),
        HEAD + "    depends_on: {db: {condition: service_healthy}}\n  db:\n    image: b\n",
    ),
    one(
        "dependency in a list of two",
        HEAD + "    depends_on:\n      - db\n      - x\n  db:\n    image: b\n  x:\n    image: b\n",
        put("depends_on", "db", "condition", to="service_healthy"),
        HEAD + "    depends_on:\n      db:\n        condition: service_healthy\n"
        "      x:\n        condition: service_started\n  db:\n    image: b\n  x:\n    image: b\n",
    ),
    one(
        "a variable of the container in a list",
        HEAD + "    environment:\n    - A=${X:-s} # a\n    - B\n",
        put("environment", "A", to="${A:?}"),
        HEAD + "    environment:\n    - A=${A:?} # a\n    - B\n",
    ),
    one(
        "a new variable of the container in a list",
        HEAD + "    environment:\n    - A=1\n",
        put("environment", "B", to=True),
        HEAD + "    environment:\n    - A=1\n    - B=true\n",
    ),
    one(
        "a variable of the container away",
        HEAD + "    environment: [A=1, B=2]\n",
        drop("environment", "A"),
        HEAD + "    environment: [B=2]\n",
    ),
    no(
        "a variable of the container with a name of parts",
        HEAD + "    environment: ['A$$=1']\n",
        put("environment", "A$", to="2"),
        "not written as it is",
    ),
    no("a word of a command in a text", HEAD + "    command: a b\n", drop("command", 0), "no place"),
    one("privileged by a variable", HEAD + "    privileged: ${P:-true}\n", drop("privileged"), HEAD),
    one("what the model leaves out", "version: '3'\n" + HEAD, Remove(("version",)), HEAD),
    # Sharing
    one("own key beside a merge key", MERGED, put("read_only", to=True), MERGED + "    read_only: true\n"),
    one(
        "own key against a merged one",
        MERGED + OTHER,
        put("privileged", to=False),
        MERGED + "    privileged: false\n" + OTHER,
    ),
    one(
        "own copy of a merged list",
        MERGED + OTHER,
        add("cap_add", item="B"),
        MERGED + "    cap_add:\n      - A\n      - B\n" + OTHER,
    ),
    one("merged, and nobody else has it", MERGED, drop("privileged"), MERGED.replace("  privileged: true\n", "")),
    no("merged, and others have it", MERGED + OTHER, drop("privileged"), "takes effect in db too"),
    no(
        "an anchor that another service uses",
        "services:\n  web: &w\n    privileged: true\n    image: a\n  db:\n    <<: *w\n",
        drop("privileged"),
        "takes effect in db too",
    ),
    no(
        "a new key that another service would get",
        "services:\n  web: &w\n    image: a\n  db:\n    <<: *w\n",
        put("init", to=True),
        "takes effect in db too",
    ),
    one(
        "a new key that the other service has itself",
        "services:\n  web: &w\n    image: a\n  db:\n    <<: *w\n    init: false\n",
        put("init", to=True),
        "services:\n  web: &w\n    image: a\n    init: true\n  db:\n    <<: *w\n    init: false\n",
    ),
    no(
        "a new key that would reach a service which overrides all others",
        "services:\n  web: &w\n    image: a\n  db:\n    <<: *w\n    image: b\n",
        put("init", to=True),
        "used elsewhere",
    ),
    no(
        "a new key that would reach an heir which overrides all others",
        "services:\n  web:\n    image: a\n  db:\n    extends: web\n    image: b\n",
        put("init", to=True),
        "takes effect in db too",
    ),
    no("a service that is an alias", "services:\n  db: &w\n    image: a\n  web: *w\n", put("init", to=True), "alias"),
    one(
        "a list that is an alias",
        "x-p: &p [A]\n" + HEAD + "    cap_add: *p\n  db:\n    image: b\n    cap_add: *p\n",
        add("cap_add", item="B"),
        "x-p: &p [A]\n" + HEAD + "    cap_add:\n      - A\n      - B\n  db:\n    image: b\n    cap_add: *p\n",
    ),
    no(
        "an item of a list that is an alias",
        "x-p: &p [A, B]\n" + HEAD + "    cap_add: *p\n  db:\n    image: b\n    cap_add: *p\n",
        drop("cap_add", 0),
        "takes effect in db too",
    ),
    one(
        "the alias itself",
        "x-p: &p [A, B]\n" + HEAD + "    cap_add: *p\n  db:\n    image: b\n    cap_add: *p\n",
        drop("cap_add"),
        "x-p: &p [A, B]\n" + HEAD + "  db:\n    image: b\n    cap_add: *p\n",
    ),
    one(
        "own key against an inherited one",
        "services:\n  db:\n    image: b\n    privileged: true\n  web:\n    extends: db\n",
        put("privileged", to=False),
        "services:\n  db:\n    image: b\n    privileged: true\n  web:\n    extends: db\n    privileged: false\n",
    ),
    one(
        "one more than inherited",
        "services:\n  db:\n    image: b\n    cap_drop: [A]\n  web:\n    extends: db\n",
        add("cap_drop", item="ALL"),
        "services:\n  db:\n    image: b\n    cap_drop: [A]\n  web:\n    extends: db\n    cap_drop:\n      - ALL\n",
    ),
    no(
        "an inherited key away",
        "services:\n  db:\n    image: b\n    privileged: true\n  web:\n    extends: db\n",
        drop("privileged"),
        "takes effect in db too",
    ),
    no(
        "a key away that others inherit",
        "services:\n  web:\n    image: b\n    privileged: true\n  db:\n    extends: web\n",
        drop("privileged"),
        "takes effect in db too",
    ),
    no("a reset key", HEAD + "    privileged: !reset true\n", put("privileged", to=False), "!reset"),
    no("a file with entries that no one reads", HEAD + "    labels: {1: 2}\n", put("init", to=True), "cannot be read"),
    no("nothing there", HEAD, drop("privileged"), "nothing stands"),
    Case(
        "inherited from another file",
        {
            "compose.yaml": "services:\n  web:\n    extends: {file: base.yaml, service: b}\n",
            "base.yaml": "services:\n  b:\n    image: b\n    privileged: true\n",
        },
        (drop("privileged"),),
        {},
        "another file",
    ),
    Case(
        "included",
        {"compose.yaml": "include: [sub.yaml]\n", "sub.yaml": HEAD + "    privileged: true\n"},
        (drop("privileged"),),
        {"sub.yaml": HEAD},
    ),
    Case(
        "in the override",
        {
            "compose.yaml": HEAD,
            "compose.override.yaml": "services:\n  web:\n    privileged: true # p\n    init: true\n",
        },
        (drop("privileged"),),
        {"compose.override.yaml": "services:\n  web:\n    init: true\n"},
        mains=("compose.yaml", "compose.override.yaml"),
    ),
    Case(
        "an item of the override, a key in the base",
        {"compose.yaml": HEAD + "    ports: [80:80]\n", "o.yaml": "services:\n  web:\n    ports:\n    - 81:81\n"},
        (put("ports", 1, "host_ip", to="127.0.0.1"), put("init", to=True)),
        {
            "compose.yaml": HEAD + "    ports: [80:80]\n    init: true\n",
            "o.yaml": "services:\n  web:\n    ports:\n    - 127.0.0.1:81:81\n",
        },
        mains=("compose.yaml", "o.yaml"),
    ),
    Case(
        "the second document",
        {"compose.yaml": HEAD + "---\nservices:\n  web:\n    privileged: true\n    init: true\n"},
        (drop("privileged"),),
        {"compose.yaml": HEAD + "---\nservices:\n  web:\n    init: true\n"},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_target(case: Case, tmp_path: Path) -> None:
    asked = 0

    def wish(reading: Reading) -> list[tuple[Steps, tuple[Operation, ...]]]:
        nonlocal asked
        asked += 1
        return [(WEB, case.operations)] if asked == 1 or not case.after else []

    project = Project(tmp_path, case.files, [made_up_rule(wish)], *case.mains)
    planned = project.plan()
    assert project.texts(planned) == case.after
    if case.why:
        assert [case.why in each.reason for each in planned.refused] == [True], planned.refused
    else:
        assert not planned.refused
        assert planned.applied


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_new_key_goes_where_the_long_way_leads(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short way for keys of a service's own is no other rule."""
    root = Project(tmp_path, case.files, (), *case.mains).check().root
    sections = {key: entries for key, entries in _entries(root) if key in ("services", "jobs", "networks", "volumes")}
    operations: list[Operation] = [
        operation
        for section, entries in sections.items()
        for name, entry in _entries(entries)
        for key in (*dict(_entries(entry)), "new")
        for operation in (Set((section, name, key), True), Append((section, name, key), "a"))
    ]
    assert operations
    short = [_where(Locator(root), operation) for operation in operations]
    monkeypatch.setattr(Locator, "_new_key", lambda *_: None)
    assert [_where(Locator(root), operation) for operation in operations] == short


def _entries(node: Node) -> Iterable[tuple[str, Node]]:
    return node.value.items() if isinstance(node.value, dict) else ()


def _where(locator: Locator, operation: Operation) -> object:
    try:
        found = locator.locate(operation)
    except Refusal as refusal:
        return refusal.reason
    return found.file.uri, found.document, repr(found.operation), found.needs
