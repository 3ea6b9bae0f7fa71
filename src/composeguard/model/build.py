"""How an image is built."""

from composeguard.base import Field
from composeguard.model.container import Ulimit
from composeguard.model.mounts import FileReference
from composeguard.model.types import Bytes, Flag, Integer, Specification, Text


class Build(Specification):
    """The `build` section in long form. An argument without value is None where nothing sets it."""

    context: Text | None = None
    dockerfile: Text | None = None
    dockerfile_inline: Text | None = None
    entitlements: list[Text] = Field(default_factory=list)
    args: dict[str, Text | None] = Field(default_factory=dict)
    ssh: dict[str, Text] = Field(default_factory=dict)
    """Agent sockets or keys by id; "" for the default agent."""
    labels: dict[str, Text] = Field(default_factory=dict)
    cache_from: list[Text] = Field(default_factory=list)
    cache_to: list[Text] = Field(default_factory=list)
    no_cache: Flag | None = None
    no_cache_filter: list[Text] = Field(default_factory=list)
    additional_contexts: dict[str, Text] = Field(default_factory=dict)
    network: Text | None = None
    provenance: Text | None = None
    sbom: Text | None = None
    pull: Flag | None = None
    target: Text | None = None
    shm_size: Bytes = None
    extra_hosts: dict[str, list[Text]] = Field(default_factory=dict)
    isolation: Text | None = None
    privileged: Flag | None = None
    secrets: list[FileReference] = Field(default_factory=list)
    tags: list[Text] = Field(default_factory=list)
    ulimits: dict[str, Integer | Ulimit] = Field(default_factory=dict)
    platforms: list[Text] = Field(default_factory=list)
