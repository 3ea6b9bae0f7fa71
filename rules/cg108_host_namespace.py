"""CG108: a container in a namespace of the host."""

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
    cis,
    compose,
    container_rule,
    cwe,
    pss,
)

_GAINS = {
    "pid": (Severity.HIGH, "sees and can signal every process of the host, and read their environment"),
    "ipc": (Severity.HIGH, "can read and write the shared memory of the host's processes"),
    "uts": (Severity.MEDIUM, "shares the host's name, and with SYS_ADMIN can change it"),
    "userns_mode": (Severity.MEDIUM, "runs without the engine's user namespace: its root is the host's root"),
    "cgroup": (Severity.MEDIUM, "sees the cgroups of the host and of all other containers"),
}
"""What `host` gives at each key, after namespaces(7) and the manual of `docker run`."""


@container_rule(
    code="CG108",
    name="host-namespace",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(
        cis("5.16"),
        cis("5.17"),
        cis("5.21"),
        cis("5.25"),
        cis("5.31"),
        pss("baseline"),
        cwe(653),
        compose("05-services.md#pid"),
        Reference("namespaces(7)", "https://man7.org/linux/man-pages/man7/namespaces.7.html"),
    ),
    examples=(
        Example(
            title="Five namespaces",
            bad="""\
services:
  agent:
    image: example.org/agent:1.4
    pid: host  # expect: CG108
    ipc: "host"  # expect: CG108
    uts: host  # expect: CG108
    userns_mode: host  # expect: CG108
    cgroup: host  # expect: CG108
""",
            fixed="""\
services:
  agent:
    image: example.org/agent:1.4
""",
        ),
        Example(
            title="Namespaces of one's own, and of a service of the project",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    pid: service:db
    ipc: private
    cgroup: private
    hostname: host
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
  db:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    ipc: shareable
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def host_namespace(container: Container) -> Iterator[Problem]:
    """A container in a namespace of the host sees, and may touch, what belongs to the host.

    In the host's PID namespace an attacker reads the environment and the open files of processes of the same
    user in `/proc`, and kills them; in its IPC namespace, the shared memory of databases and desktops. The
    other namespaces are thinner walls. (`network_mode: host` is CG301.)

    **Fix.** Remove the key: every container then gets a namespace of its own.

    **When to ignore.** Agents that measure the host's processes, on hosts where they are trusted as root is;
    `userns_mode: host` where the engine does not remap users, for there it changes nothing.
    """
    for key, (severity, gain) in _GAINS.items():
        value: str | Unresolved | None = getattr(container, key)
        if value != "host":
            continue
        path = container.at(key)
        yield Problem(
            path,
            f"{container.name} uses `{key}: host`: it {gain}",
            label=gain,
            severity=severity,
            fix=Fix(
                f"remove `{key}: host`",
                (Remove(path),),
                Safety.UNSAFE,
                note="a program that works on what the namespace holds no longer sees it",
            ),
            evidence=key,
        )
