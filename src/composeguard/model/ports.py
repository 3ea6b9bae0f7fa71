"""Published ports."""

from enum import Enum

from composeguard.compose.unresolved import Unresolved
from composeguard.model.types import Integer, Specification, Text


class Reach(Enum):
    """From where a published port can be reached."""

    LOOPBACK = "the host itself"
    ADDRESS = "one address of the host"
    EVERYWHERE = "every interface of the host"
    UNKNOWN = "an address that a variable hides, or that is none"


_KNOWN = {
    None: Reach.EVERYWHERE,
    "": Reach.EVERYWHERE,
    "0.0.0.0": Reach.EVERYWHERE,  # noqa: S104 -- names what it means
    "::": Reach.EVERYWHERE,
    "127.0.0.1": Reach.LOOPBACK,
    "::1": Reach.LOOPBACK,
}


class Port(Specification):
    """One container port and where the host publishes it.

    `published` is a text ("8080", "8000-8005"), None or "" for a random port of the host, or `Unresolved`.
    `host_ip` None means all interfaces. `target` None: it is hidden by an unresolved range or whole entry.
    """

    name: Text | None = None
    mode: Text | None = None
    host_ip: Text | None = None
    target: Integer | None = None
    published: Text | None = None
    protocol: Text | None = None
    app_protocol: Text | None = None

    @property
    def reach(self) -> Reach:
        """No address, `0.0.0.0` and `::` mean every interface, mapped into IPv6 as well."""
        if isinstance(self.host_ip, Unresolved):
            return Reach.UNKNOWN
        return _KNOWN.get(self.host_ip) or _reach(self.host_ip or "")


def _reach(host_ip: str) -> Reach:
    import ipaddress

    try:
        address = ipaddress.ip_address(host_ip.strip("[]"))
    except ValueError:
        return Reach.UNKNOWN
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    address = mapped or address
    if address.is_unspecified:
        return Reach.EVERYWHERE
    return Reach.LOOPBACK if address.is_loopback else Reach.ADDRESS
