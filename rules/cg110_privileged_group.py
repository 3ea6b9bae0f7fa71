"""CG110: a container whose user is put into a group with power over the host."""

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
    compose,
    container_rule,
    cwe,
    regex,
)

_ROOT = "the group of most of the host's system files"
_DISK = "raw access to disks that are passed in"
_KERNEL = "the kernel's memory, where its device is passed in"
_SHADOW = "the hashes of passwords"
_ENGINE = "the engine's socket, which is root on the host"
_ADMIN = "the right to become root where `sudo` trusts the group"
_LOGS = "the system's logs, and what programs wrote into them"

_GROUPS = {
    "root": _ROOT,
    "disk": _DISK,
    "kmem": _KERNEL,
    "shadow": _SHADOW,
    "docker": _ENGINE,
    "podman": _ENGINE,
    "lxd": _ENGINE,
    "incus-admin": _ENGINE,
    "libvirt": "the host's virtual machines, which is root on the host",
    "sudo": _ADMIN,
    "wheel": _ADMIN,
    "adm": _LOGS,
    "systemd-journal": _LOGS,
    "0": _ROOT,
    "4": _LOGS,
    "6": _DISK,
    "15": _KERNEL,
    "42": _SHADOW,
}
"""Groups by name, and the numbers that are fixed: of Debian (base-passwd); 0 and 6 are the same everywhere. Numbers
that systems hand out as they like (docker, lxd) cannot be told."""

_ZEROS = regex(r"\+?0*(?=\d)")


@container_rule(
    code="CG110",
    name="privileged-group",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    references=(
        compose("05-services.md#group_add"),
        Reference("Debian: system groups", "https://wiki.debian.org/SystemGroups"),
        cwe(250),
    ),
    examples=(
        Example(
            title="Names and numbers",
            bad="""\
services:
  agent:
    image: example.org/agent:1.4
    user: "1000:1000"
    group_add:
      - docker  # expect: CG110
      - 0  # expect: CG110
      - "1000"
""",
            fixed="""\
services:
  agent:
    image: example.org/agent:1.4
    user: "1000:1000"
    group_add:
      - "1000"
""",
        ),
        Example(
            title="Groups of devices and of the program's own",
            good="""\
services:
  media:
    image: example.org/media:10.9
    user: "1000:1000"
    group_add: [video, render, "44", 109, media]
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 2g
    cpus: 2
    pids_limit: 200
    logging: {driver: local}
""",
        ),
    ),
)
def privileged_group(container: Container) -> Iterator[Problem]:
    """A group in `group_add` gives the container's processes that group's rights on everything mounted.

    The kernel compares numbers: group 0 in the container is group 0 on the files, sockets and devices of the
    host that are mounted. Through it a user that was chosen to be harmless reads and writes what it should not.

    **Fix.** Remove the entry, and give the files that the program needs a group of their own.

    **When to ignore.** Images that are made to run as any user of group 0, as OpenShift starts them, when
    nothing of the host is mounted.
    """
    for index, entry in enumerate(container.group_add):
        gain = _GROUPS.get(_ZEROS.sub("", entry, count=1)) if isinstance(entry, str) else None
        if gain is None:
            continue
        path = container.at("group_add", index)
        yield Problem(
            path,
            f"{container.name} is in the group {entry}: {gain}",
            label=gain,
            fix=Fix(
                f"remove the group `{entry}`",
                (Remove(path),),
                Safety.UNSAFE,
                note="the program loses access to files and devices of the group",
            ),
            evidence=str(entry),
        )
