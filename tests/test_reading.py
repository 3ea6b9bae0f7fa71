"""The model: what rules see, where it was written, and how it came there."""

from __future__ import annotations

import pytest
from msgspec import Struct
from tests.reading import read_text, read_texts

from composeguard.compose.diagnostic import Kind
from composeguard.compose.unresolved import Unresolved
from composeguard.engine.rule import Focus
from composeguard.model.reading import Reading
from composeguard.model.service import Service
from composeguard.source.node import Path, Way

PROJECT = """\
services:
  web:
    image: nginx
    privileged: true
    mem_limit: 512m
    memswap_limit: 1.5
    ports:
      - "127.0.0.1:8000-8001:80-81"
      - target: 443
        published: ${PORT}
    environment:
      - A=1
      - B
    volumes:
      - ${DATA}:/data:ro
      - db:/var/lib
    command: run -x | tee log
    entrypoint: []
    healthcheck: {test: curl x, interval: 1m30s}
    pre_start:
      - command: [migrate]
        user: "1"
    cap_add: [NET_ADMIN]
    ulimits: {nofile: 10, nproc: {soft: 1, hard: 2}}
    x-note: kept apart
  other: {build: ., networks: [back]}
networks: {back: }
volumes: {db: }
jobs:
  nightly: {image: j, triggers: {manual: true}}
"""


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read_text(PROJECT)


@pytest.fixture(scope="module")
def web(reading: Reading) -> Service:
    return reading.project.services["web"]


def test_containers_know_their_name_kind_and_path(reading: Reading) -> None:
    assert [(one.name, one.kind, one.path) for one in reading.project.containers()] == [
        ("web", "service", ("services", "web")),
        ("web.pre_start[0]", "pre_start", ("services", "web", "pre_start", 0)),
        ("other", "service", ("services", "other")),
        ("nightly", "job", ("jobs", "nightly")),
    ]
    assert reading.project.services["web"].at("ports", 0) == ("services", "web", "ports", 0)


def test_values_have_the_types_of_the_specification(web: Service) -> None:
    assert web.privileged is True
    assert web.mem_limit == 512 * 2**20
    assert web.healthcheck is not None
    assert web.healthcheck.interval == 90 * 10**9
    assert web.healthcheck.test == ["CMD-SHELL", "curl x"]
    assert web.environment == {"A": "1", "B": None}
    assert web.command == ["run", "-x"]
    assert web.entrypoint == []
    assert web.ulimits["nofile"] == 10
    assert web.networks == {"default": None}
    assert [(port.host_ip, port.published, port.target) for port in web.ports[:2]] == [
        ("127.0.0.1", "8000", 80),
        ("127.0.0.1", "8001", 81),
    ]


def test_absent_values(reading: Reading) -> None:
    other = reading.project.services["other"]
    assert (other.user, other.deploy, other.command, other.entrypoint) == (None, None, None, None)
    assert (other.ports, other.cap_drop, other.environment) == ([], [], {})
    assert other.build is not None
    assert other.build.dockerfile == "Dockerfile"


def test_a_float_is_no_limit_but_stays_in_the_tree(reading: Reading, web: Service) -> None:
    assert web.memswap_limit is None
    node = reading.node(web.at("memswap_limit"))
    assert node is not None
    assert node.value == 1.5


def test_unresolved_parts_stay_unknown(web: Service) -> None:
    published = web.ports[2].published
    assert isinstance(published, Unresolved)
    assert published.names == ("PORT",)
    mount = web.volumes[0]
    assert mount.type is None
    assert mount.target == "/data"
    assert mount.read_only is True


def test_a_step_inherits_what_makes_the_container(reading: Reading, web: Service) -> None:
    step = web.pre_start[0]
    assert (step.image, step.privileged, step.user) == ("nginx", True, "1")
    assert step.cap_add == ["NET_ADMIN"]
    assert step.volumes == []
    assert step.command == ["migrate"]
    assert Way.DEFAULT in [via.way for via in reading.way(step.at("privileged"))]


PLACES: dict[Path, str] = {
    ("services", "web"): "web",
    ("services", "web", "privileged"): "privileged: true",
    ("services", "web", "user"): "web",
    ("services", "web", "cap_add"): "cap_add",
    ("services", "web", "cap_add", 0): "NET_ADMIN",
    ("services", "web", "ports", 0, "host_ip"): '"127.0.0.1:8000-8001:80-81"',
    ("services", "web", "ports", 1): '"127.0.0.1:8000-8001:80-81"',
    ("services", "web", "ports", 2): "target: 443",
    ("services", "web", "ports", 2, "host_ip"): "target: 443",
    ("services", "web", "ports", 2, "published"): "published: ${PORT}",
    ("services", "web", "environment", "A"): "A=1",
    ("services", "web", "pre_start", 0, "privileged"): "privileged: true",
    ("services", "web", "networks", "default"): "web",
    ("networks", "back", "name"): "back",
    ("services", "gone", "image"): "services",
}


@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_locate(reading: Reading, path: Path) -> None:
    place = reading.locate(path)
    assert place.file.text[place.start : place.end] == PLACES[path]


def test_locate_with_focus(reading: Reading) -> None:
    path = ("services", "web", "privileged")
    for focus, text in ((Focus.KEY, "privileged"), (Focus.VALUE, "true"), (Focus.AUTO, "privileged: true")):
        place = reading.locate(path, focus)
        assert place.file.text[place.start : place.end] == text


def test_every_path_of_the_tree_has_a_place(reading: Reading) -> None:
    paths: list[Path] = [()]
    while paths:
        path = paths.pop()
        place = reading.locate(path)
        assert 0 <= place.start <= place.end <= len(place.file.text)
        node = reading.node(path)
        assert node is not None
        if isinstance(node.value, dict):
            paths += [(*path, key) for key in node.value]
        elif isinstance(node.value, list):
            paths += [(*path, index) for index in range(len(node.value))]


def test_the_way_of_a_value() -> None:
    reading = read_texts(
        {
            "compose.yaml": """\
            services:
              base: &b {image: x, privileged: true}
              a: {extends: {service: one, file: more.yaml}}
              c: *b
            """,
            "more.yaml": "services: {one: {image: y, pid: host}}\n",
        }
    )
    assert [via.way for via in reading.way(("services", "a", "pid"))] == [Way.EXTENDS]
    assert [via.way for via in reading.way(("services", "c", "privileged"))] == [Way.ALIAS]
    assert reading.way(("services", "base", "privileged")) == ()
    assert reading.locate(("services", "a", "pid")).file.uri == "more.yaml"


class Fault(Struct, frozen=True):
    """A text and what is said about it."""

    text: str
    kind: Kind
    marked: str
    message: str
    strict: bool = False


FAULTS = {
    "duration": Fault(
        "services: {a: {image: x, stop_grace_period: 5x}}",
        Kind.SCHEMA,
        "5x",
        "services.a.stop_grace_period is not a duration: unknown unit",
    ),
    "bytes": Fault(
        "services: {a: {image: x, mem_limit: 1zb}}",
        Kind.SCHEMA,
        "1zb",
        "services.a.mem_limit is not a size: unknown unit",
    ),
    "tmpfs mode": Fault(
        'services: {a: {image: x, volumes: [{type: tmpfs, target: /t, tmpfs: {mode: "1777"}}]}}',
        Kind.SCHEMA,
        '"1777"',
        "services.a.volumes[0].tmpfs.mode cannot be used: the mode of a tmpfs mount must be a number without quotes",
    ),
    "volume syntax": Fault(
        'services: {a: {image: x, volumes: ["aa:bb:cc:dd"]}}',
        Kind.SCHEMA,
        '"aa:bb:cc:dd"',
        "services.a.volumes[0]: the volume has too many colons",
    ),
    "command": Fault(
        "services: {a: {image: x, command: 'a \"b'}}",
        Kind.SCHEMA,
        "'a \"b'",
        "services.a.command: the command string has an open quote, bracket or escape",
    ),
    "no image": Fault(
        "services: {a: {user: x}}", Kind.SCHEMA, "a", 'service "a" has neither an image nor a build section'
    ),
    "network": Fault(
        "services: {a: {image: x, networks: [n]}}",
        Kind.REFERENCE,
        "n",
        'service "a" uses the network "n", which is not defined',
    ),
    "volume": Fault(
        'services: {a: {image: x, volumes: ["v1:/d"]}}',
        Kind.REFERENCE,
        '"v1:/d"',
        'service "a" uses the volume "v1", which is not defined',
    ),
    "modes": Fault(
        "services: {a: {image: x, network_mode: host, networks: [n]}}\nnetworks: {n: {}}",
        Kind.CONFLICT,
        "network_mode: host",
        'service "a" has both network_mode and networks',
    ),
    "limits": Fault(
        "services: {a: {image: x, mem_limit: 1g, deploy: {resources: {limits: {cpus: 1}}}}}",
        Kind.CONFLICT,
        "mem_limit: 1g",
        'service "a" sets mem_limit and deploy.resources.limits.memory to different values',
    ),
    "cycle": Fault(
        "services: {a: {image: x, depends_on: [b]}, b: {image: y, depends_on: [a]}}",
        Kind.CYCLE,
        "a",
        "the services depend on each other in a circle: a -> b -> a",
    ),
    "itself": Fault(
        "services: {a: {image: x, depends_on: [a]}}",
        Kind.CYCLE,
        "a",
        "the services depend on each other in a circle: a -> a",
    ),
    "names": Fault(
        "services: {a: {image: x, container_name: one}, b: {image: x, container_name: one}}",
        Kind.DUPLICATE_NAME,
        "container_name: one",
        'services "a" and "b" have the same container_name',
    ),
    "job and service": Fault(
        "services: {a: {image: x}}\njobs: {a: {image: x, triggers: {manual: true}}}",
        Kind.DUPLICATE_NAME,
        "a",
        '"a" is both a service and a job',
    ),
    "external": Fault(
        "services: {a: {image: x}}\nvolumes: {v: {external: true, driver: d}}",
        Kind.CONFLICT,
        "driver: d",
        'volumes.v is external, which excludes "driver"',
    ),
    "bind without source": Fault(
        "services: {a: {image: x, volumes: [{type: bind, target: /t}]}}",
        Kind.SCHEMA,
        "{type: bind, target: /t}",
        "services.a.volumes[0] is a bind mount without a source",
    ),
    "two mounts": Fault(
        "services: {a: {image: x, tmpfs: [/t], volumes: [/t]}}",
        Kind.CONFLICT,
        "/t",
        'service "a" mounts two things at /t',
    ),
    "ip": Fault(
        "services: {a: {image: x, ports: [{target: 1, host_ip: nope}]}}",
        Kind.SCHEMA,
        "host_ip: nope",
        "services.a.ports[0].host_ip must be an IP address",
    ),
    "disabled": Fault(
        "services: {a: {image: x, depends_on: [b]}, b: {image: x, profiles: [p]}}",
        Kind.REFERENCE,
        "b",
        'service "a" depends on "b", which none of the chosen profiles enables',
        strict=True,
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str) -> None:
    fault = FAULTS[name]
    reading = read_text(fault.text, strict=fault.strict)
    [found] = reading.diagnostics
    assert (found.kind, found.message) == (fault.kind, fault.message)
    assert found.file.text[found.start : found.end] == fault.marked
    assert found.refused
    assert reading.project.services, "the rest is judged"


FINE = {
    "profiles": "services: {a: {image: x, depends_on: [b]}, b: {image: x, profiles: [p]}}",
    "unknown network": "services: {a: {image: x, networks: ['${NET}']}}",
    "unknown volume": "services: {a: {image: x, volumes: ['${V}:/d', '${W}']}}",
    "unknown dependency": "services: {a: {image: x, depends_on: ['${S}']}}",
    "unknown numbers": "services: {a: {image: x, scale: '${N}', mem_limit: '${M}', container_name: cc}}",
    "unknown limit": "services: {a: {image: x, mem_limit: '${M}', deploy: {resources: {limits: {memory: 1g}}}}}",
    "unknown image": "services: {a: {image: '${I}'}}",
    "unknown words": "services: {a: {image: x, privileged: '${P}', stop_grace_period: '${D}', restart: '${R}'}}",
    "provider": "services: {a: {provider: {type: t}}}",
}


@pytest.mark.parametrize("name", FINE)
def test_an_analysis_refuses_nothing_that_may_be_right(name: str) -> None:
    assert [found.message for found in read_text(FINE[name]).diagnostics if found.refused] == []


def test_many_errors_are_all_reported_and_the_rest_is_bound() -> None:
    text = "services:\n" + "".join(
        f"  s{number}: {{image: x, user: u, stop_grace_period: 5x, mem_limit: 1zb}}\n" for number in range(50)
    )
    reading = read_text(text)
    assert len(reading.diagnostics) == 100
    assert all(service.user == "u" and service.mem_limit is None for service in reading.project.services.values())


def test_a_dense_graph_takes_no_time() -> None:
    """40 services that each depend on the three before: the number of paths is exponential."""
    lines = ["services:"]
    for number in range(400):
        before = ", ".join(f"s{one}" for one in range(max(0, number - 3), number))
        lines.append(f"  s{number}: {{image: x, depends_on: [{before}]}}")
    lines[1] = "  s0: {image: x, depends_on: [s399]}"
    kinds = {found.kind for found in read_text("\n".join(lines)).diagnostics}
    assert kinds == {Kind.CYCLE}


def test_ranges_of_ports_are_bounded() -> None:
    items = ", ".join(['"1-65535"', '"1-65535/udp"', '"10.0.0.1:1-65535:1-65535"'] * 40)
    reading = read_text(f"services: {{a: {{image: x, ports: [{items}]}}}}")
    assert len(reading.project.services["a"].ports) < 2**18
    assert Kind.GAP in {found.kind for found in reading.diagnostics}


def test_a_service_may_be_called_x() -> None:
    reading = read_text("services: {x-a: {image: x, x-b: 1, environment: {x-c: d}}}\nx-top: {image: y}\n")
    assert list(reading.project.services) == ["x-a"]
    assert reading.project.services["x-a"].environment == {"x-c": "d"}
    assert reading.node(("services", "x-a", "x-b")) is not None
