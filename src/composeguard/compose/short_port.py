"""The short syntax of ports: `[IP:][HOST[-HOST]:]CONTAINER[-CONTAINER][/PROTOCOL]`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from composeguard.compose.unresolved import Text, Unresolved, piece, shape, split
from composeguard.compose.value_errors import ShortSyntaxError
from composeguard.source.numbers import parse_decimal_int
from composeguard.source.regex import regex

_PROTOCOLS = ("tcp", "udp", "sctp")
_MAX_PORT = 65535
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_COMMON = regex(r"(?:(?:([0-9.]{7,15}):)?([0-9]{1,5}):)?([0-9]{1,5})(?:/(tcp|udp|sctp))?")
_IPV4 = regex(rf"{_OCTET}(?:\.{_OCTET}){{3}}")


class Port(Struct, frozen=True):
    """One published port. Absent `published` is a random host port, absent `host_ip` every interface.

    `published` is a range such as `8000-8010` where any one of them serves a single container port.
    """

    target: int | Unresolved
    published: Text | None
    protocol: Text = "tcp"
    host_ip: Text | None = None
    mode: str = "ingress"
    ambiguous: bool = False


class Ports(Struct, frozen=True):
    """What one line of short syntax stands for; iterating gives its ports one by one, however many they are.

    A known target is the range `first_target` to `last_target`; otherwise `target` is unknown text. The host side is
    `published` (unknown text), or the range `first_published` to `last_published`, or neither.
    `ambiguous`: an unknown part may hold a separator of its own, which would make something of what is said here
    wrong, be it only the absence of an IP address or of a protocol.
    """

    first_target: int = 0
    last_target: int = 0
    target: Unresolved | None = None
    first_published: int | None = None
    last_published: int | None = None
    published: Unresolved | None = None
    protocol: Text = "tcp"
    host_ip: Text | None = None
    ambiguous: bool = False

    def __len__(self) -> int:
        return self.last_target - self.first_target + 1

    def __iter__(self) -> Iterator[Port]:
        """In the reference's order, which is that of the numbers as text."""
        for target in sorted(range(self.first_target, self.last_target + 1), key=str):
            yield Port(
                target if self.target is None else self.target,
                self._published(target - self.first_target),
                self.protocol,
                self.host_ip,
                ambiguous=self.ambiguous,
            )

    def _published(self, index: int) -> Text | None:
        if self.published is not None:
            return self.published
        first, last = self.first_published, self.last_published
        if first is None or last is None:
            return None
        if len(self) == 1 and first != last:
            return f"{first}-{last}"
        return str(first + index)


def common_port(text: str) -> tuple[str | None, int, str | None, str] | None:
    """Address, target, published port and protocol of one port in one of the forms that nearly all have; None where
    only `parse_port` can tell.
    """
    match = _COMMON.fullmatch(text)
    if match is None:
        return None
    host_ip, published, written, protocol = match.groups()
    target = int(written)
    if not 0 < target <= _MAX_PORT or (host_ip is not None and not _is_ipv4(host_ip)):
        return None
    if published is not None and (len(published) > 4 or published[0] == "0"):
        number = int(published)
        if number > _MAX_PORT:
            return None
        published = str(number)
    return host_ip, target, published, protocol or "tcp"


@lru_cache(maxsize=256)
def _is_ipv4(text: str) -> bool:
    """Asked for every port, of which nearly all have one of very few addresses."""
    return _IPV4.fullmatch(text) is not None


def parse_port(text: Text) -> Ports:
    """Parse one item of `ports`; an unknown part counts as text without separators.

    Raises:
        ShortSyntaxError: the reference refuses it, whatever its unknown parts hold.
    """
    ip, host, container = _sections(text)
    slash = shape(container).find("/")
    protocol: Text = piece(container, slash + 1) if slash >= 0 else ""
    target = container if slash < 0 else piece(container, 0, slash)
    if target == "":
        raise ShortSyntaxError("no container port")
    protocol = _protocol(protocol)
    ambiguous = _ambiguous(ip, host, target, slash >= 0)
    if ip is None and isinstance(host, str) and isinstance(target, Unresolved) and _is_ip(host):
        # `127.0.0.1:${PORTS}` is valid only when the unknown part holds both ports.
        return Ports(target=target, published=target, protocol=protocol, host_ip=host, ambiguous=True)
    unknown_target = target if isinstance(target, Unresolved) else None
    first_target = last_target = 0
    if isinstance(target, str):
        first_target, last_target = _range(target, "container")
        if not first_target:
            raise ShortSyntaxError("the container port is 0")
    first_host = last_host = None
    if isinstance(host, str) and host:
        first_host, last_host = _range(host, "host")
        width = last_target - first_target
        if width and last_host - first_host != width:
            raise ShortSyntaxError("the ranges of host and container ports differ in length")
    return Ports(
        first_target,
        last_target,
        unknown_target,
        first_host,
        last_host,
        host if isinstance(host, Unresolved) else None,
        protocol,
        _address(ip),
        ambiguous,
    )


def _sections(text: Text) -> tuple[Text | None, Text, Text]:
    """IP address, host port and container port as written; a missing IP address is None, a missing host port ""."""
    parts = split(text, ":")
    if len(parts) == 1:
        return None, "", parts[0]
    if len(parts) == 2:
        return None, parts[0], parts[1]
    ip_end = len(shape(text)) - len(shape(parts[-1])) - len(shape(parts[-2])) - 2
    return piece(text, 0, ip_end), parts[-2], parts[-1]


def _ambiguous(ip: Text | None, host: Text, target: Text, has_protocol: bool) -> bool:
    """Whether a separator inside an unknown part gives another valid reading that contradicts this one."""
    if isinstance(target, Unresolved):
        if not has_protocol or (ip is None and host == ""):
            return True
        if ip is None:
            return isinstance(host, Unresolved) or _is_ip(host)
    if isinstance(host, Unresolved):
        # More text before the last colon makes the IP address longer: an IPv4 or bracketed one has an end.
        return ip is None or (isinstance(ip, str) and not ip.startswith("[") and ip.count(":") > 1)
    return False


def _protocol(written: Text) -> Text:
    if isinstance(written, Unresolved):
        return written
    protocol = written.lower() or "tcp"
    if protocol not in _PROTOCOLS:
        raise ShortSyntaxError("the protocol is none of tcp, udp and sctp")
    return protocol


def _address(written: Text | None) -> Text | None:
    """The IP address without brackets; None for none, which an empty one is too."""
    if not written:
        return None
    if isinstance(written, Unresolved):
        inner = written.text
        return written.piece(1, -1) if inner[0] == "[" and inner[-1] == "]" else written
    bare = written
    if written.startswith("["):
        if not written.endswith("]") or "[" in written[1:] or "]" in written[1:-1]:
            raise ShortSyntaxError("the brackets around the IP address do not match")
        bare = written[1:-1]
        if not bare:
            return None
    if not _is_ip(bare):
        raise ShortSyntaxError("the host address is not an IP address")
    return bare


def _is_ip(text: str) -> bool:
    if "%" in text or "/" in text:
        return False
    import ipaddress

    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _range(text: str, side: str) -> tuple[int, int]:
    first_text, dash, last_text = text.partition("-")
    first = parse_decimal_int(first_text)
    last = first if not dash or first_text == last_text else parse_decimal_int(last_text)
    if first is None or last is None:
        raise ShortSyntaxError(f"the {side} port is not a number")
    if not 0 <= first <= last <= _MAX_PORT:
        raise ShortSyntaxError(f"the {side} port is not between 0 and {_MAX_PORT}")
    return first, last
