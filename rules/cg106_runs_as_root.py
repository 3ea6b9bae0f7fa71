"""CG106: a container whose program runs as root."""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Fix,
    ImageOptions,
    ImageProfile,
    Problem,
    Profile,
    Reference,
    Safety,
    Set,
    Severity,
    Unresolved,
    Workload,
    compose,
    container_rule,
    cwe,
    departs,
    docker,
    image_name,
    image_profile,
    leaves_root,
    owasp,
    pss,
    regex,
)

_BY_DESIGN = ("linuxserver/", "lscr.io/linuxserver/", "ghcr.io/linuxserver/")
"""Images that start as root and run the program as PUID:PGID (https://docs.linuxserver.io/general/understanding-puid-and-pgid/)."""

_ZERO = regex(r"[+-]?0+")
_USER_LINE = regex(r"^[ \t]*(?:(?P<from>FROM)|USER)[ \t]+(?P<user>[^\s:#]+)", re.IGNORECASE | re.MULTILINE)


@container_rule(
    code="CG106",
    name="runs-as-root",
    severity=Severity.MEDIUM,
    profiles=(Profile.RECOMMENDED,),
    group="hardening",
    references=(
        owasp(2),
        pss("restricted"),
        cwe(250),
        compose("05-services.md#user"),
        docker("build/building/best-practices/#user", "Docker: building best practices, USER"),
        Reference("LinuxServer: PUID and PGID", "https://docs.linuxserver.io/general/understanding-puid-and-pgid/"),
    ),
    examples=(
        Example(
            title="Root by name and by number, and nothing said",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    user: "0:0"  # expect: CG106
  api:  # expect: CG106
    image: example.org/api:1.0
""",
        ),
        Example(
            title="A user, an image with a user of its own, one that steps down by itself",
            good="""\
x-hardened: &hardened
  cap_drop: [ALL]
  security_opt: [no-new-privileges:true]
  read_only: true
  mem_limit: 256m
  cpus: 0.5
  pids_limit: 100
  logging: {driver: local}
services:
  web:
    <<: *hardened
    image: nginx:1.27.2
    user: "101:0"
  metrics:
    <<: *hardened
    image: prom/prometheus:v2.54.1
  db:
    <<: *hardened
    image: postgres:16.4
    command: ["-c", "max_connections=50"]
  built:
    <<: *hardened
    build:
      dockerfile_inline: |
        FROM alpine:3.20.3
        USER 1000:1000
""",
        ),
    ),
    options=ImageOptions,
)
def runs_as_root(container: Container, options: ImageOptions) -> Iterator[Problem]:
    """A program that runs as root in a container is root on the host as soon as anything else gives way.

    User 0 of the container is user 0 of the host, unless the engine remaps users: root on every mounted file
    and in every hole of the kernel. Without `user` the image decides, and most images say nothing, which is root (low).
    Images that are known to name another user, or to step down by themselves, are not reported. Where the project
    builds the image, its Dockerfile is the place for the user; it is not read.

    **Fix.** Set `user` to a number that owns what the program writes: `user: "1000:1000"`. Which one is right
    the file does not say; a fix is offered for images that are known to have a user for it.

    **When to ignore.** Images that start as root by design and step down to `PUID`/`PGID` (those of
    LinuxServer are reported as information), and programs that change users themselves, such as mail servers.
    """
    yield from _own(container, image_profile(container, options.profiles))
    for hook, path in container.hooks():
        if _is_root(hook.user):
            yield Problem(
                (*path, "user"),
                f"a hook of {container.name} runs as root",
                label="root on every mounted file",
                evidence="hook",
            )


def _own(container: Container, profile: ImageProfile | None) -> Iterator[Problem]:
    user = container.user
    if user:
        if _is_root(user):
            message = f"{container.name} runs as root: its `user` is {user}"
            yield Problem(container.at("user"), message, label="root on every mounted file", evidence="root")
        return
    chosen = container.environment.get("PUID")
    if isinstance(chosen, str) and _ZERO.fullmatch(chosen):
        message = f"{container.name} runs as root: its PUID is {chosen}"
        yield Problem(container.at("environment", "PUID"), message, label="root on every mounted file", evidence="root")
    elif not _drops_root(container) and not _is_known_to_drop(container, profile):
        what, severity = _unset(container, profile)
        yield Problem(
            container.at("user"),
            f"{container.name} {what}",
            label="most images say nothing, which is root",
            severity=severity,
            fix=_fix(container, profile),
            evidence="unset",
        )


def _is_known_to_drop(container: Container, profile: ImageProfile | None) -> bool:
    """Whether a profile says that the image starts as another user, or steps down to one."""
    if profile is None or _is_root(profile.starts or "root"):
        return profile is not None and bool(profile.runs) and not departs(profile, container)
    return True


def _fix(container: Container, profile: ImageProfile | None) -> Fix | None:
    if profile is None or not profile.user or container.kind != "service":
        return None
    return Fix(
        f"run as `{profile.user}`, the user that the image has for it",
        (Set(container.at("user"), profile.user),),
        Safety.UNSAFE,
        note="what it keeps on volumes must belong to that user",
    )


def _is_root(user: str | Unresolved | None) -> bool:
    """Whether a user is root. An empty one before a group is; a name that a variable hides is not judged."""
    if not user:
        return False
    name = (user.text if isinstance(user, Unresolved) else user).partition(":")[0]
    return name in ("root", "") or bool(_ZERO.fullmatch(name))


def _drops_root(container: Container) -> bool:
    """Whether the image is known to run its program as another user."""
    if isinstance(container, Workload) and container.build is not None:
        return _is_built_with_user(container.build.dockerfile_inline)
    image = container.image
    name = image_name(image) if image else None
    if name is None:
        return isinstance(image, Unresolved)  # which image it is, nothing says
    return leaves_root(name, container.command, overridden=container.entrypoint is not None)


def _is_built_with_user(dockerfile: str | Unresolved | None) -> bool:
    """Whether the last stage of a Dockerfile in the project ends with a user other than root."""
    if not isinstance(dockerfile, str):
        return False
    user = ""
    for match in _USER_LINE.finditer(dockerfile):
        user = "" if match["from"] else match["user"]
    return bool(user) and not _is_root(user)


def _unset(container: Container, profile: ImageProfile | None) -> tuple[str, Severity]:
    """What is said where the file names no user: what is known, and else who decides."""
    name = image_name(container.image) if container.image else None
    if name is not None and name.repository.startswith(_BY_DESIGN):
        return "starts as root, as all images of its maker do, and steps down to PUID:PGID", Severity.INFO
    if not {"PUID", "PGID"}.isdisjoint(container.environment):
        return "has no `user`: an image that reads PUID and PGID starts as root to step down", Severity.LOW
    if isinstance(container, Workload) and container.build is not None:
        return "leaves its user to its Dockerfile, which is not read: `user` is not set", Severity.LOW
    if profile is not None and profile.starts == "root":
        return "starts as root: `user` is not set, and its image names none", Severity.LOW
    return "leaves its user to its image: `user` is not set", Severity.LOW
