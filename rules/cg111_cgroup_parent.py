"""CG111: a container in a control group that the file chooses."""

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
    docker,
)


@container_rule(
    code="CG111",
    name="cgroup-parent",
    severity=Severity.LOW,
    profiles=(Profile.RESTRICTED, Profile.CIS),
    references=(
        cis("5.25"),
        compose("05-services.md#cgroup_parent"),
        docker("reference/cli/dockerd/#default-cgroup-parent", "Docker: default cgroup parent"),
        cwe(770),
    ),
    examples=(
        Example(
            title="The group of the system's services",
            bad="""\
services:
  batch:
    image: example.org/batch:5.0
    cgroup_parent: system.slice  # expect: CG111
""",
            fixed="""\
services:
  batch:
    image: example.org/batch:5.0
""",
        ),
        Example(
            title="Limits of one's own",
            good="""\
services:
  batch:
    image: example.org/batch:5.0
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    cgroup: private
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def cgroup_parent(container: Container) -> Iterator[Problem]:
    """`cgroup_parent` takes a container out of the group that the host's owner set limits for.

    The engine puts containers below one group, and limits on that group hold for all of them together.
    Another parent has other limits, or none: the container can then starve the host's own services.

    **Fix.** Remove the key, and set the limits of the container itself (`mem_limit`, `cpus`, `pids_limit`).

    **When to ignore.** Hosts where a group with limits was made for this project.
    """
    parent = container.cgroup_parent
    if not parent or not isinstance(parent, str):
        return
    path = container.at("cgroup_parent")
    yield Problem(
        path,
        f"{container.name} runs in the cgroup {parent}: the limits of the engine's own group do not hold",
        label="other limits, or none",
        fix=Fix(
            "remove `cgroup_parent`",
            (Remove(path),),
            Safety.UNSAFE,
            note="limits that were set on that group no longer hold",
        ),
        evidence="cgroup_parent",
    )
