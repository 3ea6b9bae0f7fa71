"""CG201: a container that can command the engine."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Path,
    Problem,
    Profile,
    Reading,
    Reference,
    Severity,
    Unresolved,
    agent_of,
    cis,
    compose,
    cwe,
    normal_host_path,
    owasp,
    reading_rule,
    whole_number,
)

_SOCKETS = {
    "docker.sock": "Docker",
    "docker.sock.raw": "Docker",
    "docker.raw.sock": "Docker",
    "dockershim.sock": "Docker",
    "cri-dockerd.sock": "Docker",
    "balena.sock": "balenaEngine",
    "balena-engine.sock": "balenaEngine",
    "containerd.sock": "containerd",
    "crio.sock": "CRI-O",
    "podman.sock": "Podman",
    "docker_engine": "Docker",
    "docker_engine_windows": "Docker",
    "docker_engine_linux": "Docker",
    "dockerdesktopengine": "Docker",
    "dockerdesktoplinuxengine": "Docker",
    "dockerdesktopwindowsengine": "Docker",
    "containerd-containerd": "containerd",
    "podman-machine-default": "Podman",
}
"""Sockets and named pipes by file name: their folder differs from host to host (rootless, desktop, virtual machine)."""

_FOLDERS = {
    "/": "Docker",
    "/run": "Docker",
    "/run/containerd": "containerd",
    "/run/crio": "CRI-O",
    "/run/docker": "containerd",
    "/run/docker/containerd": "containerd",
    "/run/k3s": "containerd",
    "/run/k3s/containerd": "containerd",
    "/run/podman": "Podman",
}
"""Folders in which an engine keeps its socket, `/var/run` written as `/run`."""

_IN_HOME = ("/.docker/run", "/.docker/desktop", "/.colima/default", "/.colima/docker", "/.orbstack/run")
"""Folders below a home in which desktop engines keep theirs."""

_ASKS_FOR = {
    "traefik": "reading containers and events",
    "nginx-proxy": "reading containers and events",
    "docker-gen": "reading containers and events",
    "acme-companion": "reading containers and events",
    "caddy-docker-proxy": "reading containers, networks and events",
    "dozzle": "reading containers and their logs",
    "promtail": "reading containers and their logs",
    "alloy": "reading containers and their logs",
    "vector": "reading containers and their logs",
    "filebeat": "reading containers and their logs",
    "homepage": "reading containers",
    "homarr": "reading containers",
    "dashy": "reading containers",
    "glances": "reading containers",
    "netdata": "reading containers",
    "telegraf": "reading containers",
    "cadvisor": "reading containers",
    "ctop": "reading containers",
    "diun": "reading containers and images",
    "uptime-kuma": "reading containers",
    "autoheal": "reading and restarting containers",
    "docker-autoheal": "reading and restarting containers",
    "watchtower": "images and starting containers",
    "ouroboros": "images and starting containers",
    "portainer": "what its users may do",
    "portainer-ce": "what its users may do",
    "portainer-ee": "what its users may do",
    "dockge": "what its users may do",
    "yacht": "what its users may do",
    "komodo-core": "what its users may do",
}
"""What well-known consumers of the socket ask of the engine, by the last part of the image's name."""

_PROXIES = frozenset(("docker-socket-proxy", "socket-proxy", "dockerproxy", "docker-proxy"))
_ROOT = "whoever controls it is root on the host"


@reading_rule(
    code="CG201",
    name="engine-socket",
    severity=Severity.CRITICAL,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(
        cis("5.32"),
        owasp(1),
        cwe(250),
        compose("05-services.md#use_api_socket"),
        Reference("docker-socket-proxy", "https://github.com/Tecnativa/docker-socket-proxy"),
    ),
    examples=(
        Example(
            title="Read-only makes no difference",
            bad="""\
services:
  proxy:
    image: traefik:v3.1.4
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro  # expect: CG201
""",
        ),
        Example(
            title="The folder, and the detour of a volume",
            bad="""\
services:
  agent:
    image: example.org/agent:1.4
    volumes:
      - type: bind
        source: /var//lib/../run/  # expect: CG201
        target: /host/run
      - engine:/engine.sock
volumes:
  engine:
    driver_opts: {type: none, o: bind, device: /run/podman/podman.sock}  # expect: CG201
""",
        ),
        Example(
            title="The socket of another program",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    environment: {DOCKER_HOST: tcp://socket-proxy:2375}
    volumes: [/run/postgresql/.s.PGSQL.5432:/run/db.sock]
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def engine_socket(reading: Reading) -> Iterator[Problem]:
    """A container that reaches the engine's socket is root on the host.

    Whoever takes over its process asks the engine for a privileged container with the host's disk, and is
    done. `:ro` does not help: it protects the file of the socket, not what is sent through it. The socket
    counts by every way in: a bind of the socket or of a folder that holds it, a volume with `driver_opts`, a
    secret or config made from the file, a named pipe, `use_api_socket`.

    **Fix.** Put a socket proxy in between: one small container holds the socket, publishes no port, and
    passes on only the calls that the consumer needs; the consumer gets `DOCKER_HOST=tcp://socket-proxy:2375`
    on a network with `internal: true`. Such a proxy is itself reported, with low severity; a monitoring agent that
    mounts, read-only, a folder around the socket as its manual asks (`/`, `/var/run`), as information.

    **When to ignore.** Programs whose purpose is to manage the engine, where their users may be root on the
    host anyway.
    """
    shared: dict[Path, tuple[str, list[Container]]] = {}
    for container in reading.project.containers():
        for path, source, target, read_only in _mounts(container):
            engine = _engine(source)
            if engine and read_only and _is_of_agent(container, source):
                if str(source) != "/" and not _is_never_root(container):  # of `/`, CG202 says it
                    yield _of_agent(container, path, engine, source)
            elif engine:
                yield _problem(container, path, f"mounts {_words(engine, source)}", engine, read_only=read_only)
            elif isinstance(source, Unresolved) and (engine := _engine(target)):
                yield _problem(
                    container,
                    path,
                    f"mounts what {', '.join(source.names)} names where programs look for the {engine} socket",
                    engine,
                    read_only=read_only,
                    severity=Severity.HIGH,
                )
        if container.use_api_socket is True:
            yield _problem(container, container.at("use_api_socket"), "is given the engine's socket", "api")
        for path, source in _indirect(reading, container):
            if engine := _engine(source):
                shared.setdefault(path, (_words(engine, source), []))[1].append(container)
    for path, (words, containers) in shared.items():
        users = sorted({container.name for container in containers if container.kind != "pre_start"})
        yield _problem(containers[0], path, f"mounts {words}", "volume", users=users)


def _mounts(container: Container) -> Iterator[tuple[Path, str | Unresolved | None, str | Unresolved | None, bool]]:
    for index, mount in enumerate(container.volumes):
        if mount.type in ("bind", "npipe", None) or isinstance(mount.type, Unresolved):
            yield container.at("volumes", index, "source"), mount.source, mount.target, mount.read_only is True


def _indirect(reading: Reading, container: Container) -> Iterator[tuple[Path, str | Unresolved | None]]:
    """The paths of the host behind a container's volumes, secrets and configs, with the place that names them."""
    project = reading.project
    for mount in container.volumes:
        volume = project.volumes.get(mount.source) if isinstance(mount.source, str) else None
        if mount.type == "volume" and volume and _binds(volume.driver_opts.get("o", "")):
            yield ("volumes", str(mount.source), "driver_opts", "device"), volume.driver_opts.get("device")
    for reference in container.secrets:
        secret = project.secrets.get(reference.source) if isinstance(reference.source, str) else None
        if secret:
            yield ("secrets", str(reference.source), "file"), secret.file
    for reference in container.configs:
        config = project.configs.get(reference.source) if isinstance(reference.source, str) else None
        if config:
            yield ("configs", str(reference.source), "file"), config.file


def _binds(options: str | Unresolved) -> bool:
    return isinstance(options, Unresolved) or not {"bind", "rbind"}.isdisjoint(options.split(","))


def _engine(path: str | Unresolved | None) -> str:
    """The engine that listens at a path or below it; "" for none, or where the file name is not known."""
    if isinstance(path, Unresolved):
        path = path.tail if "/" in path.tail else ""
        return _SOCKETS.get(posixpath.basename(path).lower(), "")
    if not path:
        return ""
    plain = normal_host_path(path)
    if plain.endswith(_IN_HOME):
        return "Docker"
    return _SOCKETS.get(plain.rpartition("/")[2].lower(), "") or _FOLDERS.get(plain, "")


def _words(engine: str, source: str | Unresolved | None) -> str:
    if isinstance(source, str) and posixpath.basename(folder := normal_host_path(source)).lower() not in _SOCKETS:
        return f"{folder}, which holds the {engine} socket"
    return f"the {engine} socket"


def _problem(
    container: Container,
    path: Path,
    what: str,
    evidence: str,
    *,
    read_only: bool = False,
    severity: Severity | None = None,
    users: list[str] | None = None,
) -> Problem:
    program = _program(container)
    advice = "; read-only does not help, commands pass all the same" if read_only else ""
    if program in _PROXIES:
        severity = Severity.LOW
        advice = "; a socket proxy is the right place for it: publish none of its ports"
    elif program in _ASKS_FOR:
        advice += f"; put a socket proxy in between that allows only {_ASKS_FOR[program]}"
    return Problem(
        path,
        f"{', '.join(users) if users else container.name} {what}: {_ROOT}{advice}",
        label=_ROOT,
        severity=severity,
        evidence=evidence,
    )


def _is_of_agent(container: Container, source: str | Unresolved | None) -> bool:
    """Whether a monitoring agent mounts a folder around the socket because its manual has it read that folder."""
    if not isinstance(source, str) or posixpath.basename(normal_host_path(source)).lower() in _SOCKETS:
        return False
    agent = agent_of(container.image)
    return agent is not None and normal_host_path(source) in agent.reads


def _is_never_root(container: Container) -> bool:
    """Whether the process is known to be somebody whom the socket does not let in; a group may be the engine's."""
    if not isinstance(container.user, str) or container.group_add:
        return False
    user, _, group = container.user.partition(":")
    return bool(whole_number(user)) and group in ("", user)


def _of_agent(container: Container, path: Path, engine: str, source: str | Unresolved | None) -> Problem:
    agent = agent_of(container.image)
    assert agent is not None
    return Problem(
        path,
        f"{container.name} mounts {_words(engine, source)}; it is {agent.name}, whose manual has it read that: as "
        "root it reaches the socket, so give it a `user` where it can do without, and no port beyond this host",
        label="as root, the agent reaches the socket",
        severity=Severity.INFO,
        evidence=engine,
    )


def _program(container: Container) -> str:
    """The last part of the image's name: `traefik` of `docker.io/library/traefik:v3`."""
    image = container.image.head if isinstance(container.image, Unresolved) else container.image or ""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()
