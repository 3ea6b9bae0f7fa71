"""Names that containers use and the project must define."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.compose.diagnostic import Kind
from composeguard.model.build import Build
from composeguard.model.fault import Fault
from composeguard.model.project import Project
from composeguard.model.service import Job, Service
from composeguard.source.node import Path

_SERVICE_PREFIX = "service:"


def _is_unknown(name: str) -> bool:
    """A key that holds a variable without value; no name of the specification can have a dollar sign."""
    return "$" in name


class References:
    """What can be named. `enabled` holds the services that run; all can be built from."""

    def __init__(self, project: Project, enabled: dict[str, Service], jobs: dict[str, Job]) -> None:
        self.project = project
        self.enabled = enabled
        self.jobs = jobs

    def of_service(self, service: Service) -> Iterator[Fault]:
        """Every name in a service that nothing defines."""
        project = self.project
        for network in service.networks:
            if network not in project.networks and not _is_unknown(network):
                yield self.undefined(service, service.at("networks", network), "network", network)
        for model in service.models:
            if model not in project.models and not _is_unknown(model):
                yield self.undefined(service, service.at("models", model), "model", model)
        for index, mount in enumerate(service.volumes):
            source = mount.source
            if mount.type == "volume" and isinstance(source, str) and source and source not in project.volumes:
                yield self.undefined(service, service.at("volumes", index, "source"), "volume", source)
        for index, config in enumerate(service.configs):
            # A reference without source names nothing that can be defined.
            if config.source is None or (isinstance(config.source, str) and config.source not in project.configs):
                path = service.at("configs", index, "source")
                yield self.undefined(service, path, "config", config.source or "")
        for index, secret in enumerate(service.secrets):
            if secret.source is None or (isinstance(secret.source, str) and secret.source not in project.secrets):
                path = service.at("secrets", index, "source")
                yield self.undefined(service, path, "secret", secret.source or "")
        if service.build is not None:
            yield from self.of_build(service, service.build)
        yield from self.of_dependencies(service)
        mode = service.network_mode
        if isinstance(mode, str) and mode.startswith(_SERVICE_PREFIX):
            name = mode.removeprefix(_SERVICE_PREFIX)
            if name not in self.enabled:
                yield self.undefined(service, service.at("network_mode"), "service", name)

    def of_build(self, service: Service, build: Build) -> Iterator[Fault]:
        """Secrets and services that a build needs."""
        for index, secret in enumerate(build.secrets):
            source = secret.source
            if source is None or (isinstance(source, str) and source not in self.project.secrets):
                path = service.at("build", "secrets", index, "source")
                yield self.undefined(service, path, "secret", source or "")
        for key, context in build.additional_contexts.items():
            if not isinstance(context, str) or not context.startswith(_SERVICE_PREFIX):
                continue
            path = service.at("build", "additional_contexts", key)
            name = context.removeprefix(_SERVICE_PREFIX)
            target = self.project.services.get(name)
            if target is None:
                yield self.undefined(service, path, "service", name)
            elif target.build is None:
                message = f'service "{service.name}" builds on service "{name}", which has no build section'
                yield Fault(Kind.REFERENCE, message, path)

    def of_dependencies(self, container: Service | Job) -> Iterator[Fault]:
        """Services (and for jobs, jobs) that must start before."""
        job = isinstance(container, Job)
        for name, dependency in container.depends_on.items():
            if name in self.enabled or _is_unknown(name) or (job and name in self.jobs):
                continue
            path = container.at("depends_on", name)
            if name in self.project.services:
                if dependency.required is not False:
                    message = (
                        f'{container.kind} "{container.name}" depends on "{name}", '
                        "which none of the chosen profiles enables"
                    )
                    yield Fault(Kind.REFERENCE, message, path)
            elif name in self.jobs:
                message = f'service "{container.name}" cannot depend on the job "{name}"'
                yield Fault(Kind.REFERENCE, message, path)
            else:
                yield self.undefined(container, path, "service", name)

    @staticmethod
    def undefined(container: Service | Job, path: Path, kind: str, name: object) -> Fault:
        """The fault of a name without definition."""
        message = f'{container.kind} "{container.name}" uses the {kind} "{name}", which is not defined'
        return Fault(Kind.REFERENCE, message, path)
