"""Operations as text edits, in many styles. Every case is proved, edited a second time, and compared byte by byte."""

from __future__ import annotations

import pytest
from msgspec import Struct
from tests.fix_harness import edit

from composeguard.engine.fix import Append, Operation, Plain, Remove, Rename, Set
from composeguard.fix.refusal import Refusal

WEB = ("services", "web")


def put(key: str, value: Plain) -> Set:
    return Set((*WEB, *key.split(".")), value)


def add(key: str, value: Plain) -> Append:
    return Append((*WEB, *key.split(".")), value)


def drop(*steps: str | int) -> Remove:
    return Remove((*WEB, *steps))


class Case(Struct, frozen=True):
    name: str
    before: str
    operations: tuple[Operation, ...]
    after: str
    lost: tuple[str, ...] = ()


def case(name: str, before: str, operations: Operation | tuple[Operation, ...], after: str, *lost: str) -> Case:
    return Case(name, before, operations if isinstance(operations, tuple) else (operations,), after, lost)


HEAD = "services:\n  web:\n    image: a\n"
TAIL = "  db:\n    image: b\n"

NEW_KEYS = [
    case("at the end", HEAD, put("read_only", True), HEAD + "    read_only: true\n"),
    case("before the next service", HEAD + TAIL, put("read_only", True), HEAD + "    read_only: true\n" + TAIL),
    case("before a blank line", HEAD + "\n" + TAIL, put("init", True), HEAD + "    init: true\n\n" + TAIL),
    case("without final newline", HEAD[:-1], put("init", True), HEAD + "    init: true"),
    case(
        "two, without final newline",
        HEAD[:-1],
        (put("init", True), put("tty", False)),
        HEAD + "    init: true\n    tty: false",
    ),
    case(
        "carriage returns",
        (HEAD + TAIL).replace("\n", "\r\n"),
        put("init", True),
        (HEAD + "    init: true\n" + TAIL).replace("\n", "\r\n"),
    ),
    case(
        "mixed newlines take the one above",
        "services:\r\n  web:\n    image: a\n  db:\r\n    image: b\r\n",
        put("init", True),
        "services:\r\n  web:\n    image: a\n    init: true\n  db:\r\n    image: b\r\n",
    ),
    case(
        "mixed newlines take the one above, the other way",
        "services:\n  web:\n    image: a\r\n  db:\n    image: b\n",
        put("init", True),
        "services:\n  web:\n    image: a\r\n    init: true\r\n  db:\n    image: b\n",
    ),
    case(
        "wide indentation",
        "services:\n    web:\n        image: a\n",
        put("logging", {"options": {"max-size": "10m"}}),
        "services:\n    web:\n        image: a\n"
        "        logging:\n            options:\n                max-size: 10m\n",
    ),
    case(
        "uneven indentation",
        "services:\n   web:\n       image: a\n",
        put("init", True),
        "services:\n   web:\n       image: a\n       init: true\n",
    ),
    case(
        "own trailing comment stays with its line",
        HEAD[:-1] + " # why\n" + TAIL,
        put("init", True),
        HEAD[:-1] + " # why\n    init: true\n" + TAIL,
    ),
    case(
        "comments of the mapping stay with it",
        HEAD + "    # build: .\n  # the database\n" + TAIL,
        put("init", True),
        HEAD + "    # build: .\n    init: true\n  # the database\n" + TAIL,
    ),
    case(
        "comments of the next service stay with it",
        HEAD + "  # the database\n" + TAIL,
        put("init", True),
        HEAD + "    init: true\n  # the database\n" + TAIL,
    ),
    case(
        "after a tab",
        "services:\n  web:\n    image: a\t\n",
        put("init", True),
        "services:\n  web:\n    image: a\t\n    init: true\n",
    ),
    case(
        "beside its kind",
        "services:\n  web:\n    cap_add:\n      - X\n    image: a\n",
        put("cap_drop", ["ALL"]),
        "services:\n  web:\n    cap_add:\n      - X\n    cap_drop:\n      - ALL\n    image: a\n",
    ),
    case(
        "beside its kind, past its own comments",
        "services:\n  web:\n    cap_add:\n      - X # x\n      # - Y\n    # the image\n    image: a\n",
        put("cap_drop", ["ALL"]),
        "services:\n  web:\n    cap_add:\n      - X # x\n      # - Y\n"
        "    cap_drop:\n      - ALL\n    # the image\n    image: a\n",
    ),
    case(
        "before its kind there is none: after the one that follows in the group",
        "services:\n  web:\n    security_opt: [a]\n    image: a\n",
        put("read_only", True),
        "services:\n  web:\n    security_opt: [a]\n    read_only: true\n    image: a\n",
    ),
    case(
        "a list as the siblings have it: without indentation",
        "services:\n  web:\n    ports:\n    - 80\n    image: a\n",
        put("cap_drop", ["ALL"]),
        "services:\n  web:\n    ports:\n    - 80\n    image: a\n    cap_drop:\n    - ALL\n",
    ),
    case(
        "a list as other services have it",
        HEAD + "  db:\n    ports:\n    - 80\n",
        put("cap_drop", ["ALL"]),
        HEAD + "    cap_drop:\n    - ALL\n" + "  db:\n    ports:\n    - 80\n",
    ),
    case(
        "a list as the siblings have it: flow",
        "services:\n  web:\n    ports: [80]\n",
        put("cap_drop", ["ALL"]),
        "services:\n  web:\n    ports: [80]\n    cap_drop: [ALL]\n",
    ),
    case("a list in a file without any", HEAD, put("cap_drop", ["ALL"]), HEAD + "    cap_drop:\n      - ALL\n"),
    case(
        "a list of mappings",
        HEAD,
        put("volumes", [{"type": "bind", "source": "/a", "bind": {"selinux": "z"}}]),
        HEAD + "    volumes:\n      - type: bind\n        source: /a\n        bind:\n          selinux: z\n",
    ),
    case("an empty list", HEAD, put("command", []), HEAD + "    command: []\n"),
    case("an empty mapping", HEAD, put("labels", {}), HEAD + "    labels: {}\n"),
    case("a null", HEAD, put("networks", {"front": None}), HEAD + "    networks:\n      front:\n"),
    case("numbers", HEAD, (put("cpus", 0.5), put("pids_limit", 100)), HEAD + "    cpus: 0.5\n    pids_limit: 100\n"),
    case(
        "behind a block scalar",
        HEAD + "    command: |\n      a\n\n" + TAIL,
        put("init", True),
        HEAD + "    command: |\n      a\n    init: true\n\n" + TAIL,
    ),
    case(
        "behind a block scalar that keeps its blank lines",
        HEAD + "    command: |+\n      a\n\n" + TAIL,
        put("init", True),
        HEAD + "    command: |+\n      a\n\n    init: true\n" + TAIL,
    ),
    case(
        "not behind a block scalar that ends the text",
        HEAD + "    command: |\n      a",
        put("init", True),
        HEAD + "    init: true\n    command: |\n      a",
    ),
    case(
        "behind a text of several lines",
        HEAD + "    command: a\n      b\n\n      c\n",
        put("init", True),
        HEAD + "    command: a\n      b\n\n      c\n    init: true\n",
    ),
    case(
        "behind quotes over several lines",
        HEAD + '    command: "a\n      b # no comment\n      c"\n',
        put("init", True),
        HEAD + '    command: "a\n      b # no comment\n      c"\n    init: true\n',
    ),
    case(
        "behind a flow list over several lines",
        HEAD + "    command: [\n      a,\n      b\n    ]\n" + TAIL,
        put("init", True),
        HEAD + "    command: [\n      a,\n      b\n    ]\n    init: true\n" + TAIL,
    ),
    case(
        "behind an alias",
        "x: &x {a: b}\n" + HEAD + "    labels: *x\n",
        put("init", True),
        "x: &x {a: b}\n" + HEAD + "    labels: *x\n    init: true\n",
    ),
    case(
        "a mapping with an anchor",
        "services:\n  web: &w\n    image: a\n",
        put("init", True),
        "services:\n  web: &w\n    image: a\n    init: true\n",
    ),
    case(
        "a mapping with a merge key",
        "x: &x\n  a: b\n" + HEAD + "    <<: *x\n",
        put("init", True),
        "x: &x\n  a: b\n" + HEAD + "    <<: *x\n    init: true\n",
    ),
    case(
        "before the end of the document",
        "---\n" + HEAD + "...\n",
        put("init", True),
        "---\n" + HEAD + "    init: true\n...\n",
    ),
    case("a comment at the end of the file", HEAD + "# end", put("init", True), HEAD + "    init: true\n# end"),
    case(
        "two mappings that end at one place",
        HEAD + "    labels:\n      a: b\n",
        (put("init", True), put("labels.c", "d")),
        HEAD + "    labels:\n      a: b\n      c: d\n    init: true\n",
    ),
    case("a key at the top", HEAD, Set(("name",), "x"), HEAD + "name: x\n"),
    case(
        "quoted keys",
        'services:\n  web:\n    "image": a\n',
        put("init", True),
        'services:\n  web:\n    "image": a\n    "init": true\n',
    ),
]

FLOW = [
    case("one line", "services: {web: {image: a}}\n", put("init", True), "services: {web: {image: a, init: true}}\n"),
    case(
        "one line, padded",
        "services: { web: { image: a } }",
        put("init", True),
        "services: { web: { image: a, init: true } }",
    ),
    case("empty", HEAD + "    labels: {}\n", put("labels.a", "b"), HEAD + "    labels: {a: b}\n"),
    case("empty, padded", HEAD + "    labels: { }\n", put("labels.a", "b"), HEAD + "    labels: { a: b }\n"),
    case("empty list", HEAD + "    cap_add: [] # c\n", add("cap_add", "A"), HEAD + "    cap_add: [A] # c\n"),
    case(
        "empty with a comment",
        HEAD + "    cap_add: [ # c\n    ]\n",
        add("cap_add", "A"),
        HEAD + "    cap_add: [A # c\n    ]\n",
    ),
    case("list", HEAD + "    cap_add: [A, B]\n", add("cap_add", "C"), HEAD + "    cap_add: [A, B, C]\n"),
    case("tight list", HEAD + "    cap_add: [A,B]\n", add("cap_add", "C"), HEAD + "    cap_add: [A,B,C]\n"),
    case(
        "quotes as neighbours",
        HEAD + "    cap_add: ['A', 'B']\n",
        add("cap_add", "C"),
        HEAD + "    cap_add: ['A', 'B', 'C']\n",
    ),
    case("trailing comma", HEAD + "    cap_add: [A, B,]\n", add("cap_add", "C"), HEAD + "    cap_add: [A, B, C,]\n"),
    case(
        "needs quotes in flow", HEAD + "    tmpfs: [/a]\n", add("tmpfs", "/b:x,y"), HEAD + '    tmpfs: [/a, "/b:x,y"]\n'
    ),
    case(
        "lines",
        HEAD + "    cap_add: [\n      A, # a\n      B # b\n    ]\n",
        add("cap_add", "C"),
        HEAD + "    cap_add: [\n      A, # a\n      B, # b\n      C\n    ]\n",
    ),
    case(
        "lines with a trailing comma",
        HEAD + "    cap_add: [\n      A,\n      B, # b\n    ]\n",
        add("cap_add", "C"),
        HEAD + "    cap_add: [\n      A,\n      B, # b\n      C,\n    ]\n",
    ),
    case(
        "lines, the bracket behind the last",
        HEAD + "    cap_add: [\n      A,\n      B]\n",
        add("cap_add", "C"),
        HEAD + "    cap_add: [\n      A,\n      B, C]\n",
    ),
    case(
        "json on a line",
        '{"services":{"web":{"image":"a"}}}',
        put("init", True),
        '{"services":{"web":{"image":"a", "init":true}}}',
    ),
    case(
        "json on lines",
        '{\n\t"services": {\n\t\t"web": {\n\t\t\t"image": "a"\n\t\t}\n\t}\n}\n',
        (put("cap_drop", ["ALL"]), put("user", "1000")),
        '{\n\t"services": {\n\t\t"web": {\n\t\t\t"image": "a",\n\t\t\t"cap_drop": ["ALL"],\n'
        '\t\t\t"user": "1000"\n\t\t}\n\t}\n}\n',
    ),
    case(
        "json in the middle",
        '{"services": {"web": {\n  "read_only": true,\n  "image": "a"\n}}}\n',
        put("tmpfs", ["/tmp"]),
        '{"services": {"web": {\n  "read_only": true,\n  "tmpfs": ["/tmp"],\n  "image": "a"\n}}}\n',
    ),
    case(
        "json list",
        '{"services": {"web": {"cap_add": ["A"]}}}',
        add("cap_add", "B"),
        '{"services": {"web": {"cap_add": ["A", "B"]}}}',
    ),
    case(
        "json value",
        '{"services": {"web": {"user": "root"}}}',
        put("user", "1"),
        '{"services": {"web": {"user": "1"}}}',
    ),
    case(
        "nested empties",
        "services: {web: {}}",
        put("a", {"b": [1, {"c": None}]}),
        "services: {web: {a: {b: [1, {c: null}]}}}",
    ),
]

LISTS = [
    case(
        "indented",
        HEAD + "    cap_add:\n      - A\n" + TAIL,
        add("cap_add", "B"),
        HEAD + "    cap_add:\n      - A\n      - B\n" + TAIL,
    ),
    case(
        "not indented",
        HEAD + "    cap_add:\n    - A\n" + TAIL,
        add("cap_add", "B"),
        HEAD + "    cap_add:\n    - A\n    - B\n" + TAIL,
    ),
    case(
        "comment of the next key",
        "services:\n  web:\n    cap_add:\n    - A\n    # the image\n    image: a\n",
        add("cap_add", "B"),
        "services:\n  web:\n    cap_add:\n    - A\n    - B\n    # the image\n    image: a\n",
    ),
    case(
        "comment of the list",
        HEAD + "    cap_add:\n      - A\n      # - X\n" + TAIL,
        add("cap_add", "B"),
        HEAD + "    cap_add:\n      - A\n      # - X\n      - B\n" + TAIL,
    ),
    case(
        "quotes as neighbours",
        HEAD + '    cap_add:\n      - "A"\n',
        add("cap_add", "B"),
        HEAD + '    cap_add:\n      - "A"\n      - "B"\n',
    ),
    case(
        "wide dashes",
        HEAD + "    cap_add:\n      -   A\n",
        add("cap_add", "B"),
        HEAD + "    cap_add:\n      -   A\n      -   B\n",
    ),
    case(
        "a mapping in a list",
        HEAD + "    volumes:\n      - type: bind\n        source: /a\n",
        add("volumes", {"type": "tmpfs", "target": "/t"}),
        HEAD + "    volumes:\n      - type: bind\n        source: /a\n      - type: tmpfs\n        target: /t\n",
    ),
    case(
        "two items",
        HEAD + "    cap_add:\n      - A\n",
        (add("cap_add", "B"), add("cap_add", "C")),
        HEAD + "    cap_add:\n      - A\n      - B\n      - C\n",
    ),
    case(
        "no final newline",
        HEAD + "    cap_add:\n      - A",
        add("cap_add", "B"),
        HEAD + "    cap_add:\n      - A\n      - B",
    ),
    case(
        "a key of an item",
        HEAD + "    volumes:\n      - type: bind\n      - x\n",
        Set((*WEB, "volumes", 0, "read_only"), True),
        HEAD + "    volumes:\n      - type: bind\n        read_only: true\n      - x\n",
    ),
    case(
        "an item on the next line",
        HEAD + "    volumes:\n      -\n        type: bind\n",
        Set((*WEB, "volumes", 0, "read_only"), True),
        HEAD + "    volumes:\n      -\n        type: bind\n        read_only: true\n",
    ),
    case(
        "with a tag",
        HEAD + "    ports: !override\n      - 80\n",
        add("ports", 81),
        HEAD + "    ports: !override\n      - 80\n      - 81\n",
    ),
    case(
        "with an anchor",
        HEAD + "    ports: &p\n      - 80\n",
        add("ports", 81),
        HEAD + "    ports: &p\n      - 80\n      - 81\n",
    ),
]

REMOVED = [
    case(
        "the last key of a mapping with an anchor",
        "services:\n  web: &w  # the web\n    image: a\n  db: {image: b}\n",
        drop("image"),
        "services:\n  web: &w {}  # the web\n  db: {image: b}\n",
    ),
    case("a key", HEAD + "    privileged: true\n" + TAIL, drop("privileged"), HEAD + TAIL),
    case("the first key", "services:\n  web:\n    privileged: true\n    image: a\n", drop("privileged"), HEAD),
    case("with its comment", HEAD + "    privileged: true # for tests\n", drop("privileged"), HEAD, "# for tests"),
    case(
        "the comment above stays",
        HEAD + "    # why\n    privileged: true\n    init: true\n",
        drop("privileged"),
        HEAD + "    # why\n    init: true\n",
    ),
    case(
        "the comment above goes where nothing else can be meant",
        HEAD + "    tty: true\n    # why,\n    # and how\n    privileged: true\n\n    init: true\n",
        drop("privileged"),
        HEAD + "    tty: true\n\n    init: true\n",
        "# why,",
        "# and how",
    ),
    case(
        "the comment above goes where each has one",
        HEAD + "    # why\n    privileged: true\n    # how\n    init: true\n",
        drop("privileged"),
        HEAD + "    # how\n    init: true\n",
        "# why",
    ),
    case(
        "the comment above goes where it speaks of the key",
        HEAD + "    # Privileged for now\n    privileged: true\n    init: true\n",
        drop("privileged"),
        HEAD + "    init: true\n",
        "# Privileged for now",
    ),
    case(
        "the comment above goes where all go that it can mean",
        HEAD + "    # for the debugger\n    privileged: true\n    init: true\n\n    tty: true\n",
        (drop("privileged"), drop("init")),
        HEAD + "\n    tty: true\n",
        "# for the debugger",
    ),
    case(
        "the comment above the first stays",
        "services:\n  web:\n    # the proxy\n    privileged: true\n\n    image: a\n",
        drop("privileged"),
        "services:\n  web:\n    # the proxy\n\n    image: a\n",
    ),
    case(
        "what is switched off stays",
        HEAD + "    # user: app\n    privileged: true\n" + TAIL,
        drop("privileged"),
        HEAD + "    # user: app\n" + TAIL,
    ),
    case(
        "a comment that accepts findings of the key goes, a heading stays",
        HEAD + "    # hardening\n    # composeguard: ignore[CG101] why\n    privileged: true\n    init: true\n",
        drop("privileged"),
        HEAD + "    # hardening\n    init: true\n",
        "# composeguard: ignore[CG101] why",
    ),
    case(
        "the comment above an item",
        HEAD + "    cap_add:\n      # a\n      - A\n      # b\n      - B\n      # c\n    init: true\n",
        drop("cap_add", 1),
        HEAD + "    cap_add:\n      # a\n      - A\n      # c\n    init: true\n",
        "# b",
    ),
    case(
        "the comment above the last item of a list without indentation",
        HEAD + "    cap_add:\n    - A\n    # b\n    - B\n    init: true\n",
        drop("cap_add", 1),
        HEAD + "    cap_add:\n    - A\n    init: true\n",
        "# b",
    ),
    case(
        "the comments below that are deeper",
        HEAD + "    cap_add:\n      - A\n\n      # - B\n    # next\n    init: true\n",
        drop("cap_add"),
        HEAD + "    # next\n    init: true\n",
        "# - B",
    ),
    case(
        "the comments below that are deeper, behind a block scalar",
        HEAD + "    command: |\n      a\n    cap_add:\n      - A\n      # - B\n    init: true\n",
        drop("cap_add"),
        HEAD + "    command: |\n      a\n    init: true\n",
        "# - B",
    ),
    case(
        "the head of a file stays",
        "# Under the License, Version 2\nversion: '3'\n\n" + HEAD,
        Remove(("version",)),
        "# Under the License, Version 2\n\n" + HEAD,
    ),
    case("the last line of a file without final newline", HEAD + "    privileged: true", drop("privileged"), HEAD[:-1]),
    case(
        "carriage returns",
        (HEAD + "    privileged: true\n" + TAIL).replace("\n", "\r\n"),
        drop("privileged"),
        (HEAD + TAIL).replace("\n", "\r\n"),
    ),
    case(
        "carriage returns, no final newline",
        (HEAD + "    privileged: true").replace("\n", "\r\n"),
        drop("privileged"),
        HEAD.replace("\n", "\r\n")[:-2],
    ),
    case("a key without value", HEAD + "    privileged:\n" + TAIL, drop("privileged"), HEAD + TAIL),
    case(
        "a block",
        HEAD + "    build:\n      context: .\n      args:\n        - A=1 # one\n" + TAIL,
        drop("build"),
        HEAD + TAIL,
        "# one",
    ),
    case("a block scalar", HEAD + "    command: |\n      a\n      # b\n\n" + TAIL, drop("command"), HEAD + "\n" + TAIL),
    case("quotes over lines", HEAD + '    command: "a\n      b"\n' + TAIL, drop("command"), HEAD + TAIL),
    case(
        "an item", HEAD + "    cap_add:\n      - A\n      - B\n", drop("cap_add", 0), HEAD + "    cap_add:\n      - B\n"
    ),
    case(
        "an item, the last",
        HEAD + "    cap_add:\n      - A\n      - B\n" + TAIL,
        drop("cap_add", 1),
        HEAD + "    cap_add:\n      - A\n" + TAIL,
    ),
    case(
        "two items",
        HEAD + "    cap_add:\n    - A\n    - B\n    - C\n",
        (drop("cap_add", 0), drop("cap_add", 2)),
        HEAD + "    cap_add:\n    - B\n",
    ),
    case("the only item", HEAD + "    cap_add:\n      - A\n" + TAIL, drop("cap_add", 0), HEAD + TAIL),
    case(
        "all items",
        HEAD + "    cap_add:\n      - A\n      - B\n" + TAIL,
        (drop("cap_add", 1), drop("cap_add", 0)),
        HEAD + TAIL,
    ),
    case(
        "the only item of a command",
        HEAD + "    command:\n      - A\n" + TAIL,
        drop("command", 0),
        HEAD + "    command: []\n" + TAIL,
    ),
    case(
        "the only key of a service",
        "services:\n  web:\n    privileged: true\n",
        drop("privileged"),
        "services:\n  web: {}\n",
    ),
    case(
        "the only key, twice over",
        HEAD + "    deploy:\n      resources:\n        limits:\n          memory: 0\n",
        drop("deploy", "resources", "limits", "memory"),
        HEAD,
    ),
    case(
        "the only item beside a merge key",
        "x: &x {cap_add: [B]}\n" + HEAD + "    <<: *x\n    cap_add:\n    - A\n",
        drop("cap_add", 0),
        "x: &x {cap_add: [B]}\n" + HEAD + "    <<: *x\n    cap_add: []\n",
    ),
    case(
        "all items and one more",
        HEAD + "    cap_add:\n      - A\n",
        (drop("cap_add", 0), add("cap_add", "B")),
        HEAD + "    cap_add:\n      - B\n",
    ),
    case(
        "an item and one more",
        HEAD + "    cap_add:\n      - A\n      - C\n",
        (drop("cap_add", 1), add("cap_add", "B")),
        HEAD + "    cap_add:\n      - A\n      - B\n",
    ),
    case(
        "the first key of an item",
        HEAD + "    volumes:\n      - type: bind # t\n        source: x\n",
        drop("volumes", 0, "type"),
        HEAD + "    volumes:\n      - source: x\n",
        "# t",
    ),
    case(
        "the first key of an item, comments below",
        HEAD + "    volumes:\n      - type: bind\n        # s\n        source: x\n",
        drop("volumes", 0, "type"),
        HEAD + "    volumes:\n      - # s\n        source: x\n",
    ),
    case(
        "an item that is a mapping",
        HEAD + "    volumes:\n      - type: bind\n        source: x\n      - y\n",
        drop("volumes", 0),
        HEAD + "    volumes:\n      - y\n",
    ),
    case(
        "an item on the next line",
        HEAD + "    cap_add:\n      - # c\n        A\n      - B\n",
        drop("cap_add", 0),
        HEAD + "    cap_add:\n      - B\n",
        "# c",
    ),
    case("flow, the first", HEAD + "    cap_add: [A, B, C]\n", drop("cap_add", 0), HEAD + "    cap_add: [B, C]\n"),
    case("flow, in the middle", HEAD + "    cap_add: [A, B, C]\n", drop("cap_add", 1), HEAD + "    cap_add: [A, C]\n"),
    case("flow, the last", HEAD + "    cap_add: [A, B, C]\n", drop("cap_add", 2), HEAD + "    cap_add: [A, B]\n"),
    case(
        "flow, the last before a comma",
        HEAD + "    cap_add: [A, B, C,]\n",
        drop("cap_add", 2),
        HEAD + "    cap_add: [A, B,]\n",
    ),
    case(
        "flow, the last two",
        HEAD + "    cap_add: [A, B, C]\n",
        (drop("cap_add", 2), drop("cap_add", 1)),
        HEAD + "    cap_add: [A]\n",
    ),
    case(
        "flow, the first and the last",
        HEAD + "    cap_add: [A, B, C]\n",
        (drop("cap_add", 0), drop("cap_add", 2)),
        HEAD + "    cap_add: [B]\n",
    ),
    case("flow, all", HEAD + "    cap_add: [A, B]\n" + TAIL, (drop("cap_add", 0), drop("cap_add", 1)), HEAD + TAIL),
    case(
        "flow, the last and one more",
        HEAD + "    cap_add: [A, B]\n",
        (drop("cap_add", 1), add("cap_add", "C")),
        HEAD + "    cap_add: [A, C]\n",
    ),
    case(
        "flow on lines, the last",
        HEAD + "    cap_add: [\n      A, # a\n      B # b\n    ]\n",
        drop("cap_add", 1),
        HEAD + "    cap_add: [\n      A # a\n    ]\n",
        "# b",
    ),
    case(
        "flow on lines, the first",
        HEAD + "    cap_add: [\n      A, # a\n      # about B\n      B\n    ]\n",
        drop("cap_add", 0),
        HEAD + "    cap_add: [\n      # about B\n      B\n    ]\n",
        "# a",
    ),
    case(
        "flow on lines, the bracket behind the last",
        HEAD + "    cap_add: [A,\n      B]\n",
        drop("cap_add", 1),
        HEAD + "    cap_add: [A]\n",
    ),
    case(
        "flow mapping",
        "services: {web: {privileged: true, image: a}}",
        drop("privileged"),
        "services: {web: {image: a}}",
    ),
    case(
        "json",
        '{"services": {"web": {\n  "image": "a",\n  "privileged": true\n}}}\n',
        drop("privileged"),
        '{"services": {"web": {\n  "image": "a"\n}}}\n',
    ),
    case("at the top", "version: '3'\n" + HEAD, Remove(("version",)), HEAD),
    case(
        "at the top, behind a mark", "---\nversion: '3' # old\n" + HEAD, Remove(("version",)), "---\n" + HEAD, "# old"
    ),
    case("at the top, before a blank line", "version: '3'\n\n" + HEAD, Remove(("version",)), HEAD),
    case(
        "behind a mark, before blank lines",
        "---\r\nversion: '3'\r\n\r\n \r\n" + HEAD,
        Remove(("version",)),
        "---\r\n" + HEAD,
    ),
    case(
        "between blank lines",
        "# a\n\nversion: '3'\n\n# b\n" + HEAD,
        Remove(("version",)),
        "# a\n\n# b\n" + HEAD,
    ),
    case("a comment above it", "# a\nversion: '3'\n\n" + HEAD, Remove(("version",)), "# a\n\n" + HEAD),
    case(
        "the last of a service",
        HEAD + "\n    privileged: true\n\n" + TAIL,
        drop("privileged"),
        HEAD + "\n" + TAIL,
    ),
    case(
        "two between blank lines",
        HEAD + "\n    privileged: true\n\n    init: true\n\n    user: b\n",
        (drop("privileged"), drop("init")),
        HEAD + "\n    user: b\n",
    ),
    case(
        "behind a scalar that keeps its blank lines",
        "services:\n  web:\n    command: |+\n      a\n\n    privileged: true\n\n    init: true\n",
        drop("privileged"),
        "services:\n  web:\n    command: |+\n      a\n\n    init: true\n",
    ),
    case("an alias", "x: &x {a: b}\n" + HEAD + "    labels: *x\n", drop("labels"), "x: &x {a: b}\n" + HEAD),
    case("the last entry of a section", HEAD + "volumes:\n  data:\n", Remove(("volumes", "data")), HEAD),
    case(
        "and a new key in its place",
        HEAD + "    privileged: true\n",
        (drop("privileged"), put("init", True)),
        HEAD + "    init: true\n",
    ),
]

VALUES = [
    case("plain", HEAD, put("image", "b:1"), "services:\n  web:\n    image: b:1\n"),
    case("single quotes stay", HEAD + "    user: 'root'\n", put("user", "1000:1000"), HEAD + "    user: '1000:1000'\n"),
    case("double quotes stay", HEAD + '    user: "root"\n', put("user", "app"), HEAD + '    user: "app"\n'),
    case("quotes that are needed", HEAD + "    user: root\n", put("user", "1000"), HEAD + '    user: "1000"\n'),
    case(
        "quotes that are needed, as the file has them",
        HEAD + "    user: root\n    x-a: 'b'\n",
        put("user", "1000"),
        HEAD + "    user: '1000'\n    x-a: 'b'\n",
    ),
    case("a comment stays", HEAD + "    user: root # r\n", put("user", "app"), HEAD + "    user: app # r\n"),
    case("a tab stays", HEAD + "    user:\troot\t# r\n", put("user", "app"), HEAD + "    user:\tapp\t# r\n"),
    case("a boolean", HEAD + "    read_only: no\n", put("read_only", True), HEAD + "    read_only: true\n"),
    case(
        "quoting only",
        HEAD + "    ports:\n      - 22:22\n",
        Set((*WEB, "ports", 0), "22:22"),
        HEAD + '    ports:\n      - "22:22"\n',
    ),
    case("quoting a word", HEAD + "    restart: no\n", put("restart", "no"), HEAD + '    restart: "no"\n'),
    case(
        "quoting a number",
        HEAD + "    labels: {mode: 0755}\n",
        put("labels.mode", "0755"),
        HEAD + '    labels: {mode: "0755"}\n',
    ),
    case("quotes within quotes", HEAD + "    user: 'x'\n", put("user", "it's"), HEAD + "    user: 'it''s'\n"),
    case("control characters", HEAD, put("user", "a\tb\nc"), HEAD + '    user: "a\\tb\\nc"\n'),
    case("nothing to something", HEAD + "    user:\n" + TAIL, put("user", "app"), HEAD + "    user: app\n" + TAIL),
    case(
        "nothing to something, before a comment",
        HEAD + "    user:   # c\n",
        put("user", "app"),
        HEAD + "    user: app   # c\n",
    ),
    case(
        "nothing to a list",
        HEAD + "    cap_drop: # c\n" + TAIL,
        put("cap_drop", ["ALL"]),
        HEAD + "    cap_drop: # c\n      - ALL\n" + TAIL,
    ),
    case(
        "nothing to a mapping",
        "services:\n  web:\n" + TAIL,
        Set(WEB, {"init": True}),
        "services:\n  web:\n    init: true\n" + TAIL,
    ),
    case(
        "an empty item",
        HEAD + "    cap_add:\n      -\n      - A\n",
        Set((*WEB, "cap_add", 0), "B"),
        HEAD + "    cap_add:\n      - B\n      - A\n",
    ),
    case("a written null", HEAD + "    user: ~\n", put("user", "app"), HEAD + "    user: app\n"),
    case(
        "text to list",
        HEAD + "    tmpfs: /a\n" + TAIL,
        put("tmpfs", ["/a", "/b"]),
        HEAD + "    tmpfs:\n      - /a\n      - /b\n" + TAIL,
    ),
    case(
        "text to list, its comment stays",
        HEAD + "    tmpfs: /a # c\n" + TAIL,
        put("tmpfs", ["/a"]),
        HEAD + "    tmpfs: # c\n      - /a\n" + TAIL,
    ),
    case(
        "text to list, a new key behind",
        HEAD + "    tmpfs: /a\n",
        (put("tmpfs", ["/a", "/b"]), put("read_only", True)),
        HEAD + "    tmpfs:\n      - /a\n      - /b\n    read_only: true\n",
    ),
    case(
        "list to mapping",
        HEAD + "    depends_on:\n      - db\n" + TAIL,
        put("depends_on", {"db": {"condition": "service_healthy"}}),
        HEAD + "    depends_on:\n      db:\n        condition: service_healthy\n" + TAIL,
    ),
    case(
        "flow list to mapping",
        HEAD + "    depends_on: [db]\n" + TAIL,
        put("depends_on", {"db": {"condition": "x"}}),
        HEAD + "    depends_on: {db: {condition: x}}\n" + TAIL,
    ),
    case(
        "block to block, comments before it stay",
        HEAD + "    cap_add: # c\n      # d\n      - A\n" + TAIL,
        put("cap_add", ["B"]),
        HEAD + "    cap_add: # c\n      # d\n      - B\n" + TAIL,
    ),
    case(
        "block to text, the comment of its key stays",
        HEAD + "    build: # c\n      context: .\n" + TAIL,
        put("build", "."),
        HEAD + "    build: . # c\n" + TAIL,
    ),
    case(
        "block to text",
        HEAD + "    build:\n      context: .\n" + TAIL,
        put("build", "."),
        HEAD + "    build: .\n" + TAIL,
    ),
    case(
        "block scalar to text",
        HEAD + "    command: |\n      a\n      b\n\n" + TAIL,
        put("command", "c"),
        HEAD + "    command: c\n\n" + TAIL,
    ),
    case(
        "alias to text",
        "x: &x b\n" + HEAD + "    user: *x\n",
        put("user", "app"),
        "x: &x b\n" + HEAD + "    user: app\n",
    ),
    case("the anchor stays", HEAD + "    user: &u root\n", put("user", "app"), HEAD + "    user: &u app\n"),
    case("a variable", HEAD, put("image", "${IMAGE:?}"), "services:\n  web:\n    image: ${IMAGE:?}\n"),
    case(
        "a variable in flow",
        "services: {web: {image: a}}",
        put("image", "${IMAGE:?}"),
        'services: {web: {image: "${IMAGE:?}"}}',
    ),
]

NAMES = [
    case(
        "a key",
        HEAD + "    priviledged: true # p\n",
        Rename((*WEB, "priviledged"), "privileged"),
        HEAD + "    privileged: true # p\n",
    ),
    case("a quoted key", HEAD + "    'a': 1\n", Rename((*WEB, "a"), "b"), HEAD + "    'b': 1\n"),
    case(
        "a key of a block",
        HEAD + "    volume:\n    - a\n",
        Rename((*WEB, "volume"), "volumes"),
        HEAD + "    volumes:\n    - a\n",
    ),
    case("json", '{"services": {"web": {"a": 1}}}', Rename((*WEB, "a"), "b"), '{"services": {"web": {"b": 1}}}'),
]

GROUPS = {"new": NEW_KEYS, "flow": FLOW, "list": LISTS, "removed": REMOVED, "value": VALUES, "name": NAMES}
CASES = [pytest.param(each, id=f"{group}: {each.name}") for group, cases in GROUPS.items() for each in cases]


@pytest.mark.parametrize("each", CASES)
def test_edit(each: Case) -> None:
    edited = edit(each.before, each.operations)
    assert edited.text == each.after
    assert edited.proved.lost == each.lost


@pytest.mark.parametrize("each", CASES)
def test_nothing_outside_the_edits_changes(each: Case) -> None:
    edited = edit(each.before, each.operations)
    kept = position = 0
    for change in edited.edits:
        assert each.before[position : change.start] == edited.text[kept : kept + change.start - position]
        kept += change.start - position + len(change.replacement)
        position = change.end
    assert each.before[position:] == edited.text[kept:]


REFUSED: dict[str, tuple[str, Operation]] = {
    "a comment inside what is replaced": (HEAD + "    cap_add: [\n      A, # a\n    ]\n", put("cap_add", "x")),
    "a comment inside a block that is replaced": (HEAD + "    cap_add:\n      - A # c\n", put("cap_add", ["x"])),
    "no such key": (HEAD, drop("privileged")),
    "a name that is taken": (HEAD + "    a: 1\n    b: 2\n", Rename((*WEB, "a"), "b")),
    "an explicit key": ("services:\n  web:\n    ? privileged\n    : true\n    image: a\n", drop("privileged")),
    "an anchor that an alias uses": (HEAD + "    labels: &x {a: b}\n    annotations: *x\n", drop("labels")),
    "all that is there": ("version: '3'\n", Remove(("version",))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    before, operation = REFUSED[name]
    with pytest.raises(Refusal):
        edit(before, (operation,))


def test_other_documents_stay() -> None:
    before = "services:\n  web:\n    a: 1\n---\nservices:\n  web:\n    a: 1\n    b: 2\n---\nx: y\n"
    assert edit(before, (drop("a"),), document=1).text == before.replace("    a: 1\n    b: 2\n", "    b: 2\n")


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 120
