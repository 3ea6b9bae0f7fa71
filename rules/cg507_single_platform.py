"""CG507: an image for one architecture."""

from __future__ import annotations

from collections.abc import Iterator

from composeguard.api import (
    Container,
    Example,
    Problem,
    Profile,
    Severity,
    Workload,
    compose,
    container_rule,
    docker,
)

_PORTABLE = "wasi/"


@container_rule(
    code="CG507",
    name="single-platform",
    severity=Severity.INFO,
    profiles=(Profile.ALL,),
    references=(
        docker("build/building/multi-platform/", "Multi-platform builds"),
        compose("05-services.md#platform"),
        compose("build.md#platforms"),
    ),
    examples=(
        Example(
            title="Pinned to run, and built for the machine that builds",
            bad="""\
services:
  web:
    image: nginx:1.27.2
    platform: linux/amd64  # expect: CG507
  app:
    image: team/app:1.0
    build:  # expect: CG507
      context: .
""",
        ),
        Example(
            title="Two architectures",
            good="""\
services:
  app:
    image: team/app:1.0
    build:
      context: .
      platforms: [linux/amd64, linux/arm64]
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
def single_platform(container: Container) -> Iterator[Problem]:
    """The container runs on one architecture, or is emulated on the others.

    `platform` makes a host of another architecture emulate the program, which is slow and breaks in odd ways. A
    build without `platforms` that has a name to be pushed under makes an image for the builder's architecture only,
    and the other machines of the team cannot run it.

    WebAssembly (`wasi/wasm`) runs on every architecture.

    **Fix.** Remove `platform` where the image exists for all architectures; list `platforms` for builds.

    **When to ignore.** Programs that exist for one architecture, and builds that never leave the machine.
    """
    platform = container.platform
    if isinstance(platform, str) and platform.startswith(_PORTABLE):
        return
    build = container.build if isinstance(container, Workload) else None
    if isinstance(platform, str) and platform and (build is None or len(build.platforms) < 2):
        yield Problem(
            container.at("platform"),
            f"{container.name} is pinned to {platform}",
            label="emulated on every other architecture",
        )
    elif build is not None and not build.platforms and platform is None and (container.image or build.tags):
        yield Problem(
            container.at("build"),
            f"the image of {container.name} is built for the builder's architecture only",
            label="no `platforms`",
        )
