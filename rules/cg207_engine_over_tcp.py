"""CG207: an engine that takes commands from the network without a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from composeguard.api import (
    Container,
    Example,
    Path,
    Problem,
    Profile,
    Reading,
    Severity,
    Unresolved,
    compose,
    cwe,
    docker,
    image_name,
    owasp,
    reading_rule,
    regex,
)

_ADDRESS = regex(r"(?:tcp|http)://(?P<host>\[[0-9a-fA-F:.]*\]|[^/:]*)(?::(?P<port>\d+))?/?", re.IGNORECASE)
_HOST_NAMES = frozenset(("host.docker.internal", "gateway.docker.internal", "host.containers.internal"))
"""Names by which engines on a desktop tell a container of its host."""

_DAEMONS = frozenset(("dockerd", "docker", "podman", "dockerd-entrypoint.sh", "dockerd-rootless.sh", "balenad"))
_LOOPBACK = frozenset(("localhost", "127.0.0.1", "::1"))
_COMMANDED = "whoever reaches the port is root on the engine's host"
_LISTENS = "whoever reaches the port commands the engine"


class _Address(NamedTuple):
    host: str
    port: str


@reading_rule(
    code="CG207",
    name="engine-over-tcp",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(
        owasp(1),
        docker("engine/security/protect-access/", "Docker: protect the daemon socket"),
        compose("05-services.md#environment"),
        cwe(306),
    ),
    examples=(
        Example(
            title="The host's engine, and an engine in a container",
            bad="""\
services:
  runner:
    image: example.org/runner:4.1
    environment:
      DOCKER_HOST: tcp://172.17.0.1:2375  # expect: CG207
  engine:
    image: docker:27.3.1-dind
    command: [dockerd, --host=tcp://0.0.0.0:2375]  # expect: CG207
""",
        ),
        Example(
            title="TLS, a socket proxy of the project, and other programs on TCP",
            good="""\
x-hardened: &hardened
  image: example.org/runner:4.1
  user: "1000:1000"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  tls:
    <<: *hardened
    environment: {DOCKER_HOST: "tcp://engine.example.org:2376", DOCKER_TLS_VERIFY: "1"}
  proxied:
    <<: *hardened
    environment: ["DOCKER_HOST=tcp://socket-proxy:2375"]
  other:
    <<: *hardened
    command: [serve, --host=tcp://0.0.0.0:8080]
""",
        ),
    ),
)
def engine_over_tcp(reading: Reading) -> Iterator[Problem]:
    """An engine on TCP without TLS obeys everybody who reaches the port.

    Whoever can send a packet to it starts a privileged container with the host's disk: it is the engine's
    socket (CG201) without even the file's permissions, and worms look for port 2375 all over the internet.
    A client that is told of such an address says that the engine listens so. A name that is one word is taken for a
    container on the same network, such as a socket proxy, unless the project says that it is an engine.

    **Fix.** Let the engine listen on its socket alone, and put a socket proxy or SSH
    (`DOCKER_HOST=ssh://…`) in between; or use TLS with keys for both sides (`--tlsverify`,
    `DOCKER_TLS_VERIFY`).

    **When to ignore.** An engine in a container of a CI job, on a network that holds nothing else.
    """
    places = [(container, _listening(container)) for container in reading.project.containers()]
    engines = {each.name for each, listening in places if listening is not None and each.kind == "service"}
    for container, listening in places:
        for path, environment in _environments(container):
            address = _client(environment)
            if address and _is_engine(address, container, engines):
                yield Problem(
                    (*path, "DOCKER_HOST"),
                    f"{container.name} commands the engine at {address.host} over TCP without TLS: {_COMMANDED}",
                    label=_COMMANDED,
                    evidence="DOCKER_HOST",
                )
        if listening is not None:
            yield Problem(
                listening,
                f"{container.name} runs an engine that listens on TCP without TLS: {_LISTENS}",
                label=_LISTENS,
                evidence="listen",
            )


def _environments(container: Container) -> Iterator[tuple[Path, Mapping[str, str | Unresolved | None]]]:
    yield container.at("environment"), container.environment
    for hook, path in container.hooks():
        yield (*path, "environment"), hook.environment


def _client(environment: Mapping[str, str | Unresolved | None]) -> _Address | None:
    """The address that a client is sent to without TLS."""
    address = environment.get("DOCKER_HOST")
    if address is None:
        return None
    if any(environment.get(key, "") != "" for key in ("DOCKER_TLS_VERIFY", "DOCKER_TLS", "DOCKER_CERT_PATH")):
        return None
    return _address(address)


def _address(value: str | Unresolved | None) -> _Address | None:
    match = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return _Address(match["host"].strip("[]").lower(), match["port"] or "2375") if match else None


def _is_engine(address: _Address, container: Container, engines: set[str]) -> bool:
    """Whether an engine is known to be there: one of the project, or whatever has more than a container's name."""
    host = address.host
    if host in engines or host in _HOST_NAMES:
        return True
    if host in container.extra_hosts:
        return "host-gateway" in container.extra_hosts[host]
    if host in _LOOPBACK:
        return container.network_mode == "host"
    import ipaddress

    try:
        return not ipaddress.ip_address(host).is_loopback
    except ValueError:
        return "." in host


def _listening(container: Container) -> Path | None:
    """The place that makes an engine in the container listen on TCP without TLS; None where nothing does."""
    is_dind = _is_dind(container)
    if not is_dind and not container.entrypoint and not container.command:
        return None
    words = _words(container)
    programs = {word.rpartition("/")[2] for _, word in words[:2]}
    if not is_dind and programs.isdisjoint(_DAEMONS):
        return None
    if any(word in ("--tlsverify", "--tlsverify=true") for _, word in words):
        return None
    found = _flag(words, is_dind or "dockerd" in programs)
    if found is not None:
        return found
    directory = container.environment.get("DOCKER_TLS_CERTDIR")
    return container.at("environment", "DOCKER_TLS_CERTDIR") if is_dind and directory == "" else None


def _words(container: Container) -> list[tuple[Path, str]]:
    """Entrypoint and command, each word with its place; unknown ones are left out."""
    return [
        (container.at(key, index), word)
        for key, words in (("entrypoint", container.entrypoint), ("command", container.command))
        for index, word in enumerate(words or ())
        if isinstance(word, str)
    ]


def _is_dind(container: Container) -> bool:
    """Whether the image starts an engine: `docker:dind` and its variants."""
    name = image_name(container.image) if container.image else None
    return name is not None and name.path.rpartition("/")[2] in ("docker", "dind") and "dind" in name.tag.split("-")


def _flag(words: list[tuple[Path, str]], daemon: bool) -> Path | None:
    """The place of an address to listen on; the same flags of a client name the engine that it asks."""
    texts = [word for _, word in words]
    serves = daemon or "service" in texts
    for index, (path, word) in enumerate(words):
        option, separator, value = word.partition("=")
        if option in ("-H", "--host", "--hosts"):
            value = value if separator else (texts[index + 1] if index + 1 < len(texts) else "")
            path = path if separator else words[min(index + 1, len(words) - 1)][0]
        elif word.startswith("-H"):
            value = word[2:]
        elif word.lower().startswith("tcp:") and "service" in texts:
            value = word  # podman system service tcp://…
        else:
            continue
        address = _address(value)
        if serves and address and address.host not in _LOOPBACK:
            return path
    return None
