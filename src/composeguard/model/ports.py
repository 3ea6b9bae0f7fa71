"""Published ports."""

from composeguard.model.types import Integer, Specification, Text


class Port(Specification):
    """One container port and where the host publishes it.

    `published` is a text ("8080", "8000-8005"), None or "" for a random port of the host, or `Unresolved`.
    `host_ip` None means all interfaces. `target` None: it is hidden by an unresolved range or whole entry.
    """

    name: Text | None = None
    mode: Text | None = None
    host_ip: Text | None = None
    target: Integer | None = None
    published: Text | None = None
    protocol: Text | None = None
    app_protocol: Text | None = None
