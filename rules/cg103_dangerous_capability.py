"""CG103: a container with a capability beyond the engine's default set."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Fix,
    Options,
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
    docker,
    option,
    owasp,
    pss,
)

_REASONS = {
    Severity.CRITICAL: {
        "ALL": "it is root on the host in all but name",
        "SYS_ADMIN": "it can mount file systems and reach most of the kernel's administration",
        "SYS_MODULE": "it can load code into the host's kernel",
        "SYS_RAWIO": "it can write the host's memory, ports and raw disks",
    },
    Severity.HIGH: {
        "AUDIT_CONTROL": "it can turn the host's audit log off",
        "BPF": "it can load programs into the host's kernel",
        "CHECKPOINT_RESTORE": "it can choose process numbers and read memory maps of other processes",
        "DAC_READ_SEARCH": "it can open any file of the host's disk by its handle, past the mount namespace",
        "MAC_ADMIN": "it can change the host's mandatory access control",
        "MAC_OVERRIDE": "it can ignore the host's mandatory access control",
        "NET_ADMIN": "it can change addresses, routes and firewall rules, and reach much of the kernel's network code",
        "PERFMON": "it can observe the whole kernel and every process",
        "SYSLOG": "it can read the kernel's log and addresses, which other attacks need",
        "SYS_BOOT": "it can restart the host and load another kernel",
        "SYS_PTRACE": "it can read and change the memory of every process that it sees",
        "SYS_TIME": "it can set the host's clock, on which certificates and logs rely",
    },
    Severity.MEDIUM: {
        "AUDIT_READ": "it can read the host's audit log",
        "IPC_OWNER": "it can read and write all shared memory of its IPC namespace",
        "LEASE": "it can hold leases on files that others then wait for",
        "LINUX_IMMUTABLE": "it can make files on mounted volumes unchangeable",
        "SYS_PACCT": "it can turn the host's process accounting off",
        "SYS_RESOURCE": "it can exceed quotas and limits of resources",
        "SYS_TTY_CONFIG": "it can hang up and reconfigure the host's terminals",
    },
    Severity.LOW: {
        "BLOCK_SUSPEND": "it can keep the host awake",
        "IPC_LOCK": "it can lock memory; only the memory limit bounds it",
        "NET_BROADCAST": "it has no use in the kernel of today",
        "SYS_NICE": "it can take processor time from others",
        "WAKE_ALARM": "it can wake the host up",
    },
    Severity.INFO: {
        "NET_RAW": "it can forge packets on the networks that it is on, as Docker lets it by default",
    },
}
"""What each capability gives, after capabilities(7); the low ones reach nobody's data."""

_KNOWN = {name: (severity, reason) for severity, rows in _REASONS.items() for name, reason in rows.items()}


class DangerousCapability(Options):
    """What a configuration can set."""

    allow: tuple[str, ...] = option((), "Capabilities that containers may have, with or without `CAP_`.")


@container_rule(
    code="CG103",
    name="dangerous-capability",
    severity=Severity.CRITICAL,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(
        cis("5.4"),
        owasp(3),
        pss("baseline"),
        cwe(250),
        compose("05-services.md#cap_add"),
        docker("engine/containers/run/#runtime-privilege-and-linux-capabilities", "Docker: Linux capabilities"),
        Reference("capabilities(7)", "https://man7.org/linux/man-pages/man7/capabilities.7.html"),
    ),
    examples=(
        Example(
            title="In any case, with or without the prefix",
            bad="""\
services:
  backup:
    image: example.org/backup:3.2
    cap_drop: [ALL]
    cap_add:
      - SYS_ADMIN  # expect: CG103
      - cap_dac_read_search  # expect: CG103
      - CHOWN
""",
            fixed="""\
services:
  backup:
    image: example.org/backup:3.2
    cap_drop: [ALL]
    cap_add:
      - CHOWN
""",
        ),
        Example(
            title="Capabilities of the default set, given back",
            good="""\
services:
  db:
    image: postgres:16.4
    user: "999:999"
    cap_drop: [ALL]
    cap_add: [CHOWN, CAP_FOWNER, setuid, SETGID, DAC_OVERRIDE]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 1g
    cpus: 1
    pids_limit: 200
    logging: {driver: local}
""",
        ),
        Example(
            title="One that the configuration allows",
            settings={"allow": ["NET_ADMIN"]},
            good="""\
services:
  vpn:
    image: linuxserver/wireguard:1.0.20210914
    user: "1000:1000"
    cap_drop: [ALL]
    cap_add: [NET_ADMIN]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 128m
    cpus: 0.5
    pids_limit: 50
    logging: {driver: local}
""",
        ),
    ),
    options=DangerousCapability,
)
def dangerous_capability(container: Container, options: DangerousCapability) -> Iterator[Problem]:
    """A capability beyond the engine's default set gives a container a part of root's power over the host.

    With `ALL`, `SYS_ADMIN`, `SYS_MODULE` or `SYS_RAWIO` whoever takes over the process needs no further bug to
    own the host (critical). Others read the host's files or memory, or reach kernel code that has had many
    holes (high); the rest disturb the host's operation (medium, low). `NET_RAW` is in the default set of Docker and not
    in that of the Pod Security Standards: it is noted, and not removed.

    **Fix.** Remove the entry, and find what the program misses: often a device, a `sysctls` entry or a file's
    owner will do.

    **When to ignore.** Programs whose purpose it is: a VPN or a firewall needs `NET_ADMIN`, a DHCP server
    `NET_RAW`, a time server `SYS_TIME`.
    """
    allowed = {_bare(name) for name in options.allow}
    for index, entry in enumerate(container.cap_add):
        if isinstance(entry, Unresolved):
            continue
        name = _bare(entry)
        known = _KNOWN.get(name)
        if known is None or name in allowed:
            continue
        severity, reason = known
        path = container.at("cap_add", index)
        fix = Fix(
            f"remove `{name}`",
            (Remove(path),),
            Safety.UNSAFE,
            note="a program that uses the capability stops working",
        )
        yield Problem(
            path,
            f"{container.name} has the capability {name}: {reason}",
            label=reason,
            severity=severity,
            fix=None if severity is Severity.INFO else fix,
            evidence=name,
        )


def _bare(name: str) -> str:
    """A capability as the engine compares it: in any case, with or without the prefix."""
    return name.strip().upper().removeprefix("CAP_")
