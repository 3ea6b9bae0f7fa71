"""The `deploy` section: how many containers, where, and with what resources."""

from composeguard.base import Field
from composeguard.model.container import DeviceRequest
from composeguard.model.types import Bytes, Count, Duration, Integer, Number, Specification, Text


class DiscreteResource(Specification):
    """A countable resource of a node."""

    kind: Text | None = None
    value: Integer | None = None


class GenericResource(Specification):
    """A resource that a node advertises."""

    discrete_resource_spec: DiscreteResource | None = None


class Limits(Specification):
    """The most that a container may use; memory in bytes. 0 is no limit."""

    cpus: Number | None = None
    memory: Bytes = None
    pids: Integer | None = None


class Reservations(Specification):
    """What a container is promised; memory in bytes."""

    cpus: Number | None = None
    memory: Bytes = None
    devices: list[DeviceRequest] = Field(default_factory=list)
    generic_resources: list[GenericResource] = Field(default_factory=list)


class Resources(Specification):
    """Limits and reservations."""

    limits: Limits | None = None
    reservations: Reservations | None = None


class UpdateConfig(Specification):
    """How containers are replaced."""

    parallelism: Count | None = None
    delay: Duration | None = None
    failure_action: Text | None = None
    monitor: Duration | None = None
    max_failure_ratio: Number | None = None
    order: Text | None = None


class RestartPolicy(Specification):
    """When containers start again after they ended."""

    condition: Text | None = None
    delay: Duration | None = None
    max_attempts: Count | None = None
    window: Duration | None = None


class PlacementPreference(Specification):
    """A label to spread containers over."""

    spread: Text | None = None


class Placement(Specification):
    """On which nodes containers run."""

    constraints: list[Text] = Field(default_factory=list)
    preferences: list[PlacementPreference] = Field(default_factory=list)
    max_replicas_per_node: Count | None = None


class Deploy(Specification):
    """The `deploy` section."""

    mode: Text | None = None
    endpoint_mode: Text | None = None
    replicas: Integer | None = None
    labels: dict[str, Text] = Field(default_factory=dict)
    rollback_config: UpdateConfig | None = None
    update_config: UpdateConfig | None = None
    resources: Resources | None = None
    restart_policy: RestartPolicy | None = None
    placement: Placement | None = None
