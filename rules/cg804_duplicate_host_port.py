"""CG804: one port of the host for two containers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from composeguard.api import (
    Example,
    Path,
    Port,
    Problem,
    Profile,
    Reading,
    Service,
    Severity,
    Unresolved,
    Workload,
    compose,
    docker,
    is_for_a_swarm,
    kept_ports,
    reading_rule,
    whole_number,
)

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

_Entry = tuple[Path, str, int, int]
_MENU = 5
"""From how many services that cannot start on, a file is taken for a choice."""
_SWARM_ONLY = ("endpoint_mode", "placement", "rollback_config", "update_config")


class _Claim(NamedTuple):
    """A port that a container asks of the host. `number` is as written where a variable hides it."""

    owner: Workload
    position: int
    port: Port
    number: int | str

    @property
    def path(self) -> Path:
        return self.owner.at("ports", self.position, "published")

    @property
    def shown(self) -> str:
        return self.up_to(self)

    def up_to(self, last: _Claim) -> str:
        """The ports from this one to the last of a range."""
        address = "" if self.port.host_ip is None else f" on {self.port.host_ip}"
        numbers = self.number if last is self else f"{self.number}-{last.number}"
        return f"{numbers}/{self.port.protocol}{address}"


class _Conflict(NamedTuple):
    """Ports from `first` to `last`, of one entry each of two containers, or of one twice (then `other` is None)."""

    first: _Claim
    last: _Claim
    other: _Claim | None

    @property
    def what(self) -> str:
        return f"port{'' if self.first is self.last else 's'} {self.first.up_to(self.last)}"


@reading_rule(
    code="CG804",
    name="duplicate-host-port",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE,),
    correctness=True,
    references=(
        compose("05-services.md#ports"),
        docker("engine/network/port-publishing/", "Docker: port publishing"),
        docker("compose/how-tos/profiles/", "Docker: profiles"),
    ),
    examples=(
        Example(
            title="One number, an address that every interface holds, a range",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    ports: ["8080:80", "9000-9002:9000-9002"]
  admin:
    image: nginx:1.27.2
    ports:
      - "127.0.0.1:8080:80"  # expect: CG804
  metrics:
    image: nginx:1.27.2
    ports:
      - target: 80
        published: 9001  # expect: CG804
""",
        ),
        Example(
            title="Two containers of one service",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    ports: ["8080:80"]  # expect: CG804
    deploy: {replicas: 2}
""",
        ),
        Example(
            title="Other protocols, other addresses, and services that no one profile starts together",
            good="""\
x-hardened: &hardened
  image: nginx:1.27.2
  user: "101:101"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  names:
    <<: *hardened
    ports: ["127.0.0.1:5353:53/udp", "127.0.0.1:5353:53/tcp", "127.0.0.2:5353:53/udp", "[::1]:5353:53/udp"]
  cpu:
    <<: *hardened
    profiles: [cpu]
    ports: ["127.0.0.1:8080:80"]
  gpu:
    <<: *hardened
    profiles: [gpu]
    ports: ["127.0.0.1:8080:80"]
""",
        ),
    ),
)
def duplicate_host_port(reading: Reading) -> Iterator[Problem]:
    """Two containers cannot have one port of the host.

    Compose accepts the file; the engine refuses the container that starts second, and which one that is may change
    from start to start: a port that should lead to one program leads to the other. Same port and protocol, and
    addresses that overlap: one without an address, on `0.0.0.0` or on `::` holds the port on every address of
    its family. A service with several replicas and a fixed port is in its own way.

    Services without a profile in common are alternatives and no conflict, nor is a service that is scaled to 0.
    Where a variable hides the port, two uses of the same variable are one port. A service without an image and a
    build is a template for others to extend, and never starts. Where five services or more cannot start because
    of another one, the file is a menu that nobody starts whole: the finding is medium then, not high.

    **Fix.** Give each container a port of its own, leave the host's port out, or leave out the port altogether where
    only other containers use it.

    **When to ignore.** Services that are never started together, without profiles that say so: a file that is a menu
    from which services are started by name.
    """
    project = reading.project
    taken: dict[tuple[int | str, str], list[_Claim]] = {}
    conflicts: list[_Conflict] = []
    replicated: list[_Conflict] = []
    for owner in (*project.services.values(), *project.jobs.values()):
        if not owner.ports:
            continue
        replicas = _replicas(owner)
        if not owner.publishes or replicas == 0 or (owner.image is None and owner.build is None):
            continue
        overridden = {pair.added for pair in kept_ports(reading, owner)}
        for claim in _claims(owner):
            if replicas > 1 and isinstance(claim.number, int) and not _obeys_swarm(reading):
                replicated.append(_Conflict(claim, claim, None))
            if claim.position in overridden:
                continue  # CG813 says why it is there twice
            earlier = taken.setdefault((claim.number, str(claim.port.protocol)), [])
            other = next((each for each in earlier if _collide(reading, each, claim)), None)
            if (
                other is not None
                and isinstance(claim.number, str)
                and _entry(reading, claim) == _entry(reading, other) is not None
            ):
                continue  # the variable holds a range, of which each port of the container takes one
            earlier.append(claim)
            if other is not None:
                conflicts.append(_Conflict(claim, claim, other))
    for each in _of_ranges(reading, replicated):
        claim = each.first
        message = f"{_replicas(claim.owner)} containers of {claim.owner.name} ask for the host's {each.what}"
        yield Problem(claim.path, message, label="only one of them can start", evidence=claim.shown)
    losers = {each.first.owner.name for each in conflicts if not _is_own(each)}
    for each in _of_ranges(reading, conflicts):
        is_choice = not _is_own(each) and len(losers) >= _MENU
        yield _problem(each, Severity.MEDIUM if is_choice else None)


def _is_own(conflict: _Conflict) -> bool:
    return conflict.other is None or conflict.first.owner is conflict.other.owner


def _of_ranges(reading: Reading, conflicts: Iterable[_Conflict]) -> Iterator[_Conflict]:
    """Those of the neighbouring ports of one entry and the same other one, taken together: a range is one mistake."""
    groups: dict[tuple[_Entry | None, ...], list[_Conflict]] = {}
    for each in conflicts:
        groups.setdefault((_entry(reading, each.first), _entry(reading, each.other)), []).append(each)
    for group in groups.values():
        # A project has the ports of a range in the order of their digits.
        group.sort(key=lambda each: each.first.number if isinstance(each.first.number, int) else 0)
        begun = group[0]
        for each in group[1:]:
            before, number = begun.last.number, each.first.number
            if isinstance(before, int) and isinstance(number, int) and number == before + 1:
                begun = begun._replace(last=each.last)
            else:
                yield begun
                begun = each
        yield begun


def _problem(conflict: _Conflict, severity: Severity | None) -> Problem:
    claim, other = conflict.first, conflict.other or conflict.first
    who = f"{claim.owner.name} asks twice" if claim.owner is other.owner else ""
    message = (
        f"{who or f'{claim.owner.name} and {other.owner.name} both ask'} for the host's {conflict.what}"
        f"{'' if claim.shown == other.shown else f', the first time as {other.shown}'}"
    )
    return Problem(
        claim.path,
        message,
        label="the engine gives it to one only"
        if conflict.first is conflict.last
        else "the engine gives each to one only",
        severity=severity,
        related=(other.path,),
        evidence=claim.shown,
    )


def _claims(owner: Workload) -> Iterator[_Claim]:
    """The ports with one number each: of a range for one container port, the engine takes any that is free."""
    for index, port in enumerate(owner.ports):
        published = port.published
        if isinstance(published, Unresolved):
            yield _Claim(owner, index, port, str(published))
        elif published is not None and (number := whole_number(published)):
            yield _Claim(owner, index, port, number)


def _collide(reading: Reading, one: _Claim, other: _Claim) -> bool:
    return _overlap(one.port, other.port) and _together(reading, one.owner, other.owner)


def _entry(reading: Reading, claim: _Claim | None) -> _Entry | None:
    """What a claim is an entry of, and where: the short syntax writes a range of ports as one."""
    node = None if claim is None else reading.node(claim.owner.at("ports", claim.position))
    return None if claim is None or node is None else (claim.owner.path, node.file.uri, node.start, node.end)


def _overlap(one: Port, other: Port) -> bool:
    """Whether some address of the host serves both. An unknown one is only like itself, or part of all."""
    if isinstance(one.host_ip, Unresolved) or isinstance(other.host_ip, Unresolved):
        return None in (one.host_ip, other.host_ip) or str(one.host_ip) == str(other.host_ip)
    return any(
        first.version == second.version and (first == second or first.is_unspecified or second.is_unspecified)
        for first in _addresses(one.host_ip)
        for second in _addresses(other.host_ip)
    )


@lru_cache(maxsize=256)
def _addresses(host_ip: str | None) -> tuple[IPv4Address | IPv6Address, ...]:
    # Imported where two services want the same port: few do.
    import ipaddress

    if not host_ip:  # no address means both
        return (ipaddress.IPv4Address(0), ipaddress.IPv6Address(0))
    try:
        address = ipaddress.ip_address(host_ip.strip("[]"))
    except ValueError:
        return ()  # CG801 has it
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address,)


def _together(reading: Reading, one: Workload, other: Workload) -> bool:
    """Whether something starts both: one of the profiles alone, or those that are chosen."""
    if not one.profiles or not other.profiles or one is other:
        return True
    chosen = {profile for profile in reading.request.profiles if profile}
    ours, theirs = ({name for name in each.profiles if isinstance(name, str)} for each in (one, other))
    return bool(ours & theirs) or "*" in chosen or bool(ours & chosen and theirs & chosen)


def _replicas(owner: Workload) -> int:
    """How many containers run at a time; 1 where that is not known."""
    if not isinstance(owner, Service):
        return 1
    replicas = owner.deploy.replicas if owner.deploy else None
    count = replicas if owner.scale is None else owner.scale
    return count if isinstance(count, int) else 1


def _obeys_swarm(reading: Reading) -> bool:
    """A swarm publishes one port for all replicas. The file says that it is for one, or has keys of one alone."""
    deploys = (service.deploy for service in reading.project.services.values() if service.deploy)
    return is_for_a_swarm(reading) or any(getattr(deploy, key) is not None for deploy in deploys for key in _SWARM_ONLY)
