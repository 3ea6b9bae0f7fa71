"""What a project defines at its top level beside containers: networks, volumes, secrets, configs, models."""

from composeguard.base import Field
from composeguard.model.types import Flag, Integer, Specification, Text


class IpamPool(Specification):
    """One subnet of a network."""

    subnet: Text | None = None
    ip_range: Text | None = None
    gateway: Text | None = None
    aux_addresses: dict[str, Text] = Field(default_factory=dict)


class Ipam(Specification):
    """How a network gives out addresses."""

    driver: Text | None = None
    config: list[IpamPool] = Field(default_factory=list)
    options: dict[str, Text] = Field(default_factory=dict)


class Network(Specification):
    """A network; `name` is always set after normalisation."""

    name: Text | None = None
    driver: Text | None = None
    driver_opts: dict[str, Text] = Field(default_factory=dict)
    ipam: Ipam | None = None
    external: Flag | None = None
    internal: Flag | None = None
    attachable: Flag | None = None
    enable_ipv4: Flag | None = None
    enable_ipv6: Flag | None = None
    labels: dict[str, Text] = Field(default_factory=dict)


class Volume(Specification):
    """A named volume; with `driver_opts` of a bind it is a path of the host."""

    name: Text | None = None
    driver: Text | None = None
    driver_opts: dict[str, Text] = Field(default_factory=dict)
    external: Flag | None = None
    labels: dict[str, Text] = Field(default_factory=dict)


class Secret(Specification):
    """A secret: from a file, from the environment, or external."""

    name: Text | None = None
    file: Text | None = None
    environment: Text | None = None
    external: Flag | None = None
    labels: dict[str, Text] = Field(default_factory=dict)
    driver: Text | None = None
    driver_opts: dict[str, Text] = Field(default_factory=dict)
    template_driver: Text | None = None


class Config(Specification):
    """A config: from a file, from the environment, written in place, or external."""

    name: Text | None = None
    file: Text | None = None
    environment: Text | None = None
    content: Text | None = None
    external: Flag | None = None
    labels: dict[str, Text] = Field(default_factory=dict)
    template_driver: Text | None = None


class Model(Specification):
    """An AI model that the platform serves to containers."""

    name: Text | None = None
    model: Text | None = None
    context_size: Integer | None = None
    runtime_flags: list[Text] = Field(default_factory=list)
