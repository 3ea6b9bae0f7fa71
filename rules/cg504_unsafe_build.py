"""CG504: a build with rights over the host, or of source that changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Path,
    Problem,
    Profile,
    Severity,
    Unresolved,
    Workload,
    compose,
    container_rule,
    cwe,
    docker,
    regex,
)

_REMOTE = ("https://", "http://", "git://", "ssh://", "git@", "github.com/")
_COMMIT = regex(r"[0-9a-f]{40}|[0-9a-f]{64}", re.IGNORECASE)
_CHECKSUM = regex(r"[?&]checksum=(?:sha256:)?[0-9a-f]{40}", re.IGNORECASE)


@container_rule(
    code="CG504",
    name="unsafe-build",
    severity=Severity.HIGH,
    profiles=(Profile.RECOMMENDED,),
    references=(
        cwe(829),
        docker("build/concepts/context/#git-repositories", "Build context: Git repositories"),
        docker("reference/cli/docker/buildx/build/#allow", "docker buildx build --allow"),
        compose("build.md#privileged"),
        compose("build.md#entitlements"),
    ),
    examples=(
        Example(
            title="Rights of root, the host's network, a branch",
            bad="""\
services:
  app:
    build:
      context: https://github.com/team/app.git#main  # expect: CG504
      network: host  # expect: CG504
      entitlements:
        - security.insecure  # expect: CG504
""",
        ),
        Example(
            title="One commit, a folder of it, and a checksum",
            good="""\
services:
  app:
    build:
      context: https://github.com/team/app.git#0123456789abcdef0123456789abcdef01234567:server
      network: none
      additional_contexts:
        docs: ../docs
        base: service:base
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
  base:
    build: ./base
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
""",
        ),
    ),
)
def unsafe_build(container: Container) -> Iterator[Problem]:
    """Whoever can change what is built runs commands with the rights that the build has.

    `privileged` and the entitlement `security.insecure` (high) give each step of the Dockerfile, and of every
    package that it installs, root on the builder's machine. The host's network (medium) opens the services that
    listen on its loopback address. A context of a remote repository that is not pinned to a commit (medium) builds
    what its owner, or who took over the account, put there last.

    **Fix.** Remove the rights; pin the context: `https://example.org/app.git#<commit>`.

    **When to ignore.** Builders on machines of their own; sources of the same team in development.
    """
    build = container.build if isinstance(container, Workload) else None
    if build is None:
        return
    if build.privileged is True:
        yield _rights(container, container.at("build", "privileged"), "as root over the builder's machine", None)
    for index, entitlement in enumerate(build.entitlements):
        path = container.at("build", "entitlements", index)
        if entitlement == "security.insecure":
            yield _rights(container, path, "as root over the builder's machine", None)
        elif entitlement == "network.host":
            yield _rights(container, path, "on the network of the host", Severity.MEDIUM)
    if build.network == "host":
        yield _rights(container, container.at("build", "network"), "on the network of the host", Severity.MEDIUM)
    sources = [(build.context, container.at("build", "context"))]
    for name, context in build.additional_contexts.items():
        sources.append((context, container.at("build", "additional_contexts", name)))
    for source, place in sources:
        if source is not None and _moves(source):
            yield Problem(
                place,
                f"the build of {container.name} takes source that is not pinned to a commit",
                label="may be other source tomorrow",
                severity=Severity.MEDIUM,
                evidence="context",
                redact="@" in str(source).partition("://")[2].partition("/")[0],  # it may be a password
            )


def _rights(container: Container, path: Path, what: str, severity: Severity | None) -> Problem:
    return Problem(
        path,
        f"the build of {container.name} runs {what}",
        label="every step of the Dockerfile has these rights",
        severity=severity,
    )


def _moves(source: str | Unresolved) -> bool:
    """Whether a context is remote and may change; what a variable may still pin is not judged."""
    text = source.text if isinstance(source, Unresolved) else source
    if not text.startswith(_REMOTE) or _CHECKSUM.search(text):
        return False
    if isinstance(source, Unresolved) and ("#" not in source.head or "#" in source.tail):
        return False
    reference = text.partition("#")[2].partition(":")[0]
    if isinstance(source, Unresolved) and reference not in source.head:
        return False
    return _COMMIT.fullmatch(reference) is None
