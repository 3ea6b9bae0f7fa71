"""Inputs for the fuzzer: our own examples and fixtures, changed at random, as data, as text and as bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import yaml
from msgspec import Struct
from tests.rule_cases import FIXTURES, RULES

MARKER = "Zq7xVw93KpLmT4sB"
"""A value that stands only where every reader would take it for a secret: no output may hold it."""

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SCALARS: Sequence[str] = (
    "",
    "~",
    "null",
    "true",
    "no",
    "0",
    "-0",
    "-1",
    "0o17",
    "0755",
    "1_000",
    "1e400",
    "-1e-400",
    ".inf",
    ".nan",
    "9" * 400,
    "-" + "9" * 5000,
    "0x" + "f" * 300,
    "1:30:00",
    "2001-12-14t21:59:43.10-05:00",
    "!!binary aGk=",
    "!!int x",
    "!!set {a}",
    "!reset null",
    "!override {}",
    "!<tag:example.com,2000:x> y",
    "<<",
    "=",
    "*a",
    "&a b",
    "&a",
    "${",
    "${A",
    "${A:-${B:-${C}}}",
    "${A:?no}",
    "${A?\x1b[31m}",
    "$A$$B$",
    "${A:+b}",
    "$" * 50,
    "${" * 40,
    "${A:-" * 40 + "x" + "}" * 40,
    "'${A:-a b}'",
    "80:80",
    '"80:80"',
    "1-65535:1-65535",
    "65535-1",
    "::1:80:80/udp",
    "[::1]:80:80",
    "99999:99999",
    "127.0.0.1::80",
    "./a:/b:ro,z",
    "C:\\a:/b",
    "/var/run/docker.sock:/var/run/docker.sock",
    "a:b:c:d:e",
    "../../../../etc:/x",
    "\\\\server\\share:/x",
    "10gb",
    "1e3m",
    "-5k",
    "0.1h1ms",
    "1h" * 200,
    "nginx@sha256:" + "0" * 64,
    "a/b/c/d/e:f@x",
    "::error file=x::owned",
    '"\\e[2J\\u202e\\0\\x85"',
    "'<script>alert(1)</script>'",
    "']]><x>&amp;'",
    "'| a | [x](javascript:1) `'",
    "\ud7ff\U0001f600\u202e\u200b",
    "- - - -",
    "? a",
    "[" * 60,
    "{a: " * 60,
    "|\n    x\n\n   y",
    ">2-\n      z",
    "'",
    '"',
    "%TAG ! x",
    "---",
    "...",
    "# composeguard: ignore",
    "# composeguard: ignore[CG101] -- why",
    "x # composeguard: ignore[" + "CG101," * 50 + "]",
    "@a",
    "`a",
    "\t",
)
"""Texts in the place of a value, as they stand in a file."""

KEYS: Sequence[str] = (
    "services", "networks", "volumes", "configs", "secrets", "include", "name", "version", "x-a", "<<",
    "image", "build", "command", "entrypoint", "environment", "env_file", "ports", "expose", "deploy", "labels",
    "label_file", "depends_on", "extends", "healthcheck", "logging", "network_mode", "privileged", "cap_add",
    "cap_drop",
    "security_opt", "sysctls", "tmpfs", "ulimits", "user", "userns_mode", "pid", "ipc", "uts", "devices", "dns",
    "extra_hosts", "profiles", "provider", "models", "develop", "gpus", "post_start", "pre_stop", "credential_spec",
    "blkio_config", "storage_opt", "links", "volumes_from", "external", "driver_opts", "ipam", "file", "content",
    "read_only", "mem_limit", "cpus", "pids_limit", "scale", "shm_size", "stop_grace_period", "restart", "annotations",
)  # fmt: skip
VALUES: Sequence[Any] = (
    None, True, False, 0, -1, 10**30, 1.5, float("inf"), "", " ", "a", "a b", [], {}, [None], {"": ""}, [[]],
    {"a": None},
    "${A}", "${A:-1}", "$$", "80:80", "host", "none", "service:a", "container:x", "/", "/:/", "./x:/y", "0", "root",
    "ALL", "unconfined", "no-new-privileges:false", "\x1b[31m", "\u202e", "a\nb", "a\tb", "::error::x", "#", "'", '"',
    "]]>", "<b>", "|", "-", "?", ":", "é\U0001f600", "x" * 3000, list(range(60)), {str(n): n for n in range(60)},
    "1h", "10m", "512MB", "3000-3010:80-90", {"target": 80, "published": "80"}, "latest", "postgres:16", "traefik",
    "compose.yaml", "./base.yaml", "../compose.yaml", "https://example.com/x.git",
    {"file": "compose.yaml", "service": "a"},
)  # fmt: skip


class Input(Struct, frozen=True):
    """Files of one run, by name; `planted`: `MARKER` stands where it is a secret, and nothing has moved it since."""

    files: dict[str, bytes]
    planted: bool = False


@cache
def seeds() -> tuple[dict[str, bytes], ...]:
    """Every example of every rule, then every fixture."""
    found: list[dict[str, bytes]] = []
    for rule in RULES.values():
        for example in rule.examples:
            beside = {name: text.encode() for name, text in example.files.items() if "git" not in name}
            found.extend({**beside, "compose.yaml": text.encode()} for text in (example.bad, example.good) if text)
    found.extend({"compose.yaml": path.read_bytes()} for path in sorted(FIXTURES.rglob("*.y*ml")))
    return tuple(found)


def draw(source: random.Random, pool: Sequence[dict[str, bytes]] = ()) -> Input:
    """One input; `pool` holds inputs that have shown something new."""
    files = dict(source.choice(pool if pool and source.random() < 0.5 else seeds()))
    files = {name: content.replace(MARKER.encode(), b"moved") for name, content in files.items()}
    kind = source.random()
    name = "compose.yaml" if source.random() < 0.9 else source.choice(sorted(files))
    if source.random() < 0.1:
        files[source.choice((".env", "base.yaml", "compose.override.yaml", ".composeguard.yaml"))] = _other(source)
    if kind < 0.45:
        data = _loaded(files["compose.yaml"])
        if data is not None:
            for _ in range(source.choice((0, 1, 1, 2, 4))):
                data = _changed_data(source, data)
            planted = source.random() < 0.7 and _plant(source, data)
            files["compose.yaml"] = _dumped(source, data)
            return Input(files, planted)
    if kind < 0.85:
        text = files[name].decode("utf-8", "replace")
        for _ in range(source.choice((1, 1, 2, 3, 6))):
            text = source.choice(_TEXTS)(source, text)
        files[name] = text.encode("utf-8", "surrogatepass")
    if kind > 0.75:
        data_bytes = files[name]
        for _ in range(source.choice((1, 2, 8))):
            data_bytes = source.choice(_BYTES)(source, data_bytes)
        files[name] = data_bytes
    return Input({each: content[: 1 << 19] for each, content in files.items()})


def _other(source: random.Random) -> bytes:
    if source.random() < 0.3:
        return "\n".join(f"{source.choice('ABCX')}={source.choice(SCALARS)}" for _ in range(4)).encode(errors="replace")
    seed = source.choice(seeds())["compose.yaml"].decode()
    return source.choice(_TEXTS)(source, seed).encode("utf-8", "surrogatepass")


def _loaded(text: bytes) -> dict[Any, Any] | None:
    if text.count(b"*") > 20:
        return None
    try:
        data = yaml.load(text, Loader=Loader)
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


# As data: a text that every reader can read, and that no linter has seen.
def _places(data: Any, found: list[tuple[Any, Any]], depth: int = 0) -> list[tuple[Any, Any]]:
    if depth < 12 and len(found) < 2000:
        pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        for key, value in list(pairs):
            found.append((data, key))
            _places(value, found, depth + 1)
    return found


def _changed_data(source: random.Random, data: Any) -> Any:
    places = _places(data, [])
    if not places:
        return {"services": {"a": {source.choice(KEYS): source.choice(VALUES)}}}
    holder, key = source.choice(places)
    kind = source.random()
    if kind < 0.25:
        holder[key] = source.choice(VALUES)
    elif kind < 0.4:
        other, there = source.choice(places)
        holder[key] = other[there] if there in other or isinstance(other, list) else None
    elif kind < 0.5 and isinstance(holder, list):
        holder.extend([holder[key]] * source.choice((1, 3)))
    elif kind < 0.6:
        del holder[key]
    elif kind < 0.7:
        holder[key] = [holder[key]] if source.random() < 0.5 else {source.choice(KEYS): holder[key]}
    elif isinstance(holder, dict) and kind < 0.8:
        holder[source.choice((*KEYS, "", 1, None, "\x1b[1m", "a\nb", "::error::", "<i>"))] = holder.pop(key)
    elif isinstance(holder[key], dict):
        holder[key][source.choice(KEYS)] = source.choice(VALUES)
    else:
        services = data.get("services")
        if isinstance(services, dict) and services:
            service = services[source.choice(list(services))]
            if isinstance(service, dict):
                service[source.choice(KEYS)] = source.choice(VALUES)
    return data


def _plant(source: random.Random, data: Any) -> bool:
    """Put the marker where it is a credential."""
    services = data.get("services") if isinstance(data, dict) else None
    if not isinstance(services, dict) or not services:
        return False
    service = services[source.choice(list(services))]
    if not isinstance(service, dict):
        return False
    kind = source.randrange(7)
    if kind == 0:
        service["environment"] = {"POSTGRES_PASSWORD": MARKER}
    elif kind == 1:
        service["environment"] = [f"API_TOKEN={MARKER}", "A=b"]
    elif kind == 2:
        service["command"] = ["serve", f"--password={MARKER}"]
    elif kind == 3:
        service["environment"] = {"DATABASE_URL": f"postgres://app:{MARKER}@db:5432/x"}
    elif kind == 4:
        service["build"] = {"context": ".", "args": {"NPM_TOKEN": MARKER}}
    elif kind == 5:
        service["command"] = f"redis-server --requirepass {MARKER}"
    else:
        service["healthcheck"] = {"test": ["CMD", "mysqladmin", "ping", f"--password={MARKER}"]}
    return True


def _dumped(source: random.Random, data: Any) -> bytes:
    text: str = yaml.safe_dump(
        data,
        default_flow_style=source.choice((None, False, False, True)),
        indent=source.choice((2, 4, 7)),
        width=source.choice((20, 80, 4000)),
        allow_unicode=source.random() < 0.5,
        sort_keys=source.random() < 0.2,
        line_break=source.choice(("\n", "\n", "\r\n")),
        explicit_start=source.random() < 0.2,
    )
    return text.encode(source.choice(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16")))


# As text: what a hand or a merge gone wrong leaves.
def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True) or [""]


def _value(source: random.Random, text: str) -> str:
    lines = _lines(text)
    at = source.randrange(len(lines))
    head, colon, tail = lines[at].partition(": ")
    end = "\n" if lines[at].endswith("\n") else ""
    lines[at] = (
        f"{head}{colon or ': '}{source.choice(SCALARS)}{end}" if colon or source.random() < 0.5 else tail or head
    )
    return "".join(lines)


def _move(source: random.Random, text: str) -> str:
    lines = _lines(text)
    at = source.randrange(len(lines))
    block = lines[at : at + source.choice((1, 2, 5, 20))]
    if source.random() < 0.5:
        del lines[at : at + len(block)]
    to = source.randrange(len(lines) + 1)
    shift = source.choice(("", "", "  ", "    ", "- ", "\t", "# "))
    lines[to:to] = [shift + line for line in block] * source.choice((1, 1, 2))
    return "".join(lines)


def _delete(source: random.Random, text: str) -> str:
    lines = _lines(text)
    at = source.randrange(len(lines))
    del lines[at : at + source.choice((1, 1, 3))]
    return "".join(lines)


def _indent(source: random.Random, text: str) -> str:
    lines = _lines(text)
    at = source.randrange(len(lines))
    for number in range(at, min(len(lines), at + source.choice((1, 3, 9)))):
        lines[number] = lines[number][1:] if source.random() < 0.5 else " " + lines[number]
    return "".join(lines)


def _add_key(source: random.Random, text: str) -> str:
    lines = _lines(text)
    at = source.randrange(len(lines))
    pad = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines.insert(at, f"{pad}{source.choice(KEYS)}: {source.choice(SCALARS)}\n")
    return "".join(lines)


def _anchor(source: random.Random, text: str) -> str:
    lines = _lines(text)
    ends = [number for number, line in enumerate(lines) if line.rstrip().endswith(":")]
    if len(ends) < 2:
        return text
    first, second = sorted(source.sample(ends, 2))
    lines[first] = lines[first].rstrip() + " &a\n"
    below = len(lines[second]) - len(lines[second].lstrip()) + 2
    use = source.choice(("<<: *a\n", "<<: [*a, *a]\n", "b: *a\n", "<<: *b\n", "<<: {x: y}\n", "<<: !!merge *a\n"))
    lines.insert(second + 1, " " * below + use)
    return "".join(lines)


def _insert(source: random.Random, text: str) -> str:
    at = source.randrange(len(text) + 1)
    piece = source.choice(
        (*SCALARS, *KEYS, "\r", "\r\n", "\x00", "\ufeff", "\u2028", "\x85", "\ud800", "\u202e", " #", "\n\n", "\n---\n")
    )
    return text[:at] + piece * source.choice((1, 1, 1, 30)) + text[at:]


def _ends(source: random.Random, text: str) -> str:
    end = source.choice(("\r\n", "\r", "\n\n", "\x85", "\u2028"))
    return text.replace("\n", end) if source.random() < 0.7 else text.replace("\n", end, 1)


def _flow(source: random.Random, text: str) -> str:
    data = _loaded(text.encode("utf-8", "replace"))
    return text if data is None else yaml.safe_dump(data, default_flow_style=True, width=source.choice((30, 900)))


def _comment(source: random.Random, text: str) -> str:
    lines = _lines(text)
    at = source.randrange(len(lines))
    words = source.choice(
        ("# é\u202e", "#", "# composeguard: ignore[CG1]", "# composeguard: ignore-file", "#\x1b[2J", "# - a: b")
    )
    lines[at] = lines[at].rstrip("\n") + f" {words}\n" if source.random() < 0.5 else f"{words}\n{lines[at]}"
    return "".join(lines)


def _splice(source: random.Random, text: str) -> str:
    other = _lines(source.choice(seeds())["compose.yaml"].decode("utf-8", "replace"))
    lines = _lines(text)
    return "".join(lines[: source.randrange(len(lines) + 1)] + other[source.randrange(len(other)) :])


def _twice(source: random.Random, text: str) -> str:
    return text + source.choice(("", "---\n", "...\n", "\n---\n# x\n")) + text


_Text = Callable[[random.Random, str], str]
_TEXTS: tuple[_Text, ...] = (
    _value, _value, _value, _move, _move, _delete, _indent, _add_key, _add_key, _anchor, _anchor, _insert, _ends, _flow,
    _comment, _splice, _twice,
)  # fmt: skip


# As bytes: what no editor writes.
def _flip(source: random.Random, data: bytes) -> bytes:
    if not data:
        return bytes([source.randrange(256)])
    at = source.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << source.randrange(8))]) + data[at + 1 :]


def _put(source: random.Random, data: bytes) -> bytes:
    at = source.randrange(len(data) + 1)
    pieces = (
        b"\0",
        b"\xff",
        b"\xfe\xff",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\xef\xbb\xbf",
        b"\x1b",
        b"\r",
        b"{",
        b"[",
        b"*",
        b"&",
        b"!",
        b"%",
    )
    return data[:at] + source.choice(pieces) * source.choice((1, 1, 5, 200)) + data[at:]


def _cut(source: random.Random, data: bytes) -> bytes:
    at = source.randrange(len(data) + 1)
    return data[:at] if source.random() < 0.5 else data[:at] + data[at + source.randrange(40) :]


def _recode(source: random.Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode(
        source.choice(("utf-16", "utf-16-le", "utf-32", "latin-1")), "replace"
    )


_BYTES: tuple[Callable[[random.Random, bytes], bytes], ...] = (_flip, _flip, _flip, _put, _put, _cut, _recode)
