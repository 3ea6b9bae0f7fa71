"""CG206: a device of the host that leads out of the container."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from composeguard.api import (
    Container,
    Example,
    Path,
    Problem,
    Profile,
    Reference,
    Severity,
    Unresolved,
    cis,
    compose,
    container_rule,
    cwe,
    image_name,
    normal_host_path,
    regex,
)


class _Kind(NamedTuple):
    """A family of devices: names below `/dev`, numbers as `type major:minor`, and what they give."""

    names: str
    numbers: tuple[str, ...]
    severity: Severity
    gain: str


_KINDS = tuple(
    _Kind(*row)
    for row in (
        (
            r"(sd|hd|vd|xvd)[a-z]+\d*|nvme\d+(n\d+(p\d+)?)?|mmcblk\d+(p\d+|boot\d)?|md\d+(p\d+)?|dm-\d+"
            r"|(mapper|disk|md)(/.+)?|vg\w*/.+|nbd\d+|zd\d+|zfs|root",
            ("b 3", "b 8", "b 9", "b 22", *(f"b {major}" for major in range(65, 72)), "b 179", "b 202", "b 259"),
            Severity.CRITICAL,
            "the files of the host's disk, past all permissions",
        ),
        (r"sg\d+|bsg(/.+)?", ("c 21",), Severity.CRITICAL, "raw commands to the host's disks"),
        (r"mem|kmem", ("c 1:1", "c 1:2"), Severity.CRITICAL, "the host's memory"),
        (r"port", ("c 1:4",), Severity.CRITICAL, "the ports of the host's hardware"),
        (r"cpu/\d+/msr", ("c 202",), Severity.CRITICAL, "registers that redirect the host's kernel"),
        (r"kmsg", ("c 1:11",), Severity.MEDIUM, "the kernel's log, to read and to forge"),
        (r"fuse", ("c 10:229",), Severity.MEDIUM, "file systems of its own making, a frequent step of kernel attacks"),
        (r"kvm|vhost-\w+", ("c 10:232", "c 10:238"), Severity.MEDIUM, "virtual machines in the host's kernel"),
        (r"net/tun", ("c 10:200",), Severity.MEDIUM, "network interfaces of its own"),
        (r"loop\d+|loop-control", ("b 7", "c 10:237"), Severity.MEDIUM, "disk images that the kernel interprets"),
        (r"input(/.+)?|uinput|hidraw\d+", ("c 13", "c 10:223"), Severity.MEDIUM, "keys that people type on the host"),
        (r"bus/usb(/\d+)?", ("c 189",), Severity.MEDIUM, "every device on the USB, disks among them"),
        (r"vfio(/.+)?", ("c 10:196",), Severity.MEDIUM, "hardware that writes memory by itself"),
        (r"tpm\d+|tpmrm\d+", ("c 10:224",), Severity.MEDIUM, "the keys of the host's TPM"),
        (r"watchdog\d*", ("c 10:130",), Severity.MEDIUM, "a restart of the host"),
    )
)
"""Names and numbers after the kernel's list of devices; what they give after their manuals in section 4."""

_NAMES = tuple((regex(kind.names), kind) for kind in _KINDS)
_NUMBERS = {number: kind for kind in _KINDS for number in kind.numbers}
_ALL = (Severity.CRITICAL, "every device of the host, disks and memory among them")
_ALWAYS_OPEN = "/dev/net/tun"
"""What runc lets every container open, so that a bind is all it takes (https://github.com/opencontainers/runc/pull/4555)."""
_CGROUP_RULE = regex(r"\s*(?P<type>[abc])(?:\s+(?P<major>\d+|\*):(?P<minor>\d+|\*)\s+(?P<rights>[rwm]+))?\s*")


@container_rule(
    code="CG206",
    name="dangerous-device",
    severity=Severity.CRITICAL,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(
        cis("5.18"),
        cwe(250),
        compose("05-services.md#devices"),
        compose("05-services.md#device_cgroup_rules"),
        Reference("Linux: allocated devices", "https://docs.kernel.org/admin-guide/devices.html"),
    ),
    examples=(
        Example(
            title="By name and by number",
            bad="""\
services:
  disks:
    image: example.org/disks:0.8
    devices:
      - /dev/sda  # expect: CG206
      - /dev/disk/by-id/ata-1:/dev/data:r  # expect: CG206
      - source: /dev/net/tun  # expect: CG206
        target: /dev/net/tun
    device_cgroup_rules:
      - "b 8:* rmw"  # expect: CG206
""",
        ),
        Example(
            title="Devices that lead nowhere else",
            good="""\
services:
  home:
    image: example.org/home:2024.11
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    devices:
      - /dev/ttyUSB0:/dev/ttyUSB0:rw
      - /dev/dri:/dev/dri
      - /dev/snd
      - nvidia.com/gpu=all
    device_cgroup_rules: ["c 188:* rmw", "c 1:3 mr"]
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def dangerous_device(container: Container) -> Iterator[Problem]:
    """A disk or the memory of the host as a device is a way out of the container that needs no bug.

    Whoever takes over the process reads and writes the file system below everybody's permissions, or the
    memory of the kernel. A rule in `device_cgroup_rules` is as good as the device: by default the container may make
    the node itself. Other devices (`fuse`, `kvm`, `tun`, USB) reach kernel code or hardware that was not
    made for hostile users: they are medium. `/dev` as a volume is CG202.

    **Fix.** Grant the one device that the program needs, read-only (`:r`) where that does, or do the work on
    the host and pass on its result.

    **When to ignore.** A VPN client needs `/dev/net/tun`, a virtual machine `/dev/kvm`; programs that watch disks need
    these on a host of their own.
    """
    for index, device in enumerate(container.devices):
        found = _by_name(container, device.source)
        if found is None:
            continue
        severity, gain = found
        path = container.at("devices", index, "source")
        if severity is Severity.CRITICAL and device.permissions == "r":
            severity = Severity.HIGH
        yield _problem(container, path, f"the device {device.source}", severity, gain, str(device.source))
    for index, mount in enumerate(container.volumes):
        is_bind = mount.type in ("bind", None) and mount.source is not None
        found = _by_name(container, mount.source) if is_bind else None
        if found and normal_host_path(mount.source or "") == _ALWAYS_OPEN:
            path = container.at("volumes", index, "source")
            yield _problem(container, path, f"the device {mount.source}", *found, f"volume {mount.source}")
    for index, rule in enumerate(container.device_cgroup_rules):
        found = _by_number(rule) if isinstance(rule, str) else None
        if found:
            path = container.at("device_cgroup_rules", index)
            yield _problem(container, path, f"devices by the rule `{rule}`", *found, str(rule))


def _problem(container: Container, path: Path, what: str, severity: Severity, gain: str, evidence: str) -> Problem:
    message = f"{container.name} is given {what}: {gain}"
    return Problem(path, message, label=gain, severity=severity, evidence=evidence)


def _by_name(container: Container, source: str | Unresolved | None) -> tuple[Severity, str] | None:
    if source is None:
        return None
    plain = normal_host_path(source)
    if plain == "/dev":
        return _ALL
    if not plain.startswith("/dev/"):
        return None
    name = plain.removeprefix("/dev/")
    kind = next((kind for names, kind in _NAMES if names.fullmatch(name)), None)
    if kind is None:
        return None
    if name == "kmsg" and _is_cadvisor(container):
        return Severity.INFO, "cAdvisor reads in it which processes were killed for want of memory"
    return kind.severity, kind.gain


def _is_cadvisor(container: Container) -> bool:
    name = image_name(container.image) if container.image else None
    return name is not None and name.path.rpartition("/")[2] == "cadvisor"


def _by_number(rule: str) -> tuple[Severity, str] | None:
    """What a rule `type major:minor rights` reaches; without `r` or `w` nothing can be opened."""
    match = _CGROUP_RULE.fullmatch(rule)
    if match is None:
        return None
    kind, major, minor, rights = match["type"], match["major"] or "*", match["minor"] or "*", match["rights"] or "rwm"
    if not set(rights) & set("rw"):
        return None
    if kind == "a" or major == "*":
        return _ALL
    wanted = [f"{kind} {major}", f"{kind} {major}:{minor}"]
    reached = [
        row for number, row in _NUMBERS.items() if number in wanted or (minor == "*" and _is_in(number, wanted[0]))
    ]
    worst = max(reached, key=lambda row: row.severity, default=None)
    return (worst.severity, worst.gain) if worst else None


def _is_in(number: str, family: str) -> bool:
    return number.startswith(f"{family}:")
