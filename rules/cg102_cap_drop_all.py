"""CG102: a container that keeps the default capabilities."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Append,
    Container,
    Example,
    Fix,
    Problem,
    Profile,
    Safety,
    Severity,
    Unresolved,
    cis,
    compose,
    container_rule,
    cwe,
    owasp,
    pss,
)


@container_rule(
    code="CG102",
    name="cap-drop-all",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED, Profile.CIS),
    group="hardening",
    references=(cis("5.4"), owasp(3), pss("restricted"), cwe(250), compose("05-services.md#cap_drop")),
    examples=(
        Example(
            title="A list of single capabilities leaves the others",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    cap_drop: [NET_RAW, MKNOD]  # expect: CG102
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    cap_drop: [NET_RAW, MKNOD, ALL]
""",
        ),
        Example(
            title="Everything dropped, one capability given back",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [all]
    cap_add: [NET_BIND_SERVICE]
    security_opt: [no-new-privileges]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def cap_drop_all(container: Container) -> Iterator[Problem]:
    """A container that does not drop all capabilities starts with fourteen of them.

    The engine grants `CHOWN`, `DAC_OVERRIDE`, `SETUID`, `NET_RAW`, `MKNOD` and more to every container.
    Whoever takes over a process that runs as root can use them to read other users' files, forge packets on
    the container network, or reach kernel code that an unprivileged process cannot. `ALL` in `cap_drop`
    counts in any case; a capability that `cap_add` names is granted all the same. Dropping single
    capabilities does not count: the engine's default set may grow.

    **Fix.** Put `cap_drop: [ALL]`, and give back with `cap_add` only what the program is seen to need.

    **When to ignore.** Images that start as root, change owners of their files and then step down (many
    databases and all `PUID`/`PGID` images) need `CHOWN`, `SETUID`, `SETGID`, `DAC_OVERRIDE` or `FOWNER` in
    `cap_add`; ignore the rule only where that list cannot be found out.
    """
    if any(isinstance(item, Unresolved) or _drops_all(item) for item in container.cap_drop):
        return
    yield Problem(
        container.at("cap_drop"),
        f"{container.name} keeps capabilities: `cap_drop` does not hold ALL",
        label="capabilities that the program may not need",
        fix=Fix(
            "drop all capabilities",
            (Append(container.at("cap_drop"), "ALL"),),
            Safety.UNSAFE,
            note="a program that needs a capability fails until `cap_add` gives it back",
        ),
        evidence="cap_drop",
    )


def _drops_all(capability: str) -> bool:
    return capability.upper().removeprefix("CAP_") == "ALL"
