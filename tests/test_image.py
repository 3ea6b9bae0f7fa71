"""Names of images: their parts, and what the engine refuses."""

from __future__ import annotations

import pytest

from composeguard.compose.unresolved import MARK, Unresolved
from composeguard.model.image import ImageName, image_fault, image_name

_SHA = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "registry", "path", "tag", "digest", "repository"),
    [
        ("nginx", "docker.io", "nginx", "", "", "nginx"),
        ("library/nginx:1.27", "docker.io", "nginx", "1.27", "", "nginx"),
        ("docker.io/library/nginx:1", "docker.io", "nginx", "1", "", "nginx"),
        ("index.docker.io/grafana/grafana", "docker.io", "grafana/grafana", "", "", "grafana/grafana"),
        ("ghcr.io/team/app:2", "ghcr.io", "team/app", "2", "", "ghcr.io/team/app"),
        ("example.org:5000/app", "example.org:5000", "app", "", "", "example.org:5000/app"),
        ("localhost/app:1", "localhost", "app", "1", "", "localhost/app"),
        ("[::1]:5000/app:1", "[::1]:5000", "app", "1", "", "[::1]:5000/app"),
        ("Team/app", "Team", "app", "", "", "Team/app"),
        (f"a/b:1@{_SHA}", "docker.io", "a/b", "1", _SHA, "a/b"),
        (f"a@{_SHA}", "docker.io", "a", "", _SHA, "a"),
    ],
)
def test_the_parts(text: str, registry: str, path: str, tag: str, digest: str, repository: str) -> None:
    name = image_name(text)
    assert name == ImageName(registry, path, tag, digest)
    assert name.repository == repository


def test_a_variable_hides_the_parts_unless_it_is_the_tag() -> None:
    assert image_name(Unresolved(f"{MARK}/app:1", ("${R}",))) is None
    assert image_name(Unresolved(f"team/app{MARK}", ("${T}",))) is None
    assert image_name(Unresolved(f"team/app:{MARK}", ("${T}",))) == ImageName("docker.io", "team/app", MARK, "")
    tag = image_name(Unresolved(f"nginx:1.27@{MARK}", ("${D}",)))
    assert tag == ImageName("docker.io", "nginx", "1.27", MARK)


@pytest.mark.parametrize(
    "text",
    [
        "nginx",
        "a__b--c/e.d_f:V1.0_x-y",
        "localhost:5000/app",
        "[2001:db8::1]:5000/app",
        "Registry/app",
        "registry.Example.org/app:1",
        "_".join("ab"),
        "0123456789abcdef" * 4,
        _SHA,
        f"a:1@{_SHA}",
        "a@sha512:" + "0" * 128,
        "x:" + "t" * 128,
    ],
)
def test_the_engine_takes(text: str) -> None:
    assert image_fault(text) == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Nginx:1", "capital"),
        ("ghcr.io/Team/App:1", "capital"),
        ("nginx: 1", "white space"),
        ("nginx:", "tag is empty"),
        ("nginx:-1", "tag is malformed"),
        ("nginx:1:2", "tag is malformed"),
        ("x:" + "t" * 129, "tag is malformed"),
        ("https://example.org/app", "scheme"),
        ("example.org/", "no image"),
        ("example.org//app", "malformed"),
        ("a..b", "malformed"),
        ("a___b", "malformed"),
        ("-a", "malformed"),
        (":1", "no image"),
        ("exa$mple.org/app", "registry"),
        ("a" * 256, "longer"),
        ("a@sha256:0123", "4 digits"),
        ("a@sha256:" + "g" * 64, "0-9"),
        ("a@md5:" + "0" * 32, "algorithm"),
        ("a@", "algorithm"),
    ],
)
def test_the_engine_refuses(text: str, fault: str) -> None:
    assert fault in image_fault(text)
