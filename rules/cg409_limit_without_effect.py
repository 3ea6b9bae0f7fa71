"""CG409: a setting of resources that does nothing, or that the engine refuses."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Path,
    Problem,
    Profile,
    Reading,
    Service,
    Severity,
    compose,
    docker,
    is_for_a_swarm,
    reading_rule,
)

_SWARM_KEYS = ("mode", "endpoint_mode", "labels", "placement", "update_config", "rollback_config")
_AS_EVER = ("mode", "replicated")
"""What Compose does anyway."""
_LEAST = 6 * (1 << 20)
"""Bytes: the engine refuses a memory limit below."""


@reading_rule(
    code="CG409",
    name="limit-without-effect",
    severity=Severity.INFO,
    profiles=(Profile.ALL,),
    references=(
        docker("reference/compose-file/deploy/", "Compose Deploy Specification"),
        docker("engine/containers/resource_constraints/", "Resource constraints"),
        compose("deploy.md#resources"),
    ),
    examples=(
        Example(
            title="Keys of a swarm, and limits that contradict each other",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    mem_limit: 256m
    mem_reservation: 512m  # expect: CG409
    deploy:
      placement: {constraints: [node.role == worker]}  # expect: CG409
""",
        ),
        Example(
            title="What Compose itself obeys",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    logging: {driver: local}
    memswap_limit: 256m
    ulimits: {nofile: {soft: 1024, hard: 2048}}
    deploy:
      replicas: 2
      restart_policy: {condition: on-failure, max_attempts: 3}
      resources:
        limits: {memory: 256m, cpus: "0.5", pids: 100}
        reservations: {memory: 128m}
""",
        ),
    ),
)
def limit_without_effect(reading: Reading) -> Iterator[Problem]:
    """Who reads the file takes for granted what the engine never does.

    `docker compose up` leaves out `placement`, `update_config`, `rollback_config`, `endpoint_mode`, `mode`, `labels`
    of `deploy`, and the processors of its `reservations`: only a swarm obeys them. Limits that contradict each other
    (a reservation above the limit, swap below memory, `cpus` beside `cpu_quota`, a soft limit above the hard one)
    make the engine refuse the container when it starts. A file whose name has `stack` or `swarm`, or with an overlay
    network, is for a swarm, and only its limits are judged.

    **Fix.** Remove what has no effect; let the limits agree.

    **When to ignore.** Files for `docker stack deploy`.
    """
    for_a_swarm = is_for_a_swarm(reading)
    for container in reading.project.containers():
        if isinstance(container, Service) and not for_a_swarm:
            yield from _swarm_only(container)
        yield from _contradictions(container)


def _contradictions(container: Container) -> Iterator[Problem]:
    yield from _memory(container)
    yield from _processors(container)
    for name, limit in container.ulimits.items():
        soft, hard = getattr(limit, "soft", None), getattr(limit, "hard", None)
        if isinstance(soft, int) and isinstance(hard, int) and 0 <= hard < soft:
            yield _refused(container.at("ulimits", name), container, f"the soft limit of {name} is above the hard one")


def _swarm_only(service: Service) -> Iterator[Problem]:
    """One finding a service: the keys have one cause."""
    deploy = service.deploy
    if deploy is None:
        return
    asked = {key: getattr(deploy, key) for key in _SWARM_KEYS}
    paths = [
        service.at("deploy", key)
        for key, value in asked.items()
        if value not in (None, {}, []) and (key, value) != _AS_EVER
    ]
    reserved = deploy.resources.reservations if deploy.resources else None
    if reserved:
        place = service.at("deploy", "resources", "reservations")
        if reserved.cpus is not None:
            paths.append((*place, "cpus"))
        if reserved.generic_resources:
            paths.append((*place, "generic_resources"))
    if paths:
        names = ", ".join(".".join(str(step) for step in path[3:]) for path in paths)
        yield Problem(
            paths[0],
            f"`deploy` of {service.name} asks for what only a swarm does: {names}",
            label="without effect outside a swarm",
            related=tuple(paths[1:]),
            evidence="swarm",
        )


def _memory(container: Container) -> Iterator[Problem]:
    resources = container.deploy.resources if isinstance(container, Service) and container.deploy else None
    limits = resources.limits if resources else None
    limit, place = container.mem_limit, container.at("mem_limit")
    if limit is None and limits:
        limit, place = limits.memory, container.at("deploy", "resources", "limits", "memory")
    swap = container.memswap_limit
    if limit is None or limit == 0:
        if isinstance(swap, int) and swap > 0:
            yield _refused(container.at("memswap_limit"), container, "`memswap_limit` needs a limit of memory")
        return
    if not isinstance(limit, int) or limit < 0:
        return
    if limit < _LEAST:
        yield _refused(place, container, "a memory limit is at least 6m")
    if isinstance(swap, int) and 0 < swap < limit:
        yield _refused(
            container.at("memswap_limit"), container, "`memswap_limit`, memory and swap, is below the memory"
        )
    reserved = resources.reservations if resources else None
    for amount, path in (
        (container.mem_reservation, container.at("mem_reservation")),
        (reserved.memory if reserved else None, container.at("deploy", "resources", "reservations", "memory")),
    ):
        if isinstance(amount, int) and amount > limit:
            yield _refused(path, container, "more memory is reserved than the limit allows")


def _processors(container: Container) -> Iterator[Problem]:
    if not isinstance(container.cpus, float) or container.cpus <= 0:
        return
    for key in ("cpu_quota", "cpu_period"):
        value = getattr(container, key)
        if isinstance(value, int) and value > 0:
            yield _refused(container.at(key), container, f"`{key}` and `cpus` cannot both be set")


def _refused(path: Path, container: Container, why: str) -> Problem:
    return Problem(path, f"the engine refuses the limits of {container.name}: {why}", label=why)
