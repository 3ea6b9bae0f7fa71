"""CG107: a container without the engine's confinement."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Fix,
    Problem,
    Profile,
    Remove,
    Safety,
    Severity,
    cis,
    compose,
    container_rule,
    cwe,
    pss,
)

_SECCOMP = "every system call of the kernel"
_APPARMOR = "no mandatory access control"
_SELINUX = "no SELinux separation"
_PATHS = "kernel settings below /proc and /sys"

_LOST = {
    ("seccomp", "unconfined"): _SECCOMP,
    ("apparmor", "unconfined"): _APPARMOR,
    ("label", "disable"): _SELINUX,
    ("label", "type:spc_t"): _SELINUX,
    ("label", "type:unconfined_t"): _SELINUX,
    ("label", "type:container_runtime_t"): _SELINUX,
    ("systempaths", "unconfined"): _PATHS,
    ("unmask", "ALL"): _PATHS,
    ("unmask", "all"): _PATHS,
}
"""What a container gains by an option and its value; `unmask` is Podman's word for `systempaths`."""

_LAST_WINS = frozenset(("seccomp", "apparmor"))


@container_rule(
    code="CG107",
    name="unconfined-profile",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(
        cis("5.2"),
        cis("5.3"),
        cis("5.22"),
        pss("baseline"),
        cwe(693),
        compose("05-services.md#security_opt"),
    ),
    examples=(
        Example(
            title="Both separators, and four layers",
            bad="""\
services:
  browser:
    image: example.org/browser:124.0
    security_opt:
      - seccomp:unconfined  # expect: CG107
      - apparmor=unconfined  # expect: CG107
      - label:disable  # expect: CG107
      - no-new-privileges:true
      - systempaths=unconfined  # expect: CG107
""",
            fixed="""\
services:
  browser:
    image: example.org/browser:124.0
    security_opt:
      - no-new-privileges:true
""",
        ),
        Example(
            title="A profile of one's own",
            good="""\
services:
  browser:
    image: example.org/browser:124.0
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt:
      - seccomp=./browser-seccomp.json
      - apparmor=browser-profile
      - label=type:browser_t
      - no-new-privileges:true
    read_only: true
    mem_limit: 1g
    cpus: 2
    pids_limit: 500
    logging: {driver: local}
""",
        ),
    ),
)
def unconfined_profile(container: Container) -> Iterator[Problem]:
    """An unconfined container lost one of the engine's filters between it and the kernel.

    The engine runs containers with a filter for system calls (seccomp), a mandatory access control profile
    (AppArmor or SELinux) and masked paths in `/proc` and `/sys`. Most known escapes need what these forbid:
    without them a bug in the program reaches that much more of the kernel. Of several `seccomp` or `apparmor`
    entries the last one takes effect.

    **Fix.** Remove the entry, or name a profile that allows the one thing that the program needs
    (`seccomp=./profile.json`).

    **When to ignore.** Debuggers and browsers' sandboxes on old engines, for as long as no profile of their
    own is written.
    """
    options = [_option(entry) if isinstance(entry, str) else ("", "") for entry in container.security_opt]
    last = {key: index for index, (key, _) in enumerate(options)}
    for index, (key, value) in enumerate(options):
        lost = _LOST.get((key, value))
        if lost is None or (key in _LAST_WINS and last[key] != index):
            continue
        path = container.at("security_opt", index)
        yield Problem(
            path,
            f"{container.name} runs with `{key}` unconfined: {lost}",
            label=lost,
            fix=Fix(
                f"remove `{key}:{value}`",
                (Remove(path),),
                Safety.UNSAFE,
                note="a program that uses what the default profile forbids stops working",
            ),
            evidence=f"{key}:{value}",
        )


def _option(entry: str) -> tuple[str, str]:
    """Key and value as the engine splits them: at the first `=`, else at the first `:`."""
    key, _, value = entry.partition("=") if "=" in entry else entry.partition(":")
    return key, value
