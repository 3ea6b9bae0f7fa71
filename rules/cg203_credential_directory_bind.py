"""CG203: a container with somebody's home or keys."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    HostMount,
    Problem,
    Profile,
    Reading,
    Reference,
    Severity,
    cis,
    compose,
    cwe,
    host_mounts,
    reading_rule,
    regex,
)

_CLOUD = "keys of a cloud account"
_FORGE = "tokens of a forge or registry of packages"
_SECRETS = {
    ".aws/config": "the accounts and roles of a cloud, and at times their keys",
    ".ssh": "SSH keys, and the file that says who may log in",
    ".aws": _CLOUD,
    ".azure": _CLOUD,
    ".config/gcloud": _CLOUD,
    ".config/doctl": _CLOUD,
    ".oci": _CLOUD,
    ".kube": "credentials of clusters",
    ".gnupg": "private keys",
    ".password-store": "passwords",
    ".local/share/keyrings": "passwords",
    ".vault-token": "a token of the secret store",
    ".netrc": "passwords of servers",
    ".git-credentials": _FORGE,
    ".config/gh": _FORGE,
    ".npmrc": _FORGE,
    ".pypirc": _FORGE,
    ".terraform.d": _CLOUD,
}
"""Files and folders in which tools keep credentials, each after its own manual; their names mean nothing else."""

_OF_HOME = {
    ".docker": "tokens of registries, and on a desktop the engine's socket",
    ".config": "settings of all programs, tokens among them",
    ".m2": _FORGE,
    ".cargo": _FORGE,
    ".mozilla": "passwords and sessions of the browser",
    ".bashrc": "what every login runs",
    ".profile": "what every login runs",
    ".bash_history": "what was typed, passwords among it",
}
"""The same, where the name alone may mean a folder of the project."""

_SELDOM = ".aws/config"

_PUBLIC = regex(r"known_hosts|authorized_keys|.*\.pub")
"""Files of `.ssh` that hold no secret."""

_HOME = regex(r"~|/root|/home/[^/]+|/Users/[^/]+|c:/Users/[^/]+")
_PERSON = ("USER", "LOGNAME", "USERNAME")
_SHARED = frozenset(("/Users/Shared", "c:/Users/Public"))


@reading_rule(
    code="CG203",
    name="credential-directory-bind",
    severity=Severity.HIGH,
    profiles=(Profile.BASELINE, Profile.CIS),
    references=(
        cis("5.6"),
        cwe(522),
        compose("05-services.md#volumes"),
        Reference("file-hierarchy(7)", "https://man7.org/linux/man-pages/man7/file-hierarchy.7.html"),
        Reference("Docker: secrets in Compose", "https://docs.docker.com/compose/how-tos/use-secrets/"),
    ),
    examples=(
        Example(
            title="A home, and keys, however it is written",
            bad="""\
services:
  tool:
    image: example.org/tool:2.0
    volumes:
      - ~:/home/host  # expect: CG203
      - ${HOME}/.ssh:/home/app/.ssh:ro  # expect: CG203
      - /home/ada/../ada/.aws/credentials:/aws:ro  # expect: CG203
      - ~/.kube/config:/kube:ro  # expect: CG203
""",
        ),
        Example(
            title="Data in a home, public keys, and a secret",
            good="""\
services:
  tool:
    image: example.org/tool:2.0
    user: "1000:1000"
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    read_only: true
    volumes:
      - ~/data:/data
      - /home/ada/projects/app:/app
      - ~/.ssh/known_hosts:/etc/ssh/ssh_known_hosts:ro
      - ./.docker/nginx:/etc/nginx:ro
    secrets: [deploy-key]
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
secrets:
  deploy-key:
    file: ~/.ssh/deploy_key
""",
        ),
    ),
)
def credential_directory_bind(reading: Reading) -> Iterator[Problem]:
    """A container with a home folder or a folder of keys holds what opens other machines and accounts.

    Whoever takes over the process copies SSH keys, cloud credentials and tokens, and goes on from there
    without the container. Read-only does not help against reading; writable, a line in `.bashrc` or
    `authorized_keys` runs programs on the host as that user. A folder of that name outside a home, in the
    project or behind a variable, is medium, and so is `.aws/config`.

    **Fix.** Grant the one key that the program needs as a secret (`secrets`, with `file:`), made for it
    alone; mount the one folder of data that it works on.

    **When to ignore.** Development containers on a machine of one's own, where the program is trusted as its
    user is.
    """
    for container in reading.project.containers():
        for mount in host_mounts(reading.project, container):
            if found := _judge(mount):
                yield _problem(container, mount, *found)


def _problem(container: Container, mount: HostMount, severity: Severity, gain: str) -> Problem:
    return Problem(
        mount.path,
        f"{container.name} holds {mount.source} of the host: {gain}",
        label=gain,
        severity=severity,
        related=(mount.definition,) if mount.definition else (),
        evidence=str(mount.source),
    )


def _judge(mount: HostMount) -> tuple[Severity, str] | None:
    path = mount.normal
    if path in ("/home", "/Users", "c:/Users"):
        return Severity.HIGH, "the homes of all users, with their keys"
    if not path or path in _SHARED:
        return None
    home = _HOME.match(path)
    if home and home.end() == len(path):
        # root's home is CG202; a variable below `/home` may hold more than the name of a person
        known = isinstance(mount.source, str) or path == "~" or mount.source.names[-1:] in [(name,) for name in _PERSON]
        return (Severity.HIGH, "a whole home, with its keys") if known and path != "/root" else None
    if home and path[home.end()] != "/":
        return None
    below = path[home.end() + 1 :] if home else path
    if mount.read_only and _PUBLIC.fullmatch(path.rpartition("/")[2]):
        return None
    gain = _gain(below, _SECRETS, anywhere=not home)
    if gain is None and home:
        gain = _gain(below, _OF_HOME, anywhere=False)
    if gain is None:
        return None
    sure = home and below != _SELDOM
    return (Severity.HIGH if sure else Severity.MEDIUM), gain


def _gain(path: str, table: dict[str, str], *, anywhere: bool) -> str | None:
    """What the folder or file gives by its name: at the start of the path, or `anywhere` in it."""
    if not (path.startswith(".") or (anywhere and "/." in path)):
        return None  # all names start so
    for name, gain in table.items():
        if path == name or path.startswith(f"{name}/") or (anywhere and f"/{name}/" in f"/{path}/"):
            return gain
    return None
