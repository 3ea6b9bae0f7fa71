"""The whole project, as the reference would run it."""

from collections.abc import Iterator
from functools import cached_property

from composeguard.base import Field
from composeguard.model.container import Container
from composeguard.model.resources import Config, Model, Network, Secret, Volume
from composeguard.model.service import Job, Service
from composeguard.model.types import Specification, Text


class Project(Specification):
    """Everything that the files define together, by the keys of the specification."""

    name: Text | None = None
    services: dict[str, Service] = Field(default_factory=dict)
    jobs: dict[str, Job] = Field(default_factory=dict)
    networks: dict[str, Network] = Field(default_factory=dict)
    volumes: dict[str, Volume] = Field(default_factory=dict)
    secrets: dict[str, Secret] = Field(default_factory=dict)
    configs: dict[str, Config] = Field(default_factory=dict)
    models: dict[str, Model] = Field(default_factory=dict)

    @property
    def is_fragment(self) -> bool:
        """Whether no service or job says what to run: such a file is meant to be read beside another one."""
        workloads = (*self.services.values(), *self.jobs.values())
        provided = any(service.provider is not None for service in self.services.values())
        runs = any(workload.image or workload.build is not None for workload in workloads)
        return bool(workloads) and not runs and not provided

    @cached_property
    def awaited(self) -> frozenset[str]:
        """The services that another one waits for to end well before it starts."""
        return frozenset(
            name
            for workload in (*self.services.values(), *self.jobs.values())
            for name, wait in workload.depends_on.items()
            if wait.condition == "service_completed_successfully"
        )

    def containers(self) -> Iterator[Container]:
        """Every service with its `pre_start` steps, then every job."""
        for service in self.services.values():
            yield service
            yield from service.pre_start
        yield from self.jobs.values()

    def model_post_init(self, context: object) -> None:
        """Containers learn their names and places."""
        for name, service in self.services.items():
            service.settle(name, ("services", name))
            for index, step in enumerate(service.pre_start):
                step.settle(f"{name}.pre_start[{index}]", ("services", name, "pre_start", index))
        for name, job in self.jobs.items():
            job.settle(name, ("jobs", name))
