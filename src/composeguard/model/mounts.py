"""What stands in the file system of a container beside its image."""

from composeguard.base import Field
from composeguard.model.types import Bytes, Flag, Mode, Specification, Text, TmpfsMode


class BindOptions(Specification):
    """Options of a bind mount; `create_host_path` None means true."""

    propagation: Text | None = None
    create_host_path: Flag | None = None
    recursive: Text | None = None
    selinux: Text | None = None


class VolumeOptions(Specification):
    """Options of a volume mount."""

    labels: dict[str, Text] = Field(default_factory=dict)
    nocopy: Flag | None = None
    subpath: Text | None = None


class TmpfsOptions(Specification):
    """Options of a tmpfs mount; `size` in bytes."""

    size: Bytes = None
    mode: TmpfsMode | None = None


class ImageOptions(Specification):
    """Options of an image mount."""

    subpath: Text | None = None


class Mount(Specification):
    """One entry of `volumes` in long form.

    `type` is None where an unresolved source hides whether it is a path or the name of a volume.
    `source` None: an anonymous volume, or a tmpfs.
    """

    type: Text | None = None
    source: Text | None = None
    target: Text | None = None
    read_only: Flag | None = None
    consistency: Text | None = None
    bind: BindOptions | None = None
    volume: VolumeOptions | None = None
    tmpfs: TmpfsOptions | None = None
    image: ImageOptions | None = None


class Device(Specification):
    """A device of the host in the container."""

    source: Text | None = None
    target: Text | None = None
    permissions: Text | None = None


class FileReference(Specification):
    """A secret or config as a container or a build uses it; `source` is the key at the top level."""

    source: Text | None = None
    target: Text | None = None
    uid: Text | None = None
    gid: Text | None = None
    mode: Mode | None = None
