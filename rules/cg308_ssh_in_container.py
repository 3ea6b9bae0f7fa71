"""CG308: an SSH server inside a container."""

from __future__ import annotations

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
    cis,
    compose,
    container_rule,
    cwe,
    regex,
)

_PORT = 22
_SERVER = regex(r"(?:^|[/\s;&|])sshd(?:$|[\s;&|])|\bservice\s+sshd?\s+start\b")
_IMAGE = regex(r"(?:^|[-_])(?:sshd|openssh-server|ssh-server)(?:$|[-_])")
_PORTS = ("ports", "expose")
_FORGES = regex(
    r"(?:^|[-_])(?:gitea|gitlab|gitlab-ce|gitlab-ee|gogs|forgejo|gerrit|soft-serve|onedev|dokku|sftp|sftpgo)\b"
)
"""Images whose SSH server is no shell but the service itself: Git or file transfer over SSH."""


@container_rule(
    code="CG308",
    name="ssh-in-container",
    severity=Severity.LOW,
    profiles=(Profile.ALL, Profile.CIS),
    references=(cis("5.7"), cwe(1125), compose("05-services.md#command")),
    examples=(
        Example(
            title="By port, by command, by image",
            bad="""\
services:
  box:
    image: example.org/box:1.0
    ports:
      - "2222:22"  # expect: CG308
  shell:
    image: example.org/shell:1.0
    command: ["/usr/sbin/sshd", "-D"]  # expect: CG308
  jump:
    image: lscr.io/linuxserver/openssh-server:9.7  # expect: CG308
""",
        ),
        Example(
            title="A client, and Git over SSH",
            good="""\
services:
  copy:
    image: example.org/copy:1.0
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    command: ["ssh", "backup@10.0.0.9"]
  forge:
    image: gitea/gitea:1.22.3
    user: "101:101"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
    ports: ["127.0.0.1:2222:22"]
""",
        ),
    ),
)
def ssh_in_container(container: Container) -> Iterator[Problem]:
    """An SSH server makes a container a machine to look after.

    It needs accounts, keys and updates of its own, its sessions escape the engine's logs, and it is one more
    program for an attacker to log in to. `docker compose exec` opens a shell without any of it. Where only the
    port tells, and the file does not say what runs behind it, nothing is said.

    **Fix.** Remove the server; use `docker compose exec`.

    **When to ignore.** Containers that are meant as machines: jump hosts, training, test targets.
    """
    image = container.image
    text = image.text if isinstance(image, Unresolved) else image or ""
    name = text.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()
    path = _evidence(container, name)
    if path is not None and not _FORGES.search(name) and not (not image and _FORGES.search(container.name)):
        how = "seems to run an SSH server: its port 22 is open" if path[2] in _PORTS else "runs an SSH server"
        yield Problem(path, f"{container.name} {how}", label="one more way in", evidence="sshd")


def _evidence(container: Container, image: str) -> Path | None:
    """What shows that there is a server: the image, the command, or else the port."""
    if _IMAGE.search(image):
        return container.at("image")
    for key, words in (("command", container.command), ("entrypoint", container.entrypoint)):
        if words and _SERVER.search(" ".join(word for word in words if isinstance(word, str))):
            return container.at(key)
    if isinstance(container, Workload) and (container.image or container.build):
        for index, port in enumerate(container.ports):
            if port.target == _PORT and port.protocol in (None, "tcp"):
                return container.at("ports", index)
        if "22" in container.expose or "22/tcp" in container.expose:
            return container.at("expose")
    return None
