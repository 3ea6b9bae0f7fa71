"""CG705: a monitoring agent that may write what it is there to read."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Agent,
    Container,
    Example,
    Fix,
    HostMount,
    Problem,
    Profile,
    Reading,
    Reference,
    Safety,
    Set,
    Severity,
    agent_of,
    compose,
    cwe,
    host_mounts,
    owasp,
    reading_rule,
)


@reading_rule(
    code="CG705",
    name="monitoring-agent-mounts",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(
        owasp(8),
        cwe(732),
        compose("05-services.md#volumes"),
        Reference(
            "cAdvisor: quick start",
            "https://github.com/google/cadvisor#quick-start-running-cadvisor-in-a-docker-container",
        ),
        Reference("Node Exporter in Docker", "https://github.com/prometheus/node_exporter#docker"),
    ),
    examples=(
        Example(
            title="The host, in the short and the long syntax",
            bad="""\
services:
  cadvisor:
    image: gcr.io/cadvisor/cadvisor:v0.49.1
    volumes:
      - /:/rootfs:ro
      - /sys:/sys  # expect: CG705
      - /var/lib/docker/:/var/lib/docker:rw  # expect: CG705
  node:
    image: prom/node-exporter:v1.8.2
    volumes:
      - type: bind
        source: /  # expect: CG705
        target: /host
        bind: {propagation: rslave}
""",
            fixed="""\
services:
  cadvisor:
    image: gcr.io/cadvisor/cadvisor:v0.49.1
    volumes:
      - /:/rootfs:ro
      - /sys:/sys:ro
      - /var/lib/docker/:/var/lib/docker:ro
  node:
    image: prom/node-exporter:v1.8.2
    volumes:
      - type: bind
        source: /
        target: /host
        bind: {propagation: rslave}
        read_only: true
""",
        ),
        Example(
            title="Read-only, and the agent's own data",
            good="""\
# besides: CG202
x-hardened: &hardened
  user: "65534:65534"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  node:
    <<: *hardened
    image: prom/node-exporter:v1.8.2
    volumes: ["/proc:/host/proc:ro", "/sys:/host/sys:ro", "./textfiles:/textfiles"]
  logs:
    <<: *hardened
    image: grafana/promtail:3.2.1
    volumes: ["/var/log:/var/log:ro", "positions:/positions"]
volumes:
  positions: {}
""",
        ),
    ),
)
def monitoring_agent_mounts(reading: Reading) -> Iterator[Problem]:
    """A monitoring agent reads the host; one that can write it is a way to take it over.

    Agents listen on the network, take part in every project and run with much of root's power. With `/`, `/sys` or
    the engine's folder writable, whoever takes over one of them puts a program into the host's start-up. No agent
    needs that: the manual of each mounts these paths read-only. Which image is an agent, and what its manual has it
    read, is in a table with the source of each row.

    **Fix.** `:ro`, or `read_only: true` in the long syntax. Agents that may keep their place in a log beside it are
    only changed with `--unsafe`.

    **When to ignore.** A tool that is built on an agent's image and does write.
    """
    for container in reading.project.containers():
        agent = agent_of(container.image)
        if agent is None:
            continue
        for mount in host_mounts(reading.project, container):
            path = mount.normal
            if not path or path.endswith(".sock") or not _is_writable(container, mount):
                continue  # of a socket it makes no difference (CG201)
            if not agent.names(path) and path not in agent.reads:
                continue
            yield _problem(container, agent, mount)


def _problem(container: Container, agent: Agent, mount: HostMount) -> Problem:
    operations = (Set((*mount.entry, "read_only"), True),)
    title = "mount it read-only"
    logs = agent.keeps_place and mount.normal.startswith("/var/log")
    note = f"{agent.name} fails where it is told to keep its place in the logs beside them"
    return Problem(
        mount.path,
        f"{container.name} ({agent.name}) can write {mount.normal} of the host, which it only has to read",
        label="whoever takes over the agent can write it",
        severity=Severity.MEDIUM if logs else None,
        fix=Fix(title, operations, Safety.UNSAFE, note=note) if logs else Fix(title, operations),
        related=(mount.definition,) if mount.definition else (),
        evidence=mount.normal,
    )


def _is_writable(container: Container, mount: HostMount) -> bool:
    """Known to be so: a variable may hold the switch."""
    index = mount.entry[-1]
    assert isinstance(index, int)
    return not mount.read_only and container.volumes[index].read_only in (None, False)
