"""CG204: a configuration of the host that a container may change."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Fix,
    Mount,
    Problem,
    Profile,
    Safety,
    Set,
    Severity,
    compose,
    container_rule,
    cwe,
    normal_host_path,
    owasp,
)

_READ_ONLY = ("/etc/localtime", "/etc/timezone", "/lib/modules", "/usr/lib/modules", "/usr/share/zoneinfo")
"""What no program in a container writes (localtime(5), depmod(8))."""

_CONFIGURATION = frozenset(
    (
        ".cfg",
        ".cnf",
        ".conf",
        ".config",
        ".crt",
        ".env",
        ".hcl",
        ".ini",
        ".js",
        ".key",
        ".pem",
        ".php",
        ".properties",
        ".py",
        ".sh",
        ".sql",
        ".tmpl",
        ".toml",
        ".tpl",
        ".xml",
        ".yaml",
        ".yml",
    )
)
"""Endings of files that people write and programs read."""

_NAMES = frozenset(("Caddyfile", "Corefile", ".htpasswd", "htpasswd", "fastcgi_params", "mime.types"))


@container_rule(
    code="CG204",
    name="writable-config-bind",
    severity=Severity.LOW,
    profiles=(Profile.ALL,),
    references=(
        owasp(8),
        compose("05-services.md#volumes"),
        cwe(732),
    ),
    examples=(
        Example(
            title="The time zone, and a file of configuration",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    volumes:
      - /etc/localtime:/etc/localtime  # expect: CG204
      - ./nginx.conf:/etc/nginx/nginx.conf  # expect: CG204
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    volumes:
      - /etc/localtime:/etc/localtime:ro
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
""",
        ),
        Example(
            title="Read-only, and data",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
      - {type: bind, source: ./site.conf, target: /etc/nginx/conf.d/site.conf, read_only: true}
      - ./data:/data
      - ./app.sqlite:/app.sqlite
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def writable_config_bind(container: Container) -> Iterator[Problem]:
    """A file of configuration that is mounted without `:ro` can be changed from inside the container.

    The change is made to the file of the host: it outlives the container, and it goes into version control
    or to other programs that read the same file. A file counts by its ending; folders do not, for many hold
    data.

    **Fix.** Add `:ro`, or `read_only: true` in the long syntax. It is safe for time zones and kernel
    modules; elsewhere the program may be one that writes its own configuration.

    **When to ignore.** Programs that keep their settings in that file.
    """
    for index, mount in enumerate(container.volumes):
        what = _what(mount)
        if what is None or mount.read_only is True or not isinstance(mount.read_only, bool | None):
            continue
        harmless = what in _READ_ONLY
        title = "mount it read-only"
        operations = (Set(container.at("volumes", index, "read_only"), True),)
        yield Problem(
            container.at("volumes", index, "source"),
            f"{container.name} can write {mount.source} of the host: mount it read-only",
            label="the file of the host can be changed",
            fix=Fix(title, operations)
            if harmless
            else Fix(title, operations, Safety.UNSAFE, note="a program that writes its own configuration fails"),
            evidence=str(mount.source),
        )


def _what(mount: Mount) -> str | None:
    """The path of the host that is meant to be read alone; None where it is not known to be one."""
    if mount.type not in ("bind", None) or mount.source is None:
        return None
    path = normal_host_path(mount.source)
    name = posixpath.basename(path)
    ends = posixpath.splitext(name)[1].lower() in _CONFIGURATION
    return path if path in _READ_ONLY or ends or name in _NAMES else None
