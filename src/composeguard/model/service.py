"""Services, jobs and the steps that run around them."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from composeguard.base import Field
from composeguard.model.build import Build
from composeguard.model.container import Container
from composeguard.model.deploy import Deploy
from composeguard.model.ports import Port
from composeguard.model.types import Count, Duration, Flag, Integer, Specification, Text
from composeguard.source.node import Path

_WITHOUT_PORTS = frozenset(("host", "none", "service", "container"))
"""Modes of `network_mode` in which `ports` publishes nothing."""


class Dependency(Specification):
    """What must hold of another service before this one starts."""

    condition: Text | None = None
    restart: Flag | None = None
    required: Flag | None = None


class Healthcheck(Specification):
    """How the engine finds out that a container works; times in nanoseconds.

    `test` starts with CMD, CMD-SHELL or NONE.
    """

    disable: Flag | None = None
    interval: Duration | None = None
    retries: Count | None = None
    start_interval: Duration | None = None
    start_period: Duration | None = None
    test: list[Text] = Field(default_factory=list)
    timeout: Duration | None = None


class Hook(Specification):
    """A command that runs inside the container after its start or before its stop."""

    command: list[Text] | None = None
    user: Text | None = None
    privileged: Flag | None = None
    working_dir: Text | None = None
    environment: dict[str, Text | None] = Field(default_factory=dict)


class Watch(Specification):
    """What happens when files change during development."""

    path: Text | None = None
    action: Text | None = None
    target: Text | None = None
    exec: Hook | None = None
    ignore: list[Text] = Field(default_factory=list)
    include: list[Text] = Field(default_factory=list)
    initial_sync: Flag | None = None


class Develop(Specification):
    """The `develop` section."""

    watch: list[Watch] = Field(default_factory=list)


class Provider(Specification):
    """A program that provides the service in place of a container."""

    type: Text | None = None
    options: dict[str, list[Text]] = Field(default_factory=dict)


class Schedule(Specification):
    """When a job runs."""

    cron: Text | None = None
    timezone: Text | None = None
    concurrency: Text | None = None
    missed_fires: Text | None = None


class Triggers(Specification):
    """What starts a job."""

    manual: Flag | None = None
    schedule: list[Schedule] = Field(default_factory=list)


class PreStart(Container):
    """A container that runs to its end before the service starts. It inherits from the service, volumes excepted."""

    kind: ClassVar[Literal["service", "job", "pre_start"]] = "pre_start"

    per_replica: Flag | None = None


class Workload(Container):
    """What services and jobs share beyond a container."""

    build: Build | None = None
    depends_on: dict[str, Dependency] = Field(default_factory=dict)
    expose: list[Text] = Field(default_factory=list)
    healthcheck: Healthcheck | None = None
    ports: list[Port] = Field(default_factory=list)
    profiles: list[Text] = Field(default_factory=list)
    stdin_open: Flag | None = None
    tty: Flag | None = None

    @property
    def publishes(self) -> bool:
        """Whether `ports` has an effect: without a network of its own, a container publishes nothing."""
        mode = self.network_mode
        return not isinstance(mode, str) or mode.partition(":")[0] not in _WITHOUT_PORTS


class Service(Workload):
    """A service: containers that run until they are stopped."""

    attach: Flag | None = None
    container_name: Text | None = None
    deploy: Deploy | None = None
    develop: Develop | None = None
    external_links: list[Text] = Field(default_factory=list)
    links: list[Text] = Field(default_factory=list)
    post_start: list[Hook] = Field(default_factory=list)
    pre_start: list[PreStart] = Field(default_factory=list)
    pre_stop: list[Hook] = Field(default_factory=list)
    provider: Provider | None = None
    restart: Text | None = None
    scale: Integer | None = None

    def hooks(self) -> Iterator[tuple[Hook, Path]]:
        """The `post_start` and `pre_stop` hooks."""
        return self._hooks() if self.post_start or self.pre_stop else iter(())

    def _hooks(self) -> Iterator[tuple[Hook, Path]]:
        for key, hooks in (("post_start", self.post_start), ("pre_stop", self.pre_stop)):
            for index, hook in enumerate(hooks):
                yield hook, self.at(key, index)


class Job(Workload):
    """A container that runs to its end when triggered."""

    kind: ClassVar[Literal["service", "job", "pre_start"]] = "job"

    triggers: Triggers | None = None
