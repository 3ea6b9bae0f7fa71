"""Which services run until they are stopped, and which do one thing and end."""

from __future__ import annotations

import re

from composeguard.compose.unresolved import Unresolved
from composeguard.model.image import image_name
from composeguard.model.project import Project
from composeguard.model.service import Service
from composeguard.source.regex import regex

_TOOLS = frozenset(
    (
        # Docker Hub's own examples and bare systems: https://hub.docker.com/u/library
        "alpine",
        "bash",
        "busybox",
        "hello-world",
        # Clients and tools of one run, each by its manual on Docker Hub.
        "alpine/git",
        "amazon/aws-cli",
        "axllent/mc",
        "bitnami/kubectl",
        "certbot/certbot",
        "composer",
        "curlimages/curl",
        "flyway/flyway",
        "ghcr.io/minio/mc",
        "google/cloud-sdk",
        "grafana/k6",
        "hashicorp/terraform",
        "liquibase/liquibase",
        "loadimpact/k6",
        "migrate/migrate",
        "minio/mc",
        "quay.io/minio/mc",
        "redocly/cli",
    )
)
"""Images of programs that do one thing and end, unless a command makes them wait."""

_WORDS = frozenset(
    (
        "bootstrap",
        "build",
        "builder",
        "cli",
        "create",
        "createbucket",
        "createbuckets",
        "fixtures",
        "import",
        "importer",
        "init",
        "initdb",
        "initializer",
        "install",
        "installer",
        "migrate",
        "migration",
        "migrations",
        "migrator",
        "permissions",
        "provision",
        "seed",
        "seeder",
        "setup",
        "test",
        "tests",
    )
)
"""Words in the name of a service that say so."""

_PROFILES = frozenset(("cli", "debug", "init", "manual", "migrate", "migration", "setup", "test", "tests", "tools"))
"""Profiles of what somebody runs by hand."""

_COMMAND = regex(
    r"\b(?:db:migrate|migrate deploy|manage\.py (?:migrate|collectstatic|loaddata|test)|alembic upgrade|mc mb)\b"
    r"|^(?:(?:/bin/)?(?:true|chown|chmod|echo|cp|mkdir)|migrate)\b"
    r"|\b(?:tail -[fF] /dev/null|sleep inf(?:inity)?)\b"
)
"""Commands that end after what they do, and those that only keep a container open for somebody's shell."""

_SERVER = regex(r"\b(?:httpd|lighttpd|crond|ntpd|telnetd|dropbear|http\.server)\b")
"""Servers that bare systems bring."""


def is_lasting(project: Project, service: Service) -> bool:
    """Whether a service is meant to run until it is stopped. What waits for its end, or says so itself, is not."""
    if service.provider is not None or _ends_by_policy(service) or service.name in project.awaited:
        return False
    stays = bool(service.ports) or service.restart in ("always", "unless-stopped")
    if not stays and _is_called_short(service):
        return False
    if _COMMAND.search(_command(service)) or _is_shell(service):
        return False
    name = image_name(service.image) if service.image else None
    return name is None or service.build is not None or not _is_tool(service, name.repository)


def _is_called_short(service: Service) -> bool:
    """Whether its name or its profiles say that it does one thing."""
    words = re.split(r"[^a-z0-9]+", service.name.lower())
    return not _WORDS.isdisjoint(words) or any(profile in _PROFILES for profile in service.profiles)


def _ends_by_policy(service: Service) -> bool:
    deploy = service.deploy
    if deploy and isinstance(deploy.mode, str) and deploy.mode.endswith("-job"):
        return True
    policy = deploy.restart_policy if deploy else None
    if service.restart is not None:
        # What publishes a port is there to be asked, though nothing starts it again.
        return service.restart == "no" and not service.ports
    return bool(policy and policy.condition == "none")


def _is_tool(service: Service, repository: str) -> bool:
    if repository not in _TOOLS:
        return False
    return not service.ports and service.restart is None and not _SERVER.search(_command(service))


def _is_shell(service: Service) -> bool:
    """Whether somebody sits before it."""
    return service.stdin_open is True and service.tty is True and not service.ports and service.restart is None


def _command(service: Service) -> str:
    words = (*(service.entrypoint or ()), *(service.command or ()))
    known = [word for word in words if not isinstance(word, Unresolved)]
    while known and (known[0].rpartition("/")[2] in ("sh", "bash", "ash") or known[0] in ("-c", "-ec", "-lc")):
        known = known[1:]
    return " ".join(known).strip()
