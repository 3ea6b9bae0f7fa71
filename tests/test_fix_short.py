"""Edits inside short syntax keep every character that they do not change."""

from __future__ import annotations

import pytest

from composeguard.compose.short_port import parse_port
from composeguard.compose.short_volume import parse_volume
from composeguard.engine.fix import Plain
from composeguard.fix.refusal import Refusal
from composeguard.fix.short import PortFacts, edit_port, edit_tmpfs, edit_volume
from composeguard.source.node import Path
from composeguard.source.scalars import Scalar

LOOPBACK = "127.0.0.1"
KEEP: Plain = "(remove)"

PORTS: list[tuple[Scalar, str, Plain, Scalar]] = [
    ("80", "host_ip", LOOPBACK, "127.0.0.1::80"),
    (80, "host_ip", LOOPBACK, "127.0.0.1::80"),
    ("80/udp", "host_ip", LOOPBACK, "127.0.0.1::80/udp"),
    ("8080:80", "host_ip", LOOPBACK, "127.0.0.1:8080:80"),
    ("8080:80/udp", "host_ip", LOOPBACK, "127.0.0.1:8080:80/udp"),
    ("8000-8001:80-81", "host_ip", LOOPBACK, "127.0.0.1:8000-8001:80-81"),
    ("0.0.0.0:80:80", "host_ip", LOOPBACK, "127.0.0.1:80:80"),
    ("0.0.0.0::80", "host_ip", LOOPBACK, "127.0.0.1::80"),
    ("[::]:80:80", "host_ip", LOOPBACK, "127.0.0.1:80:80"),
    (":::80:80", "host_ip", LOOPBACK, "127.0.0.1:80:80"),
    (":80", "host_ip", LOOPBACK, "127.0.0.1::80"),
    ("80:80", "host_ip", "::1", "[::1]:80:80"),
    ("127.0.0.1:80:80", "host_ip", KEEP, "80:80"),
    ("127.0.0.1::80", "host_ip", KEEP, ":80"),
    ("8080:80", "published", 9090, "9090:80"),
    ("80", "published", "9090", "9090:80"),
    ("127.0.0.1:8080:80", "published", KEEP, "127.0.0.1::80"),
    ("8080:80", "target", 81, "8080:81"),
    ("8080:80/udp", "protocol", "tcp", "8080:80/tcp"),
    ("8080:80/udp", "protocol", KEEP, "8080:80"),
    ("${PORT:-8080}:80", "host_ip", LOOPBACK, "127.0.0.1:${PORT:-8080}:80"),
    ("${PORT:-8080}:${TARGET:-80}/udp", "host_ip", LOOPBACK, "127.0.0.1:${PORT:-8080}:${TARGET:-80}/udp"),
    ("${BIND:-0.0.0.0}:80:80", "host_ip", LOOPBACK, "127.0.0.1:80:80"),
    ("${BIND:-[::]}:80:80", "host_ip", LOOPBACK, "127.0.0.1:80:80"),
    ("$PORT:80", "host_ip", LOOPBACK, "127.0.0.1:$PORT:80"),
    ("${A:-${B:-1}}:80", "host_ip", LOOPBACK, "127.0.0.1:${A:-${B:-1}}:80"),
]


@pytest.mark.parametrize(("written", "key", "value", "after"), PORTS)
def test_port(written: Scalar, key: str, value: Plain, after: str) -> None:
    text = str(written)
    facts = PortFacts(host_ip=text.count(":") - text.count(":-") > 1, published=not text.startswith((":8", "80/")))
    if text in ("80", "127.0.0.1::80", "0.0.0.0::80"):
        facts = PortFacts(host_ip=facts.host_ip, published=False)
    assert edit_port(written, (key,), value, facts, remove=value == KEEP) == after


@pytest.mark.parametrize("text", [text for *_, text in PORTS if isinstance(text, str) and "$" not in text])
def test_the_new_port_is_valid(text: str) -> None:
    assert list(parse_port(text))


NO_PORTS: list[tuple[Scalar, Path, PortFacts]] = [
    ("${PORTS}", ("host_ip",), PortFacts(host_ip=False, published=True)),
    ("${BIND}80:80", ("host_ip",), PortFacts(host_ip=True, published=True)),
    ("80:80", ("mode",), PortFacts(host_ip=False, published=True)),
    ("80:80", (), PortFacts(host_ip=False, published=True)),
    ("8000-8001:80-81", ("published",), PortFacts(host_ip=False, published=True, several=True)),
    ("8000-8001:80-81", ("target",), PortFacts(host_ip=False, published=True, several=True)),
    ("80:${T:-80/udp}", ("protocol",), PortFacts(host_ip=False, published=True)),
    (True, ("host_ip",), PortFacts(host_ip=False, published=False)),
    (80.5, ("host_ip",), PortFacts(host_ip=False, published=False)),
]


@pytest.mark.parametrize(("written", "rest", "facts"), NO_PORTS)
def test_port_refused(written: Scalar, rest: Path, facts: PortFacts) -> None:
    with pytest.raises(Refusal):
        edit_port(written, rest, "127.0.0.1", facts, remove=False)


RO: Path = ("read_only",)
VOLUMES: list[tuple[str, Path, Plain, str]] = [
    ("/a:/b", RO, True, "/a:/b:ro"),
    ("/a:/b:rw", RO, True, "/a:/b:ro"),
    ("/a:/b:ro", RO, True, "/a:/b:ro"),
    ("/a:/b:z", RO, True, "/a:/b:z,ro"),
    ("/a:/b:rw,z", RO, True, "/a:/b:ro,z"),
    ("/a:/b:RO", RO, True, "/a:/b:RO,ro"),
    ("/a:/b:ro,z", RO, False, "/a:/b:rw,z"),
    ("/a:/b", RO, False, "/a:/b"),
    ("/a:/b:ro,z", RO, KEEP, "/a:/b:z"),
    ("/a:/b:ro", RO, KEEP, "/a:/b"),
    ("C:\\a:/b", RO, True, "C:\\a:/b:ro"),
    ("${DATA:-/x}:/b", RO, True, "${DATA:-/x}:/b:ro"),
    ("data:/b:${MODE:-rw}", RO, True, "data:/b:${MODE:-rw},ro"),
    ("/a:/b:rshared", ("bind", "propagation"), KEEP, "/a:/b"),
    ("/a:/b:ro,rshared", ("bind", "propagation"), "rprivate", "/a:/b:ro,rprivate"),
    ("/a:/b:shared,rshared", ("bind", "propagation"), KEEP, "/a:/b"),
    ("/a:/b", ("bind", "selinux"), "Z", "/a:/b:Z"),
    ("/a:/b:z", ("bind", "selinux"), "Z", "/a:/b:Z"),
    ("data:/b", ("volume", "nocopy"), True, "data:/b:nocopy"),
    ("data:/b:nocopy", ("volume", "nocopy"), KEEP, "data:/b"),
]


@pytest.mark.parametrize(("written", "rest", "value", "after"), VOLUMES)
def test_volume(written: str, rest: Path, value: Plain, after: str) -> None:
    assert edit_volume(written, rest, value, remove=value == KEEP) == after
    if "$" not in after:
        assert parse_volume(after)


@pytest.mark.parametrize(
    ("written", "rest", "value"),
    [
        ("/data", RO, True),
        ("${VOLUME}", RO, True),
        ("a:b:c:d", RO, True),
        ("/a:/b", ("target",), "/c"),
        ("/a:/b", ("bind", "propagation"), "ro"),
        (5, RO, True),
    ],
)
def test_volume_refused(written: Scalar, rest: Path, value: Plain) -> None:
    with pytest.raises(Refusal):
        edit_volume(written, rest, value, remove=False)


TMPFS: list[tuple[str, str, Plain, str]] = [
    ("/tmp:rw,exec", "exec", KEEP, "/tmp:rw"),
    ("/tmp:exec", "exec", KEEP, "/tmp"),
    ("/tmp", "size", "64m", "/tmp:size=64m"),
    ("/tmp:size=1g,rw", "size", "64m", "/tmp:size=64m,rw"),
    ("/tmp:rw", "noexec", True, "/tmp:rw,noexec"),
    ("/tmp:size=${S:-1,2},exec", "exec", KEEP, "/tmp:size=${S:-1,2}"),
]


@pytest.mark.parametrize(("written", "name", "value", "after"), TMPFS)
def test_tmpfs(written: str, name: str, value: Plain, after: str) -> None:
    assert edit_tmpfs(written, (name,), value, remove=value == KEEP) == after


@pytest.mark.parametrize(("written", "name"), [("/tmp", "exec"), ("/tmp:${OPTIONS}", "exec"), ("/a:b:c", "b")])
def test_tmpfs_refused(written: str, name: str) -> None:
    with pytest.raises(Refusal):
        edit_tmpfs(written, (name,), None, remove=True)
