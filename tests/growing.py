"""Projects of any size, large in one way each: what `benchmarks/growth.py` times and the tests of growth count."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from tests.hostile_run import call

_ONE = "services:\n  a:\n    image: nginx:1.27.2\n"


def _below(key: str, item: Callable[[int], str]) -> Callable[[int], str]:
    """One service with many entries below a key."""
    return lambda count: _ONE + f"    {key}:\n" + "".join(f"      {item(number)}\n" for number in range(count))


def _services(body: Callable[[int], str]) -> Callable[[int], str]:
    return lambda count: "services:\n" + "".join(f"  s{number}: {body(number)}\n" for number in range(count))


def _top(key: str, use: bool) -> Callable[[int], str]:
    def text(count: int) -> str:
        names = "".join(f"  n{number}: {{}}\n" for number in range(count))
        used = "".join(f"      - n{number}\n" for number in range(count))
        if key == "volumes":
            used = "".join(f"      - n{number}:/n{number}\n" for number in range(count))
        return _ONE + (f"    {key}:\n{used}" if use else "") + f"{key}:\n{names}"

    return text


def _pairs(count: int) -> str:
    """Services that publish the same port: every two of them collide."""
    return "services:\n" + "".join(
        f"  s{number}: {{image: 'nginx:1', ports: ['8080:80']}}\n" for number in range(count)
    )


def _anchors(count: int) -> str:
    return "x-a:\n" + "".join(f"  - &a{n} {{b: c}}\n  - *a{n}\n" for n in range(count)) + _ONE


def _merges(count: int) -> str:
    shared = "x-a: &a\n  image: nginx:1.27.2\n  privileged: true\n"
    return shared + "services:\n" + "".join(f"  s{number}:\n    <<: *a\n" for number in range(count))


def _extends(count: int) -> str:
    """One chain: as deep as the limit lets it be, many times."""
    lines = [
        f"  s{n}: {{extends: s{n - 1}}}\n" if n % 50 else f"  s{n}: {{image: nginx, privileged: true}}\n"
        for n in range(count)
    ]
    return "services:\n" + "".join(lines)


GROWING: Mapping[str, Callable[[int], str]] = {
    "services": _services(lambda n: "{image: 'nginx:1.27.2', privileged: true}"),
    "services in block style": lambda count: (
        "services:\n" + "".join(f"  s{n}:\n    image: nginx:1.27.2\n" for n in range(count))
    ),
    "services with the same port": _pairs,
    "services in a chain of depends_on": _services(lambda n: f"{{image: x, depends_on: [s{n + 1}]}}"),
    "services that share a volume": _services(lambda n: "{image: x, volumes: ['v:/v']}"),
    "services that share a bind": _services(lambda n: "{image: x, volumes: ['./v:/v']}"),
    "services with links": _services(lambda n: f"{{image: x, links: [s{n + 1}]}}"),
    "services with a container_name": _services(lambda n: "{image: x, container_name: same}"),
    "services with secrets": _services(lambda n: f"{{image: x, environment: {{DB_PASSWORD: Zq7xVw93K{n}}}}}"),
    "services with commands": _services(lambda n: f"{{image: x, command: [serve, --password=Zq7xVw93K{n}]}}"),
    "services with host networks": _services(lambda n: "{image: x, network_mode: host, pid: host}"),
    "services with one capability": _services(lambda n: "{image: x, cap_add: [ALL]}"),
    "services with a port twice": _services(lambda n: "{image: x, ports: ['80:80', '80:80']}"),
    "ports": _below("ports", lambda n: f'- "{n % 60000 + 1}:{n % 60000 + 1}"'),
    "ports, long": _below("ports", lambda n: f"- {{target: {n % 60000 + 1}, published: '{n % 60000 + 1}'}}"),
    "port ranges": _below("ports", lambda n: '- "1-100:1-100"'),
    "expose": _below("expose", lambda n: f'- "{n % 60000 + 1}"'),
    "volumes, short": _below("volumes", lambda n: f"- ./a{n}:/a{n}"),
    "volumes, same target": _below("volumes", lambda n: f"- ./a{n}:/a"),
    "volumes, anonymous": _below("volumes", lambda n: f"- /a{n}"),
    "tmpfs": _below("tmpfs", lambda n: f"- /a{n}"),
    "environment, mapping": _below("environment", lambda n: f"A{n}: b"),
    "environment, list": _below("environment", lambda n: f"- A{n}=b"),
    "environment, same key": _below("environment", lambda n: "- A=b"),
    "environment, secrets": _below("environment", lambda n: f"A{n}_PASSWORD: Zq7xVw93K{n}"),
    "environment, one secret": _below("environment", lambda n: f"A{n}_PASSWORD: Zq7xVw93Kx"),
    "environment, variables": _below("environment", lambda n: f"A{n}: ${{V{n}}}"),
    "labels": _below("labels", lambda n: f"a.b{n}: c"),
    "labels, list": _below("labels", lambda n: f"- a.b{n}=c"),
    "labels, traefik": _below("labels", lambda n: f"traefik.http.routers.r{n}.rule: Host(`a`)"),
    "command": _below("command", lambda n: f"- a{n}"),
    "cap_add": _below("cap_add", lambda n: f"- NET_ADMIN{n}"),
    "security_opt": _below("security_opt", lambda n: f"- label:x{n}"),
    "devices": _below("devices", lambda n: f"- /dev/a{n}:/dev/a{n}"),
    "extra_hosts": _below("extra_hosts", lambda n: f"- a{n}:10.0.0.1"),
    "dns": _below("dns", lambda n: f"- 10.{n >> 16}.{n >> 8 & 255}.{n & 255}"),
    "env_file": _below("env_file", lambda n: f"- {{path: a{n}.env, required: false}}"),
    "depends_on": lambda count: _below("depends_on", lambda n: f"- s{n}")(count)
    + "".join(f"  s{n}: {{image: x}}\n" for n in range(count)),
    "networks": _top("networks", use=True),
    "networks without use": _top("networks", use=False),
    "volumes": _top("volumes", use=True),
    "secrets": _top("secrets", use=True),
    "configs": _top("configs", use=True),
    "unknown keys": lambda count: _ONE + "".join(f"    keyy{n}: 1\n" for n in range(count)),
    "duplicate keys": lambda count: _ONE + "    user: a\n" * count,
    "comments": lambda count: "# c\n" * count + _ONE,
    "suppressions": lambda count: (
        "services:\n"
        + "".join(f"  s{n}:\n    image: x\n    privileged: true  # composeguard: ignore[CG101]\n" for n in range(count))
    ),
    "suppressions without use": lambda count: _ONE + "    # composeguard: ignore[CG101]\n" * count + "    tty: true\n",
    "suppressions of the file": lambda count: "# composeguard: ignore-file[CG101] why\n" * count + _ONE,
    "codes of one suppression": lambda count: _ONE
    + "    tty: true  # composeguard: ignore[" + ",".join(f"CG{n % 900:03}" for n in range(count)) + "]\n",
    "misspelt suppressions": lambda count: _ONE + "    # composeguard: ignorre[CG10x]\n" * count + "    tty: true\n",
    "anchors": _anchors,
    "merge keys": _merges,
    "merge lists": lambda count: "x-a: &a {image: x}\nservices:\n  a:\n    <<: [" + "*a, " * count + "]\n",
    "extends": _extends,
    "documents": lambda count: "---\n".join([_ONE] * count),
    "documents with an alias": lambda count: "x-a: &a {b: c}\nx-b: *a\n" + "---\n".join([_ONE] * count),
    "documents with variables": lambda count: "---\n".join([_ONE + "    user: $A\n"] * count),
    "documents with services": lambda count: "---\n".join(
        f"services: {{s{number}: {{image: x}}}}\n" for number in range(count)
    ),
    "empty lines": lambda count: _ONE + "\n" * count,
    "long line": lambda count: _ONE + "    working_dir: " + "x" * (10 * count) + "\n",
    "long flow line": lambda count: "services: {" + ", ".join(f"s{n}: {{image: x}}" for n in range(count)) + "}\n",
    "folded scalar": lambda count: _ONE + "    working_dir: >\n" + "      x y\n" * count,
    "quoted scalar on many lines": lambda count: _ONE + '    working_dir: "' + "x\n      " * count + '"\n',
    "escapes": lambda count: _ONE + '    working_dir: "' + "\\u00e9" * count + '"\n',
    "interpolations": lambda count: _ONE + "    working_dir: " + "${A:-b}" * count + "\n",
    "dollars": lambda count: _ONE + "    working_dir: " + "$" * (2 * count) + "\n",
    "long command": lambda count: _ONE + "    command: " + "a 'b c' " * count + "\n",
    "shell": lambda count: _ONE + '    command: ["sh", "-c", "' + "a && b; " * count + '"]\n',
    "healthcheck": lambda count: _ONE + "    healthcheck: {test: '" + "curl x || " * count + "'}\n",
    "tabs": lambda count: _ONE + "    tty: true" + "\t" * count + "# x\n",
    "jobs": lambda count: "jobs:\n" + "".join(f"  s{n}: {{image: x}}\n" for n in range(count)) + _ONE,
    "config content": lambda count: _ONE + "configs:\n  c:\n    content: |\n" + "      password: abc\n" * count,
    "devices of gpus": _below("gpus", lambda n: f"- {{count: {n}}}"),
    "ulimits": _below("ulimits", lambda n: f"a{n}: 1"),
    "sysctls": _below("sysctls", lambda n: f"net.a{n}: 1"),
    "profiles": _below("profiles", lambda n: f"- p{n}"),
    "pre_start": _below("pre_start", lambda n: "- {command: [a]}"),
    "include": lambda count: "include:\n" + "".join(f"  - gone{n}.yaml\n" for n in range(count)) + _ONE,
}  # fmt: skip

COSTLY = frozenset(
    (
        *(kind for kind in GROWING if kind.startswith("services")),
        "jobs",
        "merge keys",
        "extends",
        "long flow line",
        "suppressions",
        "pre_start",
        "depends_on",
        "documents with services",
    )
)
"""Those whose entries are containers: each of them is judged by every rule."""

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "check": ("check", "--no-cache", "-f", "json"),
    "fix": ("fix", "--unsafe", "--diff"),
}
_SOON = 0.05
"""Seconds that are not worth a look: a run takes them for no file at all."""


def seconds(text: str, command: str, folder: Path) -> float:
    """Of the processor, for one run."""
    (folder / "compose.yaml").write_text(text)
    ran = call(folder, *COMMANDS[command])
    assert ran.code in (0, 1, 2), ran.err[-2000:]
    return max(ran.seconds, _SOON)


def calls(text: str, command: str, folder: Path) -> int:
    """How many functions one run calls, Python's and C's: the same on every machine, however busy it is."""
    (folder / "compose.yaml").write_text(text)
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        ran = call(folder, *COMMANDS[command])
    finally:
        sys.setprofile(before)
    assert ran.code in (0, 1, 2), ran.err[-2000:]
    return count


def growth(kind: str, command: str, folder: Path, small: int, large: int) -> tuple[float, float, float]:
    """The seconds of a small and a large file, and how much more than in proportion that is."""
    make = GROWING[kind]
    seconds("services: {}\n", command, folder)
    few = seconds(make(small), command, folder)
    many = seconds(make(large), command, folder)
    return few, many, many / few / (large / small)
