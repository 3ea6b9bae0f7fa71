"""The paths of the host behind mounts: how they are normalised, and the ways in which a mount can be written."""

from __future__ import annotations

import pytest

from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.compose.unresolved import MARK, Text, Unresolved
from composeguard.model.host_paths import host_mounts, normal_host_path
from composeguard.model.read import read_project


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/etc/", "/etc"),
        ("//etc//../etc/./ssh", "/etc/ssh"),
        ("/srv/../..", "/"),
        ("/var/run", "/run"),
        ("/var/run/docker.sock", "/run/docker.sock"),
        ("/var/running", "/var/running"),
        ("./data", "data"),
        ("~", "~"),
        ("~/.ssh/", "~/.ssh"),
        ("C:\\", "c:"),
        ("C:\\Users\\ada", "c:/Users/ada"),
        ("/c:/Users", "c:/Users"),
        ("", ""),
        (Unresolved(f"{MARK}/.ssh", ("${HOME}",)), "~/.ssh"),
        (Unresolved(MARK, ("$HOME",)), "~"),
        (Unresolved(f"{MARK}\\.ssh", ("${USERPROFILE}",)), "~/.ssh"),
        (Unresolved(f"{MARK}_backup", ("${HOME}",)), ""),
        (Unresolved(f"{MARK}/etc", ("${DATA}",)), f"{MARK}/etc"),
        (Unresolved(f"/etc/{MARK}/x", ("${DATA}",)), f"/etc/{MARK}/x"),
        (Unresolved(f"/etc/{MARK}/../ssh", ("${DATA}",)), ""),
        (Unresolved(f"/srv/../etc/{MARK}", ("${DATA}",)), f"/etc/{MARK}"),
    ],
    ids=str,
)
def test_a_path_is_written_as_the_kernel_walks_it(source: Text, expected: str) -> None:
    assert normal_host_path(source) == expected


PROJECT = """\
services:
  web:
    image: nginx:1.27.2
    volumes:
      - /etc:/a:ro
      - ./data:/b
      - {type: bind, source: /srv, target: /c, read_only: true}
      - ${DIR}:/d
      - plain:/e
      - bound:/f
      - bound-read-only:/g
      - tmpfs:/h
      - /anonymous
      - {type: tmpfs, target: /i}
volumes:
  plain:
  bound: {driver_opts: {type: none, o: "rbind", device: /root}}
  bound-read-only: {driver_opts: {type: none, o: "ro,bind", device: /boot}}
  tmpfs: {driver_opts: {type: tmpfs, o: size=1m, device: tmpfs}}
"""


def test_every_bind_is_seen_by_whatever_way_it_comes() -> None:
    request = Request(files=("/p/compose.yml",), project_directory="/p", root="/p")
    project = read_project(request, Files("/p", overlay={"/p/compose.yml": PROJECT.encode()})).project
    mounts = list(host_mounts(project, project.services["web"]))
    assert [(mount.entry[-1], mount.normal, mount.read_only, mount.definition[:2]) for mount in mounts] == [
        (0, "/etc", True, ()),
        (1, "data", False, ()),
        (2, "/srv", True, ()),
        (3, MARK, False, ()),
        (5, "/root", False, ("volumes", "bound")),
        (6, "/boot", True, ("volumes", "bound-read-only")),
    ]
    assert all(mount.path == (*mount.entry, "source") for mount in mounts)
