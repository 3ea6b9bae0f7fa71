"""What must hold between the parts of a bound project. Everything is reported; the reference stops at the first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.compose.unresolved import Unresolved, split
from composeguard.model.cycles import cycles
from composeguard.model.deploy import Deploy, Limits, Reservations
from composeguard.model.fault import Fault
from composeguard.model.profiles import can_meet, is_enabled
from composeguard.model.project import Project
from composeguard.model.reading import Reading
from composeguard.model.references import References
from composeguard.model.service import Develop, Healthcheck, Service, Workload

W = TypeVar("W", bound=Workload)
_HEALTHCHECK_STARTS = ("CMD", "CMD-SHELL", "NONE")


def check_consistency(reading: Reading) -> tuple[Diagnostic, ...]:
    """The faults of the project, each at the text that causes it.

    In strict mode services that no profile enables are passed over, as the reference does; else all are looked at.
    """
    found: list[Diagnostic] = []
    for fault in _faults(reading.project, reading.request.profiles, strict=reading.request.strict):
        place = reading.locate(fault.path)
        found.append(Diagnostic(fault.kind, fault.message, place.file, place.start, place.end, fault.path))
    return tuple(found)


def _faults(project: Project, profiles: tuple[str, ...], *, strict: bool) -> Iterator[Fault]:
    services = _enabled(project.services, profiles, strict=strict)
    jobs = _enabled(project.jobs, profiles, strict=strict)
    references = References(project, services, jobs)
    for service in services.values():
        yield from _origin(service)
        yield from references.of_service(service)
        yield from _network(service)
        # Most services have few sections, and a project is read more often than it has a fault.
        if service.healthcheck is not None:
            yield from _healthcheck(service.healthcheck, service)
        if service.scale is not None or service.deploy is not None:
            yield from _scale(service)
        if service.deploy is not None:
            yield from _resources(service.deploy, service)
        if service.develop is not None:
            yield from _watch(service.develop, service)
        if service.volumes or service.tmpfs:
            yield from _mounts(service)
    yield from _duplicate_names(project, services, strict=strict)
    for job in jobs.values():
        yield from references.of_dependencies(job)
    for name, secret in project.secrets.items():
        if not secret.external and not secret.file and not secret.environment:
            message = f'secret "{name}" needs a file or a variable of the environment'
            yield Fault(Kind.SCHEMA, message, ("secrets", name))
    graph = {name: tuple(service.depends_on) for name, service in services.items() if service.depends_on}
    for cycle in cycles(graph):
        circle = " -> ".join((*cycle, cycle[0]))
        last = services[cycle[-1]]
        yield Fault(
            Kind.CYCLE,
            f"the services depend on each other in a circle: {circle}",
            last.at("depends_on", cycle[0]),
        )


def _enabled(containers: dict[str, W], profiles: tuple[str, ...], *, strict: bool) -> dict[str, W]:
    if not strict:
        return containers
    return {name: container for name, container in containers.items() if is_enabled(container, profiles)}


def _origin(service: Service) -> Iterator[Fault]:
    build = service.build
    if build is None:
        if not service.image and service.provider is None:
            message = f'service "{service.name}" has neither an image nor a build section'
            yield Fault(Kind.SCHEMA, message, service.path)
        return
    if build.dockerfile and build.dockerfile_inline:
        message = f'service "{service.name}" has both dockerfile and dockerfile_inline'
        yield Fault(Kind.CONFLICT, message, service.at("build", "dockerfile_inline"))
    platform, platforms = service.platform, build.platforms
    known = isinstance(platform, str) and all(isinstance(one, str) for one in platforms)
    if known and platform and platforms and platform not in platforms:
        message = f'service "{service.name}" runs on a platform that it is not built for: {platform}'
        yield Fault(Kind.CONFLICT, message, service.at("build", "platforms"))


def _network(service: Service) -> Iterator[Fault]:
    if service.network_mode and service.networks:
        message = f'service "{service.name}" has both network_mode and networks'
        yield Fault(Kind.CONFLICT, message, service.at("network_mode"))


def _healthcheck(healthcheck: Healthcheck, service: Service) -> Iterator[Fault]:
    test = healthcheck.test
    if test and isinstance(test[0], str) and test[0] not in _HEALTHCHECK_STARTS:
        message = f'the healthcheck of service "{service.name}" must start with CMD, CMD-SHELL or NONE'
        yield Fault(Kind.SCHEMA, message, service.at("healthcheck", "test", 0))


def _scale(service: Service) -> Iterator[Fault]:
    scale = service.scale
    replicas = service.deploy.replicas if service.deploy is not None else None
    if _differ(scale, replicas):
        message = f'service "{service.name}" has a scale of {scale} and {replicas} replicas'
        yield Fault(Kind.CONFLICT, message, service.at("scale"))
    for number, path in ((scale, service.at("scale")), (replicas, service.at("deploy", "replicas"))):
        if isinstance(number, int) and number < 0:
            yield Fault(Kind.SCHEMA, f'service "{service.name}" cannot run {number} times', path)
    effective = replicas if scale is None else scale
    if service.container_name and isinstance(effective, int) and effective > 1:
        message = f'service "{service.name}" runs {effective} times, so its containers cannot share one name'
        yield Fault(Kind.CONFLICT, message, service.at("container_name"))


def _resources(deploy: Deploy, service: Service) -> Iterator[Fault]:
    resources = deploy.resources
    if resources is None:
        return
    limits: Limits | None = resources.limits
    reservations: Reservations | None = resources.reservations
    if limits is not None:
        yield from _same(service, "cpus", service.cpus, limits.cpus, "limits.cpus")
        yield from _same(service, "mem_limit", service.mem_limit, limits.memory, "limits.memory")
        yield from _same(service, "pids_limit", service.pids_limit, limits.pids, "limits.pids")
    if reservations is not None:
        reserved = reservations.memory
        yield from _same(service, "mem_reservation", service.mem_reservation, reserved, "reservations.memory")


def _same(
    service: Service, key: str, own: float | Unresolved | None, other: float | Unresolved | None, path: str
) -> Iterator[Fault]:
    """As soon as the block is there, what it leaves out counts as 0."""
    if own and _differ(own, other or 0):
        message = f'service "{service.name}" sets {key} and deploy.resources.{path} to different values'
        yield Fault(Kind.CONFLICT, message, service.at(key))


def _differ(one: float | Unresolved | None, other: float | Unresolved | None) -> bool:
    """Whether two numbers are known, and not the same."""
    known = isinstance(one, (int, float)) and isinstance(other, (int, float))
    return known and one != other


def _watch(develop: Develop, service: Service) -> Iterator[Fault]:
    for index, watch in enumerate(develop.watch):
        if not watch.target and watch.action in ("sync", "sync+restart", "sync+exec"):
            message = f'service "{service.name}" watches files for {watch.action} without a target'
            yield Fault(Kind.SCHEMA, message, service.at("develop", "watch", index))


def _mounts(service: Service) -> Iterator[Fault]:
    taken: set[str] = set()
    for index, item in enumerate(service.tmpfs):
        target = split(item, ":", 1)[0]
        if isinstance(target, str):
            if target in taken:
                yield _mounted_twice(service, target, "tmpfs", index)
            taken.add(target)
    for index, mount in enumerate(service.volumes):
        known = mount.target
        if isinstance(known, str):
            if known in taken:
                yield _mounted_twice(service, known, "volumes", index)
            taken.add(known)


def _mounted_twice(service: Service, target: str, key: str, index: int) -> Fault:
    message = f'service "{service.name}" mounts two things at {target}'
    return Fault(Kind.CONFLICT, message, service.at(key, index))


def _duplicate_names(project: Project, services: dict[str, Service], *, strict: bool) -> Iterator[Fault]:
    for name, job in project.jobs.items():
        if name in project.services:
            yield Fault(Kind.DUPLICATE_NAME, f'"{name}" is both a service and a job', job.path)
    owners: dict[str, list[Service]] = {}
    for service in services.values():
        container = service.container_name
        if not isinstance(container, str) or not container:
            continue
        earlier = owners.setdefault(container, [])
        # What strict mode looks at is enabled together; else alternatives by profile are no conflict.
        other = next((one for one in earlier if strict or can_meet(one, service)), None)
        if other is not None:
            message = f'services "{other.name}" and "{service.name}" have the same container_name'
            yield Fault(Kind.DUPLICATE_NAME, message, service.at("container_name"))
        earlier.append(service)
