"""Templates at their edges: what is judged, what is not, and with what parameters."""

from __future__ import annotations

# ruff: noqa: E501 -- the table of cases
import pytest
from tests.policies import found, policies

from composeguard.policy.error import PolicyError


def _found(template: str, parameters: str, compose: str) -> list[str]:
    policy = f"policies:\n- code: ACME001\n  use: {template}\n  with: {parameters}\n"
    return found(policy, compose)


CASES = [
    ("require-label", "{key: tier, values: [a, b]}", "a: {image: x, labels: {tier: c}}", ["2 the label tier of a is none of a, b"]),
    ("require-label", "{key: tier, values: [a]}", "a: {image: x, labels: {tier: '${T}'}}", []),
    ("require-label", "{key: tier, services: [w*]}", "a: {image: x}", []),
    ("require-label", "{key: tier, but: [a]}", "a: {image: x}", []),
    ("require-key", "{key: deploy.resources.limits}", "a: {image: x, deploy: {replicas: 2}}", ["2 a does not set deploy.resources.limits"]),
    ("require-key", "{key: command}", "a: {image: x, command: '${C}'}", []),
    ("forbid-key", "{key: cap_add}", "a: {image: x, cap_add: []}", []),
    ("forbid-key", "{key: cap_add, values: [ALL]}", "a: {image: x, cap_add: [KILL, ALL]}", ["2 a sets cap_add to ALL"]),
    ("forbid-key", "{key: privileged, values: [true]}", "a: {image: x, privileged: 'true'}", ["2 a sets privileged to true"]),
    ("forbid-key", "{key: pids_limit, values: [true]}", "a: {image: x, pids_limit: 1}", []),
    ("forbid-key", "{key: privileged}", "a: {image: x, pre_start: [{image: y, privileged: true}]}", ["2 a.pre_start[0] sets privileged"]),
    ("forbid-key", "{key: privileged, services: [a]}", "a: {image: x, pre_start: [{image: y, privileged: true}]}", ["2 a.pre_start[0] sets privileged"]),
    ("allowed-values", "{key: restart, values: ['no']}", "a: {image: x}", []),
    ("allowed-values", "{key: restart, values: ['no']}", "a: {image: x, restart: '${R}'}", []),
    ("allowed-values", "{key: environment, values: [x]}", "a: {image: x, environment: {A: hunter2}}", ["2 a sets environment to a value, which is not allowed"]),
    ("allowed-registries", "{registries: [ghcr.io]}", "a: {build: ., image: nginx}", []),
    ("allowed-registries", "{registries: [ghcr.io]}", "a: {image: '${R}/x'}", []),
    ("image-pattern", "{part: digest, pattern: '^sha256:'}", "a: {image: x}", ["2 the image's digest of a, nothing, does not match ^sha256:"]),
    ("image-pattern", "{pattern: '^x'}", "a: {image: '${I}'}", []),
    ("port-range", "{min: 8000, loopback: false}", "a: {image: x, ports: ['127.0.0.1:80:80', '80', '${P}:1', '80:80']}", ["2 a publishes 80, outside 8000-65535"]),
    ("port-range", "{max: 100}", "a: {image: x, ports: ['90-110:1-21']}", ["2 a publishes 101, outside 1-100"]),
    ("required-limits", "{resources: [cpus, pids]}", "a: {image: x, cpus: 0, pids_limit: -1}", ["2 a has no limit of cpus", "2 a has no limit of pids"]),
    ("required-limits", "{resources: [pids], max_cpus: 2}", "a: {image: x, cpus: 4, pids_limit: 5}", ["2 a has a limit of cpus above 2"]),
    ("forbidden-env", "{names: ['*'], allowed: [TZ]}", "a: {image: x, environment: [TZ=a, B=c]}", ["2 a sets the variable B"]),
    ("forbidden-mount", "{paths: [/etc], read_only: true}", "a: {image: x, volumes: ['/etc:/e:ro', '/etc/../etc:/f', '${E}:/g']}", ["2 a mounts /etc of the host"]),
    ("forbidden-mount", "{paths: [/], but: [a]}", "a: {image: x, volumes: ['/:/h']}", []),
    ("network-allow-list", "{networks: [default], modes: [none]}", "a: {image: x, network_mode: none}", []),
    ("network-allow-list", "{networks: [x]}", "a: {image: x, network_mode: host}", ["2 a has the network mode host, which is not allowed"]),
    ("network-allow-list", "{networks: [x]}", "a: {image: x, network_mode: '${M}'}", []),
    ("naming", "{of: container_name, pattern: '^p-'}", "a: {image: x, container_name: qq}", ["2 the name qq does not match ^p-"]),
    ("naming", "{of: networks, pattern: '^p-'}", "a: {image: x}", []),
    ("required-profile", "{profiles: [d*]}", "a: {image: x, profiles: [dev]}", []),
]  # fmt: skip


@pytest.mark.parametrize(("template", "parameters", "service", "expected"), CASES, ids=range(len(CASES)))
def test_what_a_template_finds(template: str, parameters: str, service: str, expected: list[str]) -> None:
    compose = f"services:\n  {service}\n"
    assert _found(template, parameters, compose) == expected


@pytest.mark.parametrize(
    ("template", "parameters", "message"),
    [
        ("port-range", "{min: 9, max: 8}", "4:15: `min` is above `max`"),
        ("port-range", "{min: a}", "4:15: min: input should be a valid integer"),
        ("forbidden-mount", "{paths: [etc]}", "4:17: paths of the host start with /"),
        ("required-limits", "{resources: [disk]}", "4:22: resources.0: input should be"),
        ("required-limits", "{max_memory: lots}", "4:22: max_memory: 'lots' is no size such as 512m"),
        ("forbid-key", "{key: a..b}", "4:15: 'a..b' is no path"),
        ("naming", "{pattern: '(', of: services}", "4:19: no regular expression: missing ): ("),
    ],
)
def test_parameters_are_checked(template: str, parameters: str, message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        policies(f"policies:\n- code: ACME001\n  use: {template}\n  with: {parameters}\n")
    assert str(raised.value).startswith(f"policies.yml:{message}")


def test_without_the_library_templates_work_and_expressions_say_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from composeguard.policy.cel import parse, regex

    monkeypatch.setitem(__import__("sys").modules, "cel_expr_python", None)
    parse.library.cache_clear()
    regex._matches.cache_clear()
    assert _found("require-key", "{key: healthcheck}", "services: {a: {image: x}}") != []
    for text in ("use: naming\n  with: {pattern: a}", "for: service\n  assert: 'true'\n  message: m"):
        with pytest.raises(parse.MissingLibraryError, match=r"pip install 'composeguard\[policy\]'"):
            policies(f"policies:\n- code: ACME001\n  {text}\n")
