"""How a container takes part in a network."""

from composeguard.base import Field
from composeguard.model.types import Flag, Integer, Specification, Text


class NetworkAttachment(Specification):
    """The settings of one container in one network."""

    aliases: list[Text] = Field(default_factory=list)
    driver_opts: dict[str, Text] = Field(default_factory=dict)
    gw_priority: Integer | None = None
    interface_name: Text | None = None
    ipv4_address: Text | None = None
    ipv6_address: Text | None = None
    link_local_ips: list[Text] = Field(default_factory=list)
    mac_address: Text | None = None
    priority: Integer | None = None
    use_service_name_alias: Flag | None = None
