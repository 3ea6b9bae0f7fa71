"""CG101: a container that runs privileged."""

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
    owasp,
    pss,
)


@container_rule(
    code="CG101",
    name="privileged",
    severity=Severity.CRITICAL,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(cis("5.5"), owasp(3), pss("baseline"), cwe(250), compose("05-services.md#privileged")),
    examples=(
        Example(
            title="A quoted word of YAML 1.1 is a boolean here",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    privileged: "yes"  # expect: CG101
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
""",
        ),
        Example(
            title="One device instead of all",
            good="""\
services:
  meter:
    image: example.org/meter:2.1
    user: "1000:1000"
    privileged: false
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    devices: [/dev/ttyUSB0]
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def privileged(container: Container) -> Iterator[Problem]:
    """A privileged container holds every capability and every device of the host.

    Whoever takes over its process can mount the host's disks or load a kernel module: the container is no
    boundary any more.

    **Fix.** Grant the one capability (`cap_add`) or device (`devices`) that the program needs.

    **When to ignore.** Programs that manage the host itself, such as a nested engine on a machine of its own.
    """
    if container.privileged is True:
        fix = Fix(
            "remove `privileged`",
            (Remove(container.at("privileged")),),
            Safety.UNSAFE,
            note="a program that uses a device or a capability of the host stops working until it is granted by itself",
        )
        yield Problem(
            container.at("privileged"),
            f"{container.name} runs privileged",
            label="every capability and every host device",
            fix=fix,
        )
    for hook, path in container.hooks():
        if hook.privileged is True:
            yield Problem(
                (*path, "privileged"),
                f"a hook of {container.name} runs privileged",
                label="every capability and every host device",
                fix=Fix(
                    "remove `privileged`",
                    (Remove((*path, "privileged")),),
                    Safety.UNSAFE,
                    note="the command of the hook loses the rights of root on the host",
                ),
            )
