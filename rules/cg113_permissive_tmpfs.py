"""CG113: a tmpfs on which programs, set-user-ID files or devices work."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Fix,
    Path,
    Problem,
    Profile,
    Reading,
    Reference,
    Remove,
    Safety,
    Severity,
    Unresolved,
    compose,
    cwe,
    docker,
    reading_rule,
)

_GAINS = {
    "exec": "programs that an attacker writes there can be run",
    "suid": "set-user-ID files work there",
    "dev": "device files work there",
}
"""Options of mount(8) that the engine turns off unless they are asked for."""


@reading_rule(
    code="CG113",
    name="permissive-tmpfs",
    severity=Severity.LOW,
    profiles=(Profile.RECOMMENDED,),
    references=(
        compose("05-services.md#tmpfs"),
        docker("engine/storage/tmpfs/", "Docker: tmpfs mounts"),
        Reference("mount(8)", "https://man7.org/linux/man-pages/man8/mount.8.html"),
        cwe(732),
    ),
    examples=(
        Example(
            title="Options that the engine leaves off",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    tmpfs:
      - /tmp:exec,size=64m  # expect: CG113
      - /run:suid,dev  # expect: CG113 CG113
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    tmpfs:
      - /tmp:size=64m
      - /run
""",
        ),
        Example(
            title="Options that are off, and the last one that counts",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    tmpfs:
      - /tmp:rw,noexec,nosuid,nodev,size=64m
      - /run:exec,noexec
      - /var/cache/nginx
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def permissive_tmpfs(reading: Reading) -> Iterator[Problem]:
    """`exec`, `suid` or `dev` on a tmpfs gives up what a read-only root filesystem wins.

    The engine mounts a tmpfs with `noexec,nosuid,nodev`. Where these are turned off, an attacker who can
    write one file in an otherwise read-only container can run it.

    **Fix.** Drop the options.

    **When to ignore.** Programs that unpack libraries of their own into `/tmp` and load them (some JVM and
    Electron programs) need `exec` there.
    """
    for container in reading.project.containers():
        for index, entry in enumerate(container.tmpfs):
            yield from _problems(container, index, entry)
    for name, volume in reading.project.volumes.items():
        options = volume.driver_opts.get("o")
        if volume.driver_opts.get("type") == "tmpfs" and isinstance(options, str):
            path: Path = ("volumes", name, "driver_opts", "o")
            for option in _turned_on(options):
                message = f"the volume {name} is a tmpfs with {option}: {_GAINS[option]}"
                yield Problem(path, message, label=_GAINS[option], evidence=option)


def _problems(container: Container, index: int, entry: str | Unresolved) -> Iterator[Problem]:
    """One problem for each option of an entry `/path:options`."""
    text = entry.text if isinstance(entry, Unresolved) else entry
    target, _, options = text.partition(":")
    where = target if isinstance(entry, str) else "a path"
    path = container.at("tmpfs", index)
    for option in _turned_on(options):
        yield Problem(
            path,
            f"{container.name} mounts a tmpfs on {where} with {option}: {_GAINS[option]}",
            label=_GAINS[option],
            fix=Fix(
                f"drop `{option}`",
                (Remove((*path, option)),),
                Safety.UNSAFE,
                note="a program that runs files from there, or makes devices there, fails",
            ),
            evidence=option,
        )


def _turned_on(options: str) -> list[str]:
    """The permissive options that hold: of `exec` and `noexec` the last one."""
    last = {word.removeprefix("no"): word for word in options.split(",")}
    return [option for option in _GAINS if last.get(option) == option]
