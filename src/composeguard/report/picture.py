"""What a picture of a project shows: its services, who can reach them, and what of the host they reach.

Facts only; `diagram` gives them places. An edge is dangerous if a severe finding is about what makes it, accepted or
not, or if it hands over the host whatever the rules that ran have to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from composeguard.compose.unresolved import Text
from composeguard.engine.report import CheckedProject
from composeguard.engine.severity import Severity
from composeguard.model.container import Container
from composeguard.model.host_paths import host_mounts
from composeguard.model.ports import Port, Reach
from composeguard.model.project import Project
from composeguard.model.service import Workload
from composeguard.report.likely import MASK, masked, names_a_secret
from composeguard.source.node import Path

_DEFAULT_NETWORK = "default"
_NAMESPACES = ("pid", "ipc", "uts", "userns_mode", "cgroup")
_SOCKET = ".sock"
"""What ends so under the host's paths commands something of the host."""
REACHES = {
    Reach.EVERYWHERE: "every interface",
    Reach.ADDRESS: "one address",
    Reach.UNKNOWN: "unknown address",
    Reach.LOOPBACK: "this host only",
}
"""From where a service is reached, the widest first."""


class Edge(Struct, frozen=True):
    """A way in, or a thing of the host that a container reaches."""

    label: str
    detail: str
    severity: Severity | None = None
    """The worst finding about it; None: nothing was found."""
    danger: bool = False
    accepted: bool = False
    """All that was found about it is accepted by comments."""
    reach: Reach | None = None
    """Of a way in: from where."""


class Lane(Struct, frozen=True):
    """A network; an internal one leads to no other host, an external one is not made by this project."""

    name: str
    internal: bool
    external: bool


class Row(Struct, frozen=True):
    """A service or job. `severity` is the worst of all its findings."""

    name: str
    path: Path
    image: str
    severity: Severity | None
    findings: int
    ports: tuple[Edge, ...]
    host: tuple[Edge, ...]
    networks: frozenset[str]


class Picture(Struct, frozen=True):
    """One project; the services that others can reach come first, then those that reach into the host."""

    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]

    @property
    def dangers(self) -> int:
        return sum(edge.danger for row in self.rows for edge in (*row.ports, *row.host))


def picture(checked: CheckedProject) -> Picture:
    """The picture of a project."""
    project = checked.reading.project
    found = _Found(checked)
    rows = [_row(project, workload, found) for workload in (*project.services.values(), *project.jobs.values())]
    used = {name for row in rows for name in row.networks}
    # The networks of what is published first: they are nearest to the way in.
    front = {name for row in rows if row.ports for name in row.networks}
    lanes = [_lane(project, name) for name in sorted(used)]
    lanes.sort(key=lambda lane: (lane.name not in front, lane.internal))
    rank = {lane.name: index for index, lane in enumerate(lanes)}

    def order(row: Row) -> tuple[bool, bool, int]:
        nearest = min((rank[name] for name in row.networks), default=len(rank))
        return not row.ports, not any(edge.danger for edge in row.host), nearest

    rows.sort(key=order)
    return Picture(tuple(lanes), tuple(rows))


class _Found:
    """The worst severity at or below a path, and what must not be told of it."""

    def __init__(self, checked: CheckedProject) -> None:
        self._reading = checked.reading
        self.counts: dict[Path, int] = {}
        self._active: dict[Path, Severity] = {}
        self._accepted: dict[Path, Severity] = {}
        for finding in checked.findings:
            worst = self._active if finding.suppression is None else self._accepted
            if finding.suppression is None:
                self.counts[finding.path[:2]] = self.counts.get(finding.path[:2], 0) + 1
            for end in range(1, len(finding.path) + 1):
                path = finding.path[:end]
                worst[path] = max(worst.get(path, finding.severity), finding.severity)

    def worst(self, path: Path) -> Severity | None:
        return self._active.get(path)

    def hides(self, path: Path) -> bool:
        """Whether the value at a path is made of a variable with the name of a credential."""
        node = self._reading.node(path)
        return node is not None and names_a_secret(node.file.text[node.start : node.end])

    def judged(self, edge: Edge, *paths: Path) -> Edge:
        """The edge with what was found at these places; without its words where a secret makes them."""
        if any(map(self.hides, paths)):
            edge = replace(edge, label=MASK, detail="a variable that may hold a secret")
        active = [self._active[path] for path in paths if path in self._active]
        accepted = [self._accepted[path] for path in paths if path in self._accepted]
        worst = max((*active, *accepted), default=Severity.INFO)
        return replace(
            edge,
            severity=max(active, default=None),
            danger=edge.danger or worst >= Severity.HIGH,
            accepted=bool(accepted) and not active,
        )


def _row(project: Project, workload: Workload, found: _Found) -> Row:
    host = list(_host(project, workload, found))
    for step in getattr(workload, "pre_start", ()):
        host.extend(_host(project, step, found))
    image = MASK if found.hides(workload.at("image")) else _told(workload.image)
    return Row(
        name=workload.name,
        path=workload.path,
        image=image or ("built here" if workload.build is not None else ""),
        severity=found.worst(workload.path),
        findings=found.counts.get(workload.path, 0),
        ports=_in_order(_ports(workload, found)),
        host=_in_order(host),
        networks=_networks(project, workload),
    )


def _in_order(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    """The dangerous ones first, each once."""
    return tuple(sorted(dict.fromkeys(edges), key=lambda edge: not edge.danger))


def _networks(project: Project, workload: Workload) -> frozenset[str]:
    mode = workload.network_mode
    if isinstance(mode, str) and mode.startswith("service:"):
        other = project.services.get(mode.removeprefix("service:"))
        # One step: a service in the network of another one that is in that of a third is rare, and may be a circle.
        return frozenset(other.networks) if other is not None else frozenset()
    if mode:
        return frozenset()
    return frozenset(workload.networks or (_DEFAULT_NETWORK,))


def _lane(project: Project, name: str) -> Lane:
    network = project.networks.get(name)
    return Lane(
        name,
        internal=network is not None and network.internal is True,
        external=network is not None and network.external is True,
    )


def _ports(workload: Workload, found: _Found) -> Iterator[Edge]:
    if workload.network_mode == "host":
        edge = Edge("all it listens on", "it shares the network of the host", reach=Reach.EVERYWHERE, danger=True)
        yield found.judged(edge, workload.at("network_mode"))
    if not workload.publishes:
        return
    for index, port in enumerate(workload.ports):
        detail = f"reached from {port.reach.value}"
        yield found.judged(Edge(_port_label(port), detail, reach=port.reach), workload.at("ports", index))


def _told(text: Text | None) -> str:
    """A text as written: what stands in for a variable, or in an address, may be a secret."""
    return "" if text is None else masked(str(text))


def _port_label(port: Port) -> str:
    published = _told(port.published) or "random"
    address = f"{_told(port.host_ip)}:" if port.reach in (Reach.ADDRESS, Reach.UNKNOWN) else ""
    protocol = "" if port.protocol in (None, "tcp") else f"/{port.protocol}"
    target = "?" if port.target is None else str(port.target)
    return f"{address}{published}{protocol} → {target}"


def _host(project: Project, container: Container, found: _Found) -> Iterator[Edge]:
    """What of the host a container reaches, the files of the project itself in one."""

    def edge(label: str, detail: str, *steps: str | int, danger: bool = False) -> Edge:
        return found.judged(Edge(label, detail, danger=danger), container.at(*steps))

    if container.privileged is True:
        yield edge("privileged", "every device and capability of the host", "privileged", danger=True)
    if container.use_api_socket is True:
        yield edge("engine socket", "use_api_socket: it commands the engine", "use_api_socket", danger=True)
    if container.network_mode == "host":
        yield edge("host network", "network_mode: host", "network_mode", danger=True)
    for key in _NAMESPACES:
        if getattr(container, key) == "host":
            yield edge(f"host {key.removesuffix('_mode')}", f"{key}: host", key, danger=True)
    yield from _mounts(project, container, found)
    for index, device in enumerate(container.devices):
        yield edge(_told(device.source) or "device", "a device of the host", "devices", index)
    if container.gpus:
        yield edge("GPUs", "devices of the host", "gpus")
    for index, capability in enumerate(container.cap_add):
        yield edge(f"+{_told(capability)}", "an added capability", "cap_add", index)


def _mounts(project: Project, container: Container, found: _Found) -> Iterator[Edge]:
    own = 0
    for mount in host_mounts(project, container):
        source = mount.normal if isinstance(mount.source, str) and mount.normal else _told(mount.source)
        mode = "read-only" if mount.read_only else "writable"
        edge = Edge(source, f"{mode}, at {_told(mount.target) or source}", danger=source.endswith(_SOCKET))
        judged = found.judged(edge, mount.entry, *([mount.definition] if mount.definition else []))
        if _within(mount.source, mount.normal) and not judged.danger and judged.severity is None:
            own += 1
        else:
            yield judged
    if own:
        yield Edge(f"{own} own file{'s' * (own != 1)}", "files and folders beside the Compose file")


def _within(source: Text, normal: str) -> bool:
    """Whether a path of the host is beside or below the Compose file: what the project brings along."""
    return isinstance(source, str) and normal != "" and not normal.startswith(("/", "~", "..")) and ":" not in normal
