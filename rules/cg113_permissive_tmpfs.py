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
    Safety,
    Set,
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
      - /run:suid,dev  # expect: CG113
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
            if problem := _problem(container, index, entry):
                yield problem
    for name, volume in reading.project.volumes.items():
        options = volume.driver_opts.get("o")
        if volume.driver_opts.get("type") != "tmpfs" or not isinstance(options, str):
            continue
        if on := _turned_on(options.split(",")):
            path: Path = ("volumes", name, "driver_opts", "o")
            gains = ", ".join(_GAINS[option] for option in on)
            yield Problem(path, f"the volume {name} is a tmpfs with {', '.join(on)}: {gains}", label=gains)


def _problem(container: Container, index: int, entry: str | Unresolved) -> Problem | None:
    """The problem of one entry `/path:options`."""
    text = entry.text if isinstance(entry, Unresolved) else entry
    target, _, options = text.partition(":")
    words = options.split(",")
    on = _turned_on(words)
    if not on:
        return None
    fix = None
    if isinstance(entry, str):
        left = ",".join(word for word in words if word not in on)
        fix = Fix(
            f"drop {', '.join(f'`{option}`' for option in on)}",
            (Set(container.at("tmpfs", index), f"{target}:{left}" if left else target),),
            Safety.UNSAFE,
            note="a program that runs files from there, or makes devices there, fails",
        )
    gains = ", ".join(_GAINS[option] for option in on)
    where = target if isinstance(entry, str) else "a path"
    return Problem(
        container.at("tmpfs", index),
        f"{container.name} mounts a tmpfs on {where} with {', '.join(on)}: {gains}",
        label=gains,
        fix=fix,
        evidence=",".join(on),
    )


def _turned_on(words: list[str]) -> list[str]:
    """The permissive options that hold: of `exec` and `noexec` the last one."""
    last = {word.removeprefix("no"): word for word in words}
    return [option for option in _GAINS if last.get(option) == option]
