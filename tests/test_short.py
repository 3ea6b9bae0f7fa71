"""Short syntaxes with unknown parts: what is known stays known, what is not is said."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composeguard.compose.interpolate import Unset, interpolate
from composeguard.compose.short import (
    Device,
    FileReference,
    Host,
    Mount,
    Pair,
    Port,
    ShortSyntaxError,
    VolumeOptions,
    clean_path,
    common_pair,
    parse_device,
    parse_environment_item,
    parse_expose,
    parse_extra_host,
    parse_pair,
    parse_port,
    parse_port_item,
    parse_required_pair,
    parse_secret,
    parse_ssh,
    parse_volume,
    tmpfs_path,
)
from composeguard.compose.short_volume import BindOptions
from composeguard.compose.unresolved import MARK, Text, Unresolved, join

TOKENS = st.sampled_from(
    [
        "80",
        "-",
        ":",
        "/",
        "tcp",
        "127.0.0.1",
        "[::1]",
        "::",
        "${A}",
        "${B}",
        "a",
        "./x",
        "/y",
        "ro",
        ",",
        "=",
        "[",
        "]",
        "~",
        "\\",
        MARK,
    ]
)
ITEMS = st.lists(TOKENS, max_size=9).map("".join)


def unresolved(text: str) -> Text:
    return interpolate(text, {}, unset=Unset.UNRESOLVED).value


def unknown(text: str) -> Unresolved:
    value = unresolved(text)
    assert isinstance(value, Unresolved)
    return value


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("${BIND}:80:80", Port(80, "80", host_ip=unknown("${BIND}"))),
        ("[${BIND}]:80:80", Port(80, "80", host_ip=unknown("${BIND}"))),
        ("${BIND}::80", Port(80, None, host_ip=unknown("${BIND}"))),
        ("${IP}:${PORT}:80/udp", Port(80, unknown("${PORT}"), "udp", unknown("${IP}"))),
        ("127.0.0.1:${PORT}:80", Port(80, unknown("${PORT}"), host_ip="127.0.0.1")),
        ("[::1]:${PORT}:80", Port(80, unknown("${PORT}"), host_ip="::1")),
        ("80:80/${P}", Port(80, "80", unknown("${P}"))),
        ("8080:${PORT}/tcp", Port(unknown("${PORT}"), "8080")),
        # A colon or a slash in the unknown part would say more.
        ("::1:${PORT}:80", Port(80, unknown("${PORT}"), host_ip="::1", ambiguous=True)),
        ("${PORT}:80", Port(80, unknown("${PORT}"), ambiguous=True)),
        ("${BIND}80:80", Port(80, unknown("${BIND}80"), ambiguous=True)),
        ("${X}", Port(unknown("${X}"), None, ambiguous=True)),
        ("${X}/tcp", Port(unknown("${X}"), None, ambiguous=True)),
        ("8080:${PORT}", Port(unknown("${PORT}"), "8080", ambiguous=True)),
        ("${A}:${B}", Port(unknown("${B}"), unknown("${A}"), ambiguous=True)),
        ("127.0.0.1:${PORTS}", Port(unknown("${PORTS}"), unknown("${PORTS}"), host_ip="127.0.0.1", ambiguous=True)),
    ],
)  # fmt: skip
def test_ports(text: str, port: Port) -> None:
    assert list(parse_port(unresolved(text))) == [port]


@pytest.mark.parametrize("text", ["${X}:80:99999", "${X}:80:", "host:${X}:80", "${X}:80/icmp", "${X}:82-80", "a:${X}"])
def test_ports_that_no_value_makes_valid(text: str) -> None:
    with pytest.raises(ShortSyntaxError):
        parse_port(unresolved(text))


def test_a_wide_range_costs_nothing_until_it_is_read() -> None:
    start = time.perf_counter()
    for _ in range(1000):
        ports = parse_port("1-65535:1-65535")
    assert time.perf_counter() - start < 2
    assert len(ports) == 65535
    assert next(iter(ports)) == Port(1, "1")
    assert [port.target for port in parse_port("99-101")] == [100, 101, 99]


@pytest.mark.parametrize("value", [80.0, True, None])
def test_port_items_of_another_type(value: float | bool | None) -> None:
    with pytest.raises(ShortSyntaxError):
        parse_port_item(value)
    with pytest.raises(ShortSyntaxError):
        parse_expose(value)


@pytest.mark.parametrize(
    ("text", "mount"),
    [
        ("${DIR}:/data:ro", Mount(None, "/data", unknown("${DIR}"), True)),
        ("${DIR}:/data/", Mount(None, "/data", unknown("${DIR}"))),
        ("./${DIR}:/data", Mount("bind", "/data", unknown("./${DIR}"), bind=BindOptions(create_host_path=True))),
        ("data${N}:/data", Mount("volume", "/data", unknown("data${N}"), volume=VolumeOptions())),
        ("d${N}:/data", Mount(None, "/data", unknown("d${N}"))),
        ("1${N}:/data", Mount("volume", "/data", unknown("1${N}"), volume=VolumeOptions())),
        ("vol:/b:${MODE}", Mount("volume", "/b", "vol", None, volume=VolumeOptions())),
        ("vol:/b:${MODE},ro", Mount("volume", "/b", "vol", True, volume=VolumeOptions())),
        ("${A}:${B}:z", Mount(None, unknown("${B}"), unknown("${A}"), bind=BindOptions(selinux="z"))),
        ("${X}", Mount(None, unknown("${X}"), ambiguous=True)),
        ("${X}:ro", Mount(None, "ro", unknown("${X}"), ambiguous=True)),
        ("vol:${T}", Mount("volume", unknown("${T}"), "vol", None, volume=VolumeOptions(), ambiguous=True)),
    ],
)  # fmt: skip
def test_volumes(text: str, mount: Mount) -> None:
    assert parse_volume(unresolved(text)) == mount


@pytest.mark.parametrize("text", ["${X}:", ":${X}", "${X}:/a:ro:z", "${X}::ro"])
def test_volumes_that_no_value_makes_valid(text: str) -> None:
    with pytest.raises(ShortSyntaxError):
        parse_volume(unresolved(text))


@pytest.mark.parametrize(
    ("text", "mount"),
    [
        ("/a${b:c}:/d", Mount("bind", "/d", "/a${b:c}", bind=BindOptions(create_host_path=True))),
        ("/a:/b${c", Mount("bind", "", "/a", bind=BindOptions(create_host_path=True))),
        ("/a:/b:${c", Mount("bind", "/b", "/a", bind=BindOptions(create_host_path=True))),
    ],
)
def test_literal_references_in_volumes(text: str, mount: Mount) -> None:
    assert parse_volume(text) == mount


@pytest.mark.parametrize(
    ("path", "clean"),
    [
        ("", ""),
        ("/", "/"),
        ("//a/", "/a"),
        ("/../a", "/a"),
        ("../a/..", ".."),
        ("a/..", "."),
        ("./a//b/.", "a/b"),
        ("../../x", "../../x"),
    ],
)
def test_clean_path(path: str, clean: str) -> None:
    assert clean_path(path) == clean


def test_devices() -> None:
    dev = unknown("${DEV}")
    assert parse_device(dev) == Device(dev, dev, "rwm", ambiguous=True)
    assert parse_device(unresolved("${DEV}:/dev/x:r")) == Device(dev, "/dev/x", "r")


def test_pairs() -> None:
    key, value = unknown("${K}"), unknown("${V}")
    assert parse_pair(unresolved("A=${V}=")) == Pair("A", join((value, "=")))
    assert parse_pair(unresolved("${K}=v")) == Pair(key, "v", ambiguous=True)
    assert parse_pair(key) == Pair(key, None, ambiguous=True)
    assert parse_required_pair(key) == Pair(key, None, ambiguous=True)
    assert parse_ssh("default") == Pair("default", None)
    assert parse_ssh("id=~/.ssh/id") == Pair("id", "~/.ssh/id")


@pytest.mark.parametrize("text", ["A =1", "A\t", "à=1", "A\x85=1"])
def test_keys_that_end_in_a_blank_byte(text: str) -> None:
    with pytest.raises(ShortSyntaxError):
        parse_environment_item(text)


@pytest.mark.parametrize("text", ["a", ""])
def test_missing_values(text: str) -> None:
    for parse in (parse_required_pair, parse_ssh, parse_extra_host):
        with pytest.raises(ShortSyntaxError):
            parse(text)


def test_hosts() -> None:
    address = unknown("${IP}")
    assert parse_extra_host(unresolved("db:${IP}")) == Host("db", (address,))
    assert parse_extra_host(unresolved("db=[${IP}],::1")) == Host("db", (address, "::1"))
    assert parse_extra_host(address) == Host(address, (), ambiguous=True)
    assert parse_extra_host(unresolved("${IP}:1")) == Host(address, ("1",), ambiguous=True)


def test_secrets_and_tmpfs() -> None:
    name = unknown("${NAME}")
    assert parse_secret("key") == FileReference("key", "/run/secrets/key")
    assert parse_secret(name) == FileReference(name, join(("/run/secrets/", name)))
    assert tmpfs_path("/run:size=1m:x") == "/run"
    assert tmpfs_path(unresolved("/${NAME}:ro")) == join(("/", name))


@given(ITEMS)
def test_only_short_syntax_errors(text: str) -> None:
    for item in (text, unresolved(text)):
        for parse in (parse_port, parse_volume, parse_device, parse_environment_item, parse_extra_host, parse_ssh):
            with contextlib.suppress(ShortSyntaxError):
                parse(item)


FILLINGS = st.sampled_from(["", "80", "8080", "127.0.0.1", "tcp", "./d", "/d", "vol", "ro"])


@given(ITEMS, FILLINGS, FILLINGS)
def test_what_is_said_of_ports_holds_for_values_without_separators(text: str, first: str, second: str) -> None:
    """Whatever the variables become, a field that is given as known has that value."""
    known = interpolate(text, {"A": first, "B": second}, unset=Unset.EMPTY).value
    try:
        real = next(iter(parse_port(known)))
    except ShortSyntaxError:
        return
    said = next(iter(parse_port(unresolved(text))))
    for field in ("target", "published", "protocol", "host_ip"):
        value = getattr(said, field)
        if not isinstance(value, Unresolved) and not isinstance(said.target, Unresolved):
            assert value == getattr(real, field)


@given(ITEMS, FILLINGS, FILLINGS)
def test_what_is_said_of_volumes_holds_for_values_without_separators(text: str, first: str, second: str) -> None:
    known = interpolate(text, {"A": first, "B": second}, unset=Unset.EMPTY).value
    try:
        real = parse_volume(known)
        said = parse_volume(unresolved(text))
    except ShortSyntaxError:
        return
    if said.ambiguous or len(str(known)) < 3:
        return
    assert said.type in (None, real.type)
    assert isinstance(said.target, Unresolved) or said.target == real.target
    assert isinstance(said.source, Unresolved) or said.source == real.source
    assert said.read_only in (None, real.read_only)


@given(ITEMS, ITEMS)
def test_a_common_pair_is_what_every_parser_makes_of_it(key: str, value: str) -> None:
    assert common_pair("A=1") == ("A", "1")
    for text in (key, f"{key}={value}", unresolved(f"{key}={value}"), unresolved(f"a=${{A}}{value}")):
        common = common_pair(text)
        if common is not None:
            for parse in (parse_pair, parse_environment_item, parse_required_pair, parse_ssh):
                assert parse(text) == Pair(*common)
