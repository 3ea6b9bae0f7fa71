"""CG811: a network, volume, secret or config that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Example,
    Fix,
    Kind,
    Problem,
    Profile,
    Reading,
    Remove,
    Safety,
    Service,
    Severity,
    Unresolved,
    Workload,
    compose,
    reading_rule,
)

_NOTES = {
    "networks": "a file or a command that is used beside this one may name it",
    "volumes": "the data of the volume stays on the host, but nothing names it any more",
    "secrets": "a file or a command that is used beside this one may name it",
    "configs": "a file or a command that is used beside this one may name it",
}
"""What a removal can break."""


@reading_rule(
    code="CG811",
    name="unused-definition",
    severity=Severity.INFO,
    profiles=(Profile.RESTRICTED,),
    correctness=True,
    references=(compose("06-networks.md"), compose("07-volumes.md"), compose("09-secrets.md")),
    examples=(
        Example(
            title="A network without a container",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    networks: [front]
networks:
  front:
  back:  # expect: CG811
    internal: true
""",
            fixed="""\
services:
  web:
    image: nginx:1.27.2
    networks: [front]
networks:
  front:
""",
        ),
        Example(
            title="Used by a service, or the default network",
            good="""\
services:
  web:
    image: nginx:1.27.2
    user: "101:101"
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    volumes: ["pages:/usr/share/nginx/html:ro"]
    secrets: [token]
networks:
  default:
    internal: true
volumes:
  pages:
secrets:
  token: {file: ./token}
""",
        ),
    ),
)
def unused_definition(reading: Reading) -> Iterator[Problem]:
    """The project defines a network, volume, secret or config that none of its services names.

    A definition without a user is a mistake more often than a reserve: a service that should stand in the internal
    network does not, or a secret is given in another way than the file lets a reader think.

    Only whole projects are judged: not fragments or files with a service that has neither image nor build, which
    belong to another file, nor definitions that an included file brings, nor kinds of which a user is hidden by a
    variable, nor files with an entry of a wrong form, which may be what uses it. The network `default` is used without
    being named.

    **Fix.** Name it where it is meant, or remove it.

    **When to ignore.** Files that are always read beside another one that uses the definition.
    """
    project = reading.project
    # An entry that is refused for its form (`CG801`) may be the one that means the definition.
    gaps = any(diagnostic.kind in (Kind.GAP, Kind.SCHEMA) for diagnostic in reading.diagnostics)
    if not (project.services or project.jobs) or project.is_fragment or gaps:
        return
    if any(_is_defined_elsewhere(service) for service in project.services.values()):
        return
    for section, used in _uses(reading).items():
        if any(isinstance(name, Unresolved) for name in used):
            continue
        for name in getattr(project, section):
            node = reading.node((section, name))
            own = node is not None and node.file.path in reading.request.files and node.key_start >= 0
            if name in used or not own or (section, name) == ("networks", "default"):
                continue
            kind = section.removesuffix("s")
            yield Problem(
                (section, name),
                f'nothing in this project uses the {kind} "{name}"',
                label="defined, not used",
                fix=Fix(f"remove the {kind}", (Remove((section, name)),), Safety.UNSAFE, note=_NOTES[section]),
            )


def _is_defined_elsewhere(service: Service) -> bool:
    return service.image is None and service.build is None and service.provider is None


def _uses(reading: Reading) -> dict[str, set[object]]:
    used: dict[str, set[object]] = {section: set() for section in _NOTES}
    for container in reading.project.containers():
        used["networks"].update(container.networks)
        used["volumes"].update(mount.source for mount in container.volumes)
        # `v:/data` is a drive to Compose and means the volume: CG813 has it.
        used["volumes"].update(
            text[0]
            for mount in container.volumes
            for text in (mount.source, mount.target)
            if isinstance(text, str) and text[1:3] == ":/"
        )
        build = container.build if isinstance(container, Workload) else None
        used["secrets"].update(each.source for each in (*container.secrets, *(build.secrets if build else ())))
        used["configs"].update(each.source for each in container.configs)
        credential = reading.node(container.at("credential_spec", "config"))
        if credential is not None:
            used["configs"].add(credential.value)
    return used
