"""CG112: a kernel parameter that the container's namespaces do not keep inside."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Fix,
    Problem,
    Profile,
    Reference,
    Remove,
    Safety,
    Severity,
    Unresolved,
    compose,
    container_rule,
    cwe,
    docker,
    pss,
)

_SAFE = frozenset(
    (
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_wmem",
    )
)
"""What the Pod Security Standards allow and the kubelet takes for safe (kubernetes.io, "Using sysctls")."""

_LIMITS_OF_OWN = frozenset(
    (
        "kernel.msgmax",
        "kernel.msgmnb",
        "kernel.msgmni",
        "kernel.sem",
        "kernel.shmall",
        "kernel.shmmax",
        "kernel.shmmni",
    )
)
"""Those of the IPC namespace, as the engine lists them (https://docs.docker.com/reference/cli/docker/container/run/)."""

_OPENS = {
    "accept_redirects": "it lets any neighbour change its routes",
    "accept_source_route": "it lets the sender choose the route of packets",
    "route_localnet": "it lets neighbours reach what listens on loopback",
    "send_redirects": "it lets it change the routes of its neighbours",
    "bootp_relay": "it passes on packets with any source",
}
"""Settings of an interface that open it when they are on (https://docs.kernel.org/networking/ip-sysctl.html)."""


@container_rule(
    code="CG112",
    name="unsafe-sysctl",
    severity=Severity.MEDIUM,
    profiles=(Profile.BASELINE,),
    references=(
        pss("baseline"),
        compose("05-services.md#sysctls"),
        docker("reference/cli/docker/container/run/#sysctl", "Docker: kernel parameters"),
        Reference("Kubernetes: using sysctls", "https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/"),
        cwe(732),
    ),
    examples=(
        Example(
            title="A parameter of the whole host, and one that opens the network",
            bad="""\
services:
  search:
    image: example.org/search:8.15
    sysctls:
      vm.max_map_count: 262144  # expect: CG112
      net.ipv4.conf.all.route_localnet: 1  # expect: CG112
      net.ipv4.tcp_syncookies: 1
""",
            fixed="""\
services:
  search:
    image: example.org/search:8.15
    sysctls:
      net.ipv4.tcp_syncookies: 1
""",
        ),
        Example(
            title="What stays inside",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    sysctls:
      - net.ipv4.ip_unprivileged_port_start=0
      - net.core.somaxconn=1024
      - net.ipv6.conf.all.disable_ipv6=1
      - net.ipv4.conf.all.accept_redirects=0
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def unsafe_sysctl(container: Container) -> Iterator[Problem]:
    """A parameter in `sysctls` that has no namespace is the whole host's; others open the container's network.

    The engine refuses parameters without a namespace (`vm.*`, most of `kernel.*` and `fs.*`) and those of a
    namespace that the container shares with the host, so the project does not start; a runtime that lets
    them pass changes the host. Of the parameters with a namespace, some switch protection off inside it.
    Limits of shared memory and message queues are low: memory taken so escapes some limits.

    **Fix.** Remove the entry. Set what is the host's on the host (`/etc/sysctl.d`), once, by its owner.

    **When to ignore.** VPN and routing containers that must forward or redirect packets.
    """
    for name, value in container.sysctls.items():
        key = name.replace("/", ".") if "/" in name.partition(".")[0] else name
        found = _reason(container, key, off=isinstance(value, Unresolved) or value == "0")
        if found is None:
            continue
        severity, reason = found
        path = container.at("sysctls", name)
        yield Problem(
            path,
            f"{container.name} sets {name}: {reason}",
            label=reason,
            severity=severity,
            fix=Fix(
                f"remove `{name}`",
                (Remove(path),),
                Safety.UNSAFE,
                note="a program that relies on the value misses it, unless the host has the same",
            ),
            evidence=name,
        )


def _reason(container: Container, name: str, *, off: bool) -> tuple[Severity, str] | None:
    """How bad the parameter is, and why; None where it is not."""
    if name.startswith("net."):
        if container.network_mode == "host":
            return Severity.MEDIUM, "with `network_mode: host` it is the host's, and the engine refuses it"
        reason = _OPENS.get(name.rpartition(".")[2])
        return (Severity.MEDIUM, reason) if reason and not off else None
    if name in _SAFE:
        return None
    if name in _LIMITS_OF_OWN or name.startswith("fs.mqueue."):
        if container.ipc == "host":
            return Severity.MEDIUM, "with `ipc: host` it is the host's, and the engine refuses it"
        return Severity.LOW, "it lifts a limit on shared memory and messages"
    return Severity.MEDIUM, "it has no namespace and is the whole host's, so the engine refuses it"
