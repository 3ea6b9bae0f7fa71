"""CG309: a container on the engine's default bridge."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Problem,
    Profile,
    Reading,
    Severity,
    cis,
    compose,
    cwe,
    docker,
    reading_rule,
)

_LABEL = "shared with containers of other projects"


@reading_rule(
    code="CG309",
    name="default-bridge",
    severity=Severity.LOW,
    profiles=(Profile.RESTRICTED, Profile.CIS),
    references=(
        cis("5.30"),
        cwe(653),
        docker(
            "engine/network/drivers/bridge/#differences-between-user-defined-bridges-and-the-default-bridge",
            "User-defined bridges and the default bridge",
        ),
        compose("05-services.md#network_mode"),
    ),
    examples=(
        Example(
            title="By mode, and by the engine's own network under its name",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    network_mode: bridge  # expect: CG309
  api:
    image: nginx:1.27.2
    networks: [bridge]  # expect: CG309
networks:
  bridge: {external: true}
""",
        ),
        Example(
            title="A network of the project that uses the driver of that name",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    networks: [bridge]
networks:
  bridge: {driver: bridge}
""",
        ),
    ),
)
def default_bridge(reading: Reading) -> Iterator[Problem]:
    """The engine's default bridge is shared by every container that names no network.

    Containers of other projects and of plain `docker run` reach all of this one's ports, published or not, and
    there are no names of services on it: whoever needs one falls back to `links` or fixed addresses.

    **Fix.** Remove `network_mode`, and the service joins the project's own network; or name networks.

    **When to ignore.** A container that must reach, or be reached by, containers started by hand.
    """
    outside = {
        name
        for name, network in reading.project.networks.items()
        if network.external is True and (network.name or name) == "bridge"
    }
    for container in reading.project.containers():
        message = f"{container.name} is on the engine's default bridge"
        if container.network_mode in ("bridge", "default"):
            yield Problem(container.at("network_mode"), message, label=_LABEL)
        for name in container.networks:
            if name in outside:
                yield Problem(container.at("networks", name), message, label=_LABEL)
