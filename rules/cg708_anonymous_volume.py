"""CG708: data in a volume that has no name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    ImageName,
    Problem,
    Profile,
    Severity,
    compose,
    container_rule,
    docker,
    image_name,
    regex,
)

_RELEASE = regex("[0-9]{1,18}(?![0-9])")

_DATA = {
    # Folders that the image declares a volume (`VOLUME`) and in which it keeps its data, by the Dockerfile of each.
    "cassandra": ("/var/lib/cassandra", "https://github.com/docker-library/cassandra"),
    "couchdb": ("/opt/couchdb/data", "https://github.com/apache/couchdb-docker"),
    "mariadb": ("/var/lib/mysql", "https://github.com/MariaDB/mariadb-docker"),
    "mongo": ("/data/db", "https://github.com/docker-library/mongo"),
    "mysql": ("/var/lib/mysql", "https://github.com/docker-library/mysql"),
    "neo4j": ("/data", "https://github.com/neo4j/docker-neo4j"),
    "postgres": ("/var/lib/postgresql/data", "https://github.com/docker-library/postgres"),
    "rabbitmq": ("/var/lib/rabbitmq", "https://github.com/docker-library/rabbitmq"),
}
_POSTGRES_18 = "/var/lib/postgresql"
"""Where releases from 18 on declare it: https://github.com/docker-library/postgres/blob/master/18/trixie/Dockerfile."""
_REBUILT = frozenset(
    (
        *(".cache", ".mypy_cache", ".next", ".nuxt", ".svelte-kit", ".turbo", ".venv", "__pycache__", "_build", "bin"),
        *("bower_components", "build", "deps", "dist", "node_modules", "obj", "target", "tmp", "vendor", "venv"),
    )
)
"""Folders that hold nothing that is not made again: an unnamed volume hides them from a bind around."""


@container_rule(
    code="CG708",
    name="anonymous-volume",
    severity=Severity.LOW,
    profiles=(Profile.RESTRICTED,),
    references=(
        docker("engine/storage/volumes/#named-and-anonymous-volumes", "Named and anonymous volumes"),
        compose("05-services.md#volumes"),
    ),
    examples=(
        Example(
            title="A path alone, the long syntax, and a database without any",
            bad="""\
services:
  web:
    image: example.org/web:1.4
    volumes:
      - /var/lib/web  # expect: CG708
      - type: volume  # expect: CG708
        target: /uploads
  db:
    image: postgres:16.4  # expect: CG708
""",
        ),
        Example(
            title="A name, a bind, memory, and what is built again",
            good="""\
x-hardened: &hardened
  user: "999:999"
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  db: {<<: *hardened, image: "postgres:16.4", volumes: ["data:/var/lib/postgresql/data"]}
  test-db: {<<: *hardened, image: "mysql:8.4.3", tmpfs: ["/var/lib/mysql:size=1g"]}
  web: {<<: *hardened, image: "example.org/web:1.4", volumes: ["./src:/app", "/app/node_modules"]}
volumes: {data: {}}
""",
        ),
    ),
)
def anonymous_volume(container: Container) -> Iterator[Problem]:
    """A volume without a name is lost, and stays.

    The engine gives it a random name. `docker compose down` and the next `up` make a new one: the data seems gone,
    and the old volume, with all that was in it, fills the disk until somebody finds it. Nobody backs it up either.
    Databases count whose image declares such a volume and for which the file mounts nothing. Folders that are made
    again, as `node_modules` below a bind, do not.

    **Fix.** Give it a name at the top level (`volumes: {data: {}}`, and `data:/path`), or use `tmpfs` for what may
    go.

    **When to ignore.** Test databases whose data nobody wants.
    """
    binds = [_target(mount.target) for mount in container.volumes if mount.source is not None]
    for index, mount in enumerate(container.volumes):
        target = _target(mount.target)
        if mount.type != "volume" or mount.source is not None or not target:
            continue
        if posixpath.basename(target) in _REBUILT or any(bind and _is_within(target, bind) for bind in binds):
            continue
        path = container.at("volumes", index)
        yield _problem(container, path, f"keeps {target} in a volume without a name", target)
    name = image_name(container.image) if container.image else None
    folder = _data(name) if name and name.registry == "docker.io" else ""
    if not folder or container.volumes_from or getattr(container, "build", None) is not None:
        return
    if "PGDATA" in container.environment:
        return  # the data is elsewhere
    targets = [_target(mount.target) for mount in container.volumes]
    targets += [str(entry).partition(":")[0] for entry in container.tmpfs]
    if any(not target or _touch(target, folder) for target in targets):
        return
    yield _problem(container, container.at("image"), f"keeps its data ({folder}) in a volume without a name", folder)


def _data(name: ImageName) -> str:
    """The folder that the image declares; a tag that names no release means the newest."""
    release = _RELEASE.match(name.tag)
    if name.path == "postgres" and (release is None or int(release[0]) >= 18):
        return _POSTGRES_18
    return _DATA.get(name.path, ("", ""))[0]


def _problem(container: Container, path: tuple[str | int, ...], what: str, target: str) -> Problem:
    return Problem(
        path,
        f"{container.name} {what}: the next container starts without it, and nothing cleans it up",
        label="lost to the next container, and never cleaned up",
        evidence=target,
    )


def _target(target: object) -> str:
    """ "" where a variable hides it, or it is no path."""
    return posixpath.normpath(target) if isinstance(target, str) and target.startswith("/") else ""


def _touch(one: str, other: str) -> bool:
    """Whether one folder is the other, or holds it."""
    return one == other or _is_within(one, other) or _is_within(other, one)


def _is_within(path: str, folder: str) -> bool:
    return path.startswith(f"{folder.rstrip('/')}/")
