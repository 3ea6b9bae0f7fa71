"""CG109: a container that joins another one by its name on the host."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Path,
    Problem,
    Profile,
    Severity,
    Unresolved,
    compose,
    container_rule,
    cwe,
    docker,
)

_SHARES = {
    "pid": "sees its processes and can read their memory",
    "ipc": "reads and writes its shared memory",
    "network_mode": "hears on its addresses and reaches what it keeps on loopback",
}


@container_rule(
    code="CG109",
    name="joins-other-container",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    references=(
        compose("05-services.md#network_mode"),
        compose("05-services.md#volumes_from"),
        docker("engine/containers/run/#pid-settings---pid", "Docker: PID settings"),
        cwe(653),
    ),
    examples=(
        Example(
            title="Namespaces and volumes of containers outside the project",
            bad="""\
services:
  debug:
    image: example.org/debug:1.0
    network_mode: container:web  # expect: CG109
    pid: "container:web"  # expect: CG109
    volumes_from:
      - container:web:ro  # expect: CG109
""",
        ),
        Example(
            title="A service of the same project",
            good="""\
services:
  sidecar:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    network_mode: service:web
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    container_name: web
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def joins_other_container(container: Container) -> Iterator[Problem]:
    """A container that joins `container:NAME` shares a namespace or volumes with whatever has that name.

    The wall between the two is gone: whoever takes over the one reads the other's memory, traffic or files.
    Nothing in the project says what the other one is, who started it, or how it is protected; a container
    that someone else starts under that name is joined just the same.

    **Fix.** Bring the other program into the project and join it with `service:NAME`, or give both a common
    network or a named volume instead.

    **When to ignore.** Debuggers and VPN gateways that are joined on purpose, on a host with one owner.
    """
    for key, gain in _SHARES.items():
        name = _other(getattr(container, key))
        if name:
            yield _problem(container, container.at(key), key, name, gain)
    for index, entry in enumerate(container.volumes_from):
        name = _other(entry)
        if name:
            gain = "holds all its volumes, credentials and data alike"
            yield _problem(container, container.at("volumes_from", index), "volumes_from", name, gain)


def _problem(container: Container, path: Path, key: str, name: str, gain: str) -> Problem:
    return Problem(
        path,
        f"{container.name} joins the container {name} by `{key}`: it {gain}",
        label=gain,
        evidence=f"{key}:{name}",
    )


def _other(value: str | Unresolved | None) -> str:
    """The name after `container:`; "" for anything else, and for what an unknown variable may hide."""
    if value is None:
        return ""
    known = value.head if isinstance(value, Unresolved) else value
    if not known.startswith("container:"):
        return ""
    return str(value).removeprefix("container:").removesuffix(":ro").removesuffix(":rw")
