"""What services, jobs and `pre_start` steps share: a container and everything that its engine can be told."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Literal

from composeguard.base import Field
from composeguard.model.mounts import Device, FileReference, Mount
from composeguard.model.networks import NetworkAttachment
from composeguard.model.types import (
    Bytes,
    Count,
    DeviceCount,
    Duration,
    Flag,
    Integer,
    Number,
    Specification,
    Text,
    Umask,
)
from composeguard.source.node import Path

if TYPE_CHECKING:
    from composeguard.model.service import Hook


class BlkioLimit(Specification):
    """The most that a device reads or writes: bytes or operations a second."""

    path: Text | None = None
    rate: Bytes = None


class BlkioWeight(Specification):
    """The share of one device's bandwidth."""

    path: Text | None = None
    weight: Count | None = None


class BlkioConfig(Specification):
    """Limits of block devices."""

    weight: Count | None = None
    weight_device: list[BlkioWeight] = Field(default_factory=list)
    device_read_bps: list[BlkioLimit] = Field(default_factory=list)
    device_read_iops: list[BlkioLimit] = Field(default_factory=list)
    device_write_bps: list[BlkioLimit] = Field(default_factory=list)
    device_write_iops: list[BlkioLimit] = Field(default_factory=list)


class CredentialSpec(Specification):
    """Where the credentials of a managed Windows account come from."""

    config: Text | None = None
    file: Text | None = None
    registry: Text | None = None


class DeviceRequest(Specification):
    """Devices asked for by what they can do; a `count` of -1 is all."""

    capabilities: list[Text] = Field(default_factory=list)
    driver: Text | None = None
    count: DeviceCount | None = None
    device_ids: list[Text] = Field(default_factory=list)
    options: dict[str, Text] = Field(default_factory=dict)


class EnvFile(Specification):
    """A file of environment variables; `required` None means true."""

    path: Text | None = None
    format: Text | None = None
    required: Flag | None = None


class Logging(Specification):
    """Where the output of a container goes."""

    driver: Text | None = None
    options: dict[str, Text | None] = Field(default_factory=dict)


class ModelReference(Specification):
    """The variables that tell a container about a model."""

    endpoint_var: Text | None = None
    model_var: Text | None = None


class Ulimit(Specification):
    """A soft and a hard limit."""

    soft: Integer | None = None
    hard: Integer | None = None


class Container(Specification):
    """The keys of the specification that every container-like spec has.

    An absent scalar or section is None, an absent list or mapping with free keys is empty. Of `command` and
    `entrypoint`, None keeps the image's and `[]` clears it.
    """

    kind: ClassVar[Literal["service", "job", "pre_start"]] = "service"

    annotations: dict[str, Text] = Field(default_factory=dict)
    blkio_config: BlkioConfig | None = None
    cap_add: list[Text] = Field(default_factory=list)
    cap_drop: list[Text] = Field(default_factory=list)
    cgroup: Text | None = None
    cgroup_parent: Text | None = None
    command: list[Text] | None = None
    configs: list[FileReference] = Field(default_factory=list)
    cpu_count: Integer | None = None
    cpu_percent: Number | None = None
    cpu_period: Integer | None = None
    cpu_quota: Integer | None = None
    cpu_rt_period: Integer | None = None
    cpu_rt_runtime: Integer | None = None
    cpu_shares: Integer | None = None
    cpus: Number | None = None
    cpuset: Text | None = None
    credential_spec: CredentialSpec | None = None
    device_cgroup_rules: list[Text] = Field(default_factory=list)
    devices: list[Device] = Field(default_factory=list)
    dns: list[Text] = Field(default_factory=list)
    dns_opt: list[Text] = Field(default_factory=list)
    dns_search: list[Text] = Field(default_factory=list)
    domainname: Text | None = None
    entrypoint: list[Text] | None = None
    env_file: list[EnvFile] = Field(default_factory=list)
    environment: dict[str, Text | None] = Field(default_factory=dict)
    """None: the variable of the host is passed on, or it is unset."""
    extra_hosts: dict[str, list[Text]] = Field(default_factory=dict)
    gpus: list[DeviceRequest] = Field(default_factory=list)
    group_add: list[Text] = Field(default_factory=list)
    hostname: Text | None = None
    image: Text | None = None
    init: Flag | None = None
    ipc: Text | None = None
    isolation: Text | None = None
    label_file: list[Text] = Field(default_factory=list)
    labels: dict[str, Text] = Field(default_factory=dict)
    logging: Logging | None = None
    mac_address: Text | None = None
    mem_limit: Bytes = None
    mem_reservation: Bytes = None
    mem_swappiness: Bytes = None
    memswap_limit: Bytes = None
    models: dict[str, ModelReference | None] = Field(default_factory=dict)
    network_mode: Text | None = None
    networks: dict[str, NetworkAttachment | None] = Field(default_factory=dict)
    oom_kill_disable: Flag | None = None
    oom_score_adj: Integer | None = None
    pid: Text | None = None
    pids_limit: Integer | None = None
    platform: Text | None = None
    privileged: Flag | None = None
    pull_policy: Text | None = None
    pull_refresh_after: Text | None = None
    read_only: Flag | None = None
    runtime: Text | None = None
    secrets: list[FileReference] = Field(default_factory=list)
    security_opt: list[Text] = Field(default_factory=list)
    shm_size: Bytes = None
    stop_grace_period: Duration | None = None
    stop_signal: Text | None = None
    storage_opt: dict[str, Text] = Field(default_factory=dict)
    sysctls: dict[str, Text] = Field(default_factory=dict)
    tmpfs: list[Text] = Field(default_factory=list)
    ulimits: dict[str, Integer | Ulimit] = Field(default_factory=dict)
    umask: Umask | None = None
    use_api_socket: Flag | None = None
    user: Text | None = None
    userns_mode: Text | None = None
    uts: Text | None = None
    volumes: list[Mount] = Field(default_factory=list)
    volumes_from: list[Text] = Field(default_factory=list)
    working_dir: Text | None = None

    # Rules ask for these two all the time, and a private attribute of pydantic costs many times an entry of `__dict__`.
    @cached_property
    def name(self) -> str:
        """The key of a service or job; `web.pre_start[0]` for a step of the service `web`."""
        return ""

    @cached_property
    def path(self) -> Path:
        """Where it stands in the resolved project: `("services", "web")`, `("services", "web", "pre_start", 0)`."""
        return ()

    def at(self, *steps: str | int) -> Path:
        """The path of something inside: `at("ports", 0, "host_ip")`."""
        return (*self.path, *steps)

    def hooks(self) -> "Iterator[tuple[Hook, Path]]":
        """The commands that run inside the running container, each with its path; only services have any."""
        return iter(())

    def settle(self, name: str, path: Path) -> None:
        """Tell it its name and place; the binder does so once, when the project is read."""
        self.__dict__.update(name=name, path=path)
