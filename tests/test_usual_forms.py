"""The fast way through the usual ports and volumes comes to what the general parsers come to."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from composeguard.compose import canonical_items
from composeguard.compose.canonical_items import Budget, mounts, ports
from composeguard.compose.diagnostic import Diagnostic
from composeguard.source.node import Node, Path
from composeguard.source.read import read_source

PATH: Path = ("services", "a", "x")
NUMBERS = st.sampled_from(("0", "1", "80", "080", "8080", "65535", "65536", "99999", "+1", "-1", "٣", " 80", ""))
ADDRESSES = st.sampled_from(("", "127.0.0.1:", "0.0.0.0:", "10.1.2.256:", "[::1]:", "::1:", "localhost:", "01.2.3.4:"))
PORTS = st.builds(
    "{}{}{}{}".format,
    ADDRESSES,
    st.one_of(st.just(""), NUMBERS.map(lambda number: f"{number}:")),
    NUMBERS,
    st.sampled_from(("", "/tcp", "/udp", "/UDP", "/sctp", "/icmp", "/")),
)
SOURCES = st.sampled_from(
    (
        ".",
        "./a",
        "../a",
        "/",
        "/a/../b",
        "//a",
        "~",
        "~/a",
        "~u/a",
        "a",
        "ab",
        "v",
        "v1",
        "a b",
        "C:\\a",
        "c:/a",
        "\\\\h\\s",
        "a/b",
        "",
    )
)
TARGETS = st.sampled_from(
    ("/", "/a", "/a/", "/a/b", "/a//b", "/a/./b", "/a/..", "/a/.b", "a", "c:/a", "/a b", "/é", "")
)
OPTIONS = st.sampled_from(("", ":ro", ":rw", ":RO", ":ro,z", ":z", ":", ":nocopy", ":ro:ro"))
MOUNTS = st.builds("{}:{}{}".format, SOURCES, TARGETS, OPTIONS)
ANY = st.text(st.sampled_from(tuple("ab1c:/.~\\-_ ro,w0\n")), min_size=1, max_size=16)


def plain(node: Node) -> object:
    """The value with its order: the order of keys shows in what `resolve` prints."""
    value = node.value
    if isinstance(value, dict):
        return [(key, plain(below)) for key, below in value.items()]
    return [plain(below) for below in value] if isinstance(value, list) else value


def scalar(text: str) -> Node:
    file = read_source("compose.yaml", b"a: b\n")
    return Node(text, file, 3, 4, 0, 1, "'")


@settings(max_examples=1_000, deadline=None)
@given(st.one_of(PORTS, ANY))
def test_usual_ports(text: str) -> None:
    def read() -> tuple[object, list[str]]:
        said: list[Diagnostic] = []
        item = scalar(text)
        result = ports(item.with_value([item]), PATH, said.append, Budget())
        return plain(result), [each.message for each in said]

    fast = read()
    with patch.object(canonical_items, "usual_port", lambda item, text: None):
        assert fast == read()


@settings(max_examples=1_000, deadline=None)
@given(st.one_of(MOUNTS, ANY))
def test_usual_mounts(text: str) -> None:
    def read() -> tuple[object, list[str]]:
        said: list[Diagnostic] = []
        item = scalar(text)
        result = mounts(item.with_value([item]), PATH, said.append)
        return plain(result), [each.message for each in said]

    fast = read()
    with patch.object(canonical_items, "usual_mount", lambda item, text: None):
        assert fast == read()
