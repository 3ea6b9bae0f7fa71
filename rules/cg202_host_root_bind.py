"""CG202: a container with the host's own files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from composeguard.api import (
    Container,
    Example,
    HostMount,
    Problem,
    Profile,
    Reading,
    Reference,
    Severity,
    agent_of,
    cis,
    compose,
    cwe,
    host_mounts,
    pss,
    reading_rule,
)


class _Row(NamedTuple):
    """What a folder or file of the host gives: `written` when it can be written, `read` when it can only be read.

    "" stands for what is harmless. `deep`: what is below counts as well, where no row of its own says otherwise.
    """

    written: str
    read: str
    deep: bool = False
    severity: Severity = Severity.CRITICAL
    read_severity: Severity = Severity.HIGH


_SYSTEM = "the configuration of the host, by which any program starts as root"
_PROGRAMS = "programs that root runs on the host"
_MODULES = "modules that the host's kernel loads"
_SHARED_MEMORY = "the shared memory of the host's programs"
_ENGINE_DATA = "the files of every container, and images that start later"
_NODE = "credentials and the workload of the cluster's node"
_WINDOWS = "programs and configuration of the host"

_ROWS = {
    # The tree itself: CIS Docker 5.6, Filesystem Hierarchy Standard 3.0 (https://refspecs.linuxfoundation.org/fhs.shtml).
    "/": _Row("the whole host", "every file of the host, credentials among them"),
    "/bin": _Row(_PROGRAMS, "", deep=True),
    "/sbin": _Row(_PROGRAMS, "", deep=True),
    "/lib": _Row(_PROGRAMS, "", deep=True),
    "/lib32": _Row(_PROGRAMS, "", deep=True),
    "/lib64": _Row(_PROGRAMS, "", deep=True),
    "/libx32": _Row(_PROGRAMS, "", deep=True),
    "/lib/modules": _Row(_MODULES, "", True, Severity.HIGH),  # CG204 has the fix
    "/usr": _Row(_PROGRAMS, ""),
    "/usr/bin": _Row(_PROGRAMS, "", deep=True),
    "/usr/sbin": _Row(_PROGRAMS, "", deep=True),
    "/usr/lib": _Row(_PROGRAMS, "", deep=True),
    "/usr/lib/modules": _Row(_MODULES, "", True, Severity.HIGH),
    "/usr/lib32": _Row(_PROGRAMS, "", deep=True),
    "/usr/lib64": _Row(_PROGRAMS, "", deep=True),
    "/usr/libexec": _Row(_PROGRAMS, "", deep=True),
    "/usr/local": _Row(_PROGRAMS, ""),
    "/usr/local/bin": _Row(_PROGRAMS, "", deep=True),
    "/usr/local/sbin": _Row(_PROGRAMS, "", deep=True),
    "/usr/local/lib": _Row(_PROGRAMS, "", deep=True),
    "/boot": _Row(
        "the kernel that the host starts next", "the boot configuration", True, read_severity=Severity.MEDIUM
    ),
    "/root": _Row("root's start-up files", "root's files, keys among them"),
    "/var": _Row("the state of every program of the host", "the state and logs of every program of the host"),
    "/var/lib": _Row("the state of every program of the host", "the state of every program of the host"),
    "/var/log": _Row("the host's logs: traces can be removed", "", severity=Severity.MEDIUM),
    "/var/spool/cron": _Row("what root runs by the clock", "", deep=True),
    "/run/dbus": _Row(
        "the system's bus, over which root asks systemd to start programs",
        "the system's bus, over which root asks systemd to start programs",
        deep=True,
        severity=Severity.MEDIUM,
        read_severity=Severity.MEDIUM,
    ),
    # Configuration: hier(7), and the manual of each program.
    "/etc": _Row(_SYSTEM, "the configuration of the host, hashes and keys among it"),
    "/etc/shadow": _Row("the hashes of all passwords", "the hashes of all passwords"),
    "/etc/gshadow": _Row("the hashes of groups' passwords", "the hashes of groups' passwords"),
    "/etc/passwd": _Row("who has an account, and who is root", ""),
    "/etc/group": _Row("who is in which group", ""),
    "/etc/sudoers": _Row("who may become root", "who may become root"),
    "/etc/sudoers.d": _Row("who may become root", "who may become root", deep=True),
    "/etc/ssh": _Row("who may log in", "the host's SSH keys"),
    "/etc/pam.d": _Row("how logins are checked", "", deep=True),
    "/etc/ssl/private": _Row("the host's private keys", "the host's private keys", deep=True),
    "/etc/kubernetes": _Row(_NODE, _NODE, deep=True),
    "/etc/docker": _Row("how the engine runs", "", deep=True),
    "/etc/containerd": _Row("how the engine runs", "", deep=True),
    "/etc/crontab": _Row("what root runs by the clock", ""),
    "/etc/cron.d": _Row("what root runs by the clock", "", deep=True),
    "/etc/cron.daily": _Row("what root runs by the clock", "", deep=True),
    "/etc/cron.hourly": _Row("what root runs by the clock", "", deep=True),
    "/etc/init.d": _Row("what root runs at the start", "", deep=True),
    "/etc/systemd": _Row("what root runs at the start", "", deep=True),
    "/etc/profile.d": _Row("what every login runs", "", deep=True),
    "/etc/hosts": _Row("where the host's programs find names", "", severity=Severity.MEDIUM),
    "/etc/resolv.conf": _Row("where the host's programs ask for names", "", severity=Severity.MEDIUM),
    "/etc/ld.so.preload": _Row("what every program loads", ""),
    "/etc/ld.so.conf.d": _Row("what every program loads", "", deep=True),
    # The kernel: proc(5), sysfs(5), cgroups(7).
    "/proc": _Row("the kernel's settings, by which it starts programs", "environment and memory maps of every process"),
    "/proc/1": _Row("the host's first process", "the host's first process, and by its root every file", deep=True),
    "/proc/sys": _Row("the kernel's settings, by which it starts programs", "", deep=True),
    "/proc/sysrq-trigger": _Row("a restart of the host", ""),
    "/proc/kcore": _Row("the host's memory", "the host's memory"),
    "/sys": _Row(
        "the kernel's settings and devices", "what hardware and other containers do", read_severity=Severity.MEDIUM
    ),
    "/sys/fs/cgroup": _Row("the limits of every container, and with cgroups v1 a way to run programs", "", deep=True),
    "/sys/fs/bpf": _Row("programs in the host's kernel", "", deep=True),
    "/sys/kernel": _Row("the kernel's settings", "", read_severity=Severity.MEDIUM),
    "/sys/kernel/debug": _Row("the inside of the kernel", "the inside of the kernel", deep=True),
    "/sys/kernel/security": _Row("the host's mandatory access control", "", deep=True),
    "/sys/kernel/tracing": _Row(
        "the inside of the kernel", "the inside of the kernel", deep=True, severity=Severity.HIGH
    ),
    "/sys/firmware": _Row("the variables of the firmware", "", deep=True),
    "/dev": _Row("every device of the host", "every device of the host"),
    "/dev/shm": _Row(  # noqa: S108 -- shm_overview(7)
        _SHARED_MEMORY, _SHARED_MEMORY, False, Severity.MEDIUM, Severity.MEDIUM
    ),
    # Engines and orchestrators: the manual of each.
    "/var/lib/docker": _Row(_ENGINE_DATA, "the files and environment of every container"),
    "/var/lib/docker/volumes": _Row("the data of every container", "the data of every container"),
    "/var/lib/docker/overlay2": _Row(_ENGINE_DATA, "the files of every container", deep=True),
    "/var/lib/docker/containers": _Row(
        "the configuration of every container",
        "the logs and environment of every container",
        severity=Severity.HIGH,
        read_severity=Severity.MEDIUM,
    ),
    "/var/lib/containerd": _Row(_ENGINE_DATA, "the files of every container"),
    "/var/lib/containers": _Row(_ENGINE_DATA, "the files of every container"),
    "/var/lib/kubelet": _Row(_NODE, _NODE, deep=True),
    "/var/lib/rancher": _Row(_NODE, _NODE),
    "/var/lib/etcd": _Row(_NODE, _NODE, deep=True),
    # Windows and macOS.
    "c:": _Row("the whole host", "every file of the host, credentials among them"),
    "c:/Windows": _Row(_WINDOWS, "", deep=True),
    "c:/ProgramData": _Row(_WINDOWS, "the state of every program of the host"),
    "c:/Program Files": _Row(_WINDOWS, "", deep=True),
    "/private/etc": _Row(_SYSTEM, "the configuration of the host, hashes and keys among it"),
    "/System": _Row(_PROGRAMS, ""),
    "/Library": _Row(_PROGRAMS, ""),
}


@reading_rule(
    code="CG202",
    name="host-root-bind",
    severity=Severity.CRITICAL,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(
        cis("5.6"),
        pss("baseline"),
        cwe(668),
        compose("05-services.md#volumes"),
        Reference("hier(7)", "https://man7.org/linux/man-pages/man7/hier.7.html"),
        Reference("Filesystem Hierarchy Standard", "https://refspecs.linuxfoundation.org/fhs.shtml"),
    ),
    examples=(
        Example(
            title="Folders, files, and the detour of a volume",
            bad="""\
services:
  tool:
    image: example.org/tool:2.0
    volumes:
      - /:/host:ro  # expect: CG202
      - /etc//../etc/:/host/etc  # expect: CG202
      - /usr/bin/docker:/usr/bin/docker  # expect: CG202
      - state:/state  # expect: CG202
volumes:
  state:
    driver_opts: {type: none, o: bind, device: /var/lib/docker}
""",
        ),
        Example(
            title="Files that say nothing, and data of the program's own",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    volumes:
      - /etc/localtime:/etc/localtime:ro
      - /etc/passwd:/etc/passwd:ro
      - /etc/nginx/conf.d:/etc/nginx/conf.d:ro
      - /etc/letsencrypt:/etc/letsencrypt:ro
      - /usr/share/zoneinfo:/usr/share/zoneinfo:ro
      - /lib/modules:/lib/modules:ro
      - /dev/null:/dev/stdin
      - /var/lib/web:/var/lib/web
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def host_root_bind(reading: Reading) -> Iterator[Problem]:
    """A container that holds the host's system folders holds the host.

    Whoever takes over the process writes a line into `/etc/cron.d` or replaces a program in `/usr/bin`, and
    is root on the host (critical). Read-only, the same folders give away password hashes, keys and the
    environment of every process (high, or medium where what they hold is of less use). Named volumes with
    `driver_opts` count as the binds that they are. Folders of programs (`/usr`, `/lib`) that are read-only,
    time zones and the null devices are harmless.

    **Fix.** Mount the one file or folder that the program needs, read-only, or a volume of its own.

    **When to ignore.** Backup and management of the host itself. Monitoring agents that are known by their
    image, and mount read-only as their manuals ask, are reported as information.
    """
    for container in reading.project.containers():
        for mount in host_mounts(reading.project, container):
            row = _row(mount.normal)
            gain = row and (row.read if mount.read_only else row.written)
            if row and gain:
                yield _problem(container, mount, row, gain)


def _problem(container: Container, mount: HostMount, row: _Row, gain: str) -> Problem:
    severity = row.read_severity if mount.read_only else row.severity
    agent = agent_of(container.image) if mount.read_only else None
    reason = ""
    if agent and agent.needs(mount.normal):
        severity = Severity.INFO
        socket = "; as root it reaches the engine's socket, too" if mount.normal == "/" else ""
        reason = f" (it is {agent.name}, whose manual has it read that{socket})"
    how = "can read" if mount.read_only else "can write"
    return Problem(
        mount.path,
        f"{container.name} {how} {mount.normal} of the host: {gain}{reason}",
        label=gain,
        severity=severity,
        related=(mount.definition,) if mount.definition else (),
        evidence=f"{mount.normal}{':ro' if mount.read_only else ''}",
    )


def _row(path: str) -> _Row | None:
    """The row of the path itself, or of the nearest folder above it whose row reaches down."""
    row = _ROWS.get(path)
    folder = path
    while row is None and "/" in folder.lstrip("/"):
        folder = folder.rpartition("/")[0]
        above = _ROWS.get(folder)
        if above is not None:
            return above if above.deep else None
    return row
