"""Whether a project says that `docker stack deploy` reads it, not `docker compose up`."""

from __future__ import annotations

from composeguard.model.reading import Reading

_WORDS = ("stack", "swarm")


def is_for_a_swarm(reading: Reading) -> bool:
    """The name of a file says so, or a network that only a swarm has."""
    names = (file.uri.rpartition("/")[2] for file in reading.files)
    if any(word in name for name in names for word in _WORDS):
        return True
    return any(network.driver == "overlay" for network in reading.project.networks.values())
