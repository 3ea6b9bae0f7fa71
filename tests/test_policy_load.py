"""Policies as they are written: what becomes of them, and where they are wrong."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from tests.policies import found, outcome, policies

from composeguard.engine.fix import Remove, Safety, Set
from composeguard.engine.rule import Scope
from composeguard.engine.severity import Severity
from composeguard.errors import ComposeguardError, UsageError
from composeguard.policy.error import PolicyError
from composeguard.policy.load import load_policies

PORTS = """
    policies:
      - code: ACME003
        for: service.ports
        when: service.name != "proxy"
        assert: "!has(item.published) || item.published >= 1024"
        message: "{service.name} publishes privileged host port {item.published}"
        severity: high
"""


def test_a_policy_is_a_rule() -> None:
    rule = policies(
        """
        policies:
          - code: ACME001
            name: owners
            use: require-label
            with: {key: owner}
            severity: high
            description: |
              Every service has an owner.

              Who is called at night?
            references: ["https://example.org/owners", {label: Handbook 3, url: "https://example.org/3"}]
            examples:
              - title: One has none
                bad: "services: {}"
            locked: true
        """
    )[0]
    assert (rule.code, rule.name, rule.severity, rule.scope) == ("ACME001", "owners", Severity.HIGH, Scope.SERVICE)
    assert rule.summary == "Every service has an owner."
    assert [reference.label for reference in rule.references] == ["https://example.org/owners", "Handbook 3"]
    assert rule.examples[0].title == "One has none"
    assert rule.locked


def test_findings_stand_at_the_item_in_short_and_long_syntax() -> None:
    assert found(
        PORTS,
        """
        services:
          web:
            image: nginx
            ports:
              - "80:80"
              - "8080:80"
              - target: 443
                published: 443
              - "9000"
              - "${HTTP:-81}:81"
              - "${UNSET}:82"
          proxy:
            image: nginx
            ports: ["80:80"]
        """,
    ) == [
        "6 web publishes privileged host port 80",
        "9 web publishes privileged host port 443",
        "11 web publishes privileged host port 81",
    ]


def test_a_project_can_be_seen_from_an_item() -> None:
    policy = """
        policies:
          - code: ACME001
            for: service.networks
            when: project.networks[key].internal == true
            assert: service.name == "db"
            message: "{service.name} is in {key} of {project.services.size()}"
    """
    compose = """
        services:
          db: {image: a, networks: [back]}
          web: {image: a, networks: {back: {}}}
        networks:
          back: {internal: true}
    """
    assert found(policy, compose) == ["4 web is in back of 2"]


@pytest.mark.parametrize(
    ("of", "assertion", "lines"),
    [
        ("project", "project.services.size() < 2", [2]),
        ("service", "service.name != 'a'", [3]),
        ("container", "container.kind != 'pre_start'", [6]),
        ("networks", "key.startsWith('x')", [11]),
        ("volumes", "!has(item.driver)", [13]),
        ("service.environment", "key != 'A'", [7]),
        ("service.labels", "item != 'v'", [8]),
        ("service.deploy.placement.constraints", "item != 'node.role == manager'", []),
        ("service.cap_add", "item != 'NET_ADMIN'", [9]),
    ],
)
def test_what_a_policy_is_for(of: str, assertion: str, lines: list[int]) -> None:
    policy = f"""
        policies:
          - code: ACME001
            for: {of}
            assert: "{assertion}"
            message: no
    """
    compose = """
        services:
          a:
            image: a
            pre_start:
              - image: a
            environment: {A: b}
            labels: [l=v]
            cap_add: [NET_ADMIN]
          b: {image: a}
        networks: {n: {}}
        volumes:
          v: {driver: local}
    """
    found_lines = [int(each.split()[0]) for each in found(policy.replace("no\n", "'no'\n"), compose)]
    assert found_lines == lines


def test_a_fix_is_made_at_the_item() -> None:
    result = outcome(
        """
        policies:
          - code: ACME001
            for: service.cap_add
            assert: item != "NET_ADMIN"
            message: "{item}"
            fix: {remove: ["."], safety: safe}
          - code: ACME002
            for: service
            assert: service.read_only == true
            message: writable
            fix:
              set: {read_only: true, labels."a.b": "x"}
              note: it may write
        """,
        "services: {web: {image: a, cap_add: [KILL, NET_ADMIN]}}",
    )
    first, second = (finding.fix for finding in result.findings if finding.fix)
    fixes = {fix.title: fix for fix in (first, second)}
    assert fixes["remove it"].operations == (Remove(("services", "web", "cap_add", 1)),)
    assert fixes["remove it"].safety is Safety.SAFE
    assert fixes['set `read_only` and set `labels."a.b"`'].operations == (
        Set(("services", "web", "read_only"), True),
        Set(("services", "web", "labels", "a.b"), "x"),
    )


def test_an_expression_that_fails_on_an_item_fails_the_rule_and_names_its_place() -> None:
    result = outcome(
        """
        policies:
          - code: ACME001
            for: service
            assert: service.labels.owner == "me"
            message: not mine
        """,
        "services: {web: {image: a, labels: {secret: hunter2}}}",
    )
    assert [failure.message for failure in result.failures] == [
        "the rule ACME001 failed on web: policies.yml:5:28: there is no 'owner'; ask with has(…) before"
    ]


def test_fingerprints_do_not_depend_on_the_order_of_a_list() -> None:
    before = outcome(PORTS, "services: {web: {image: a, ports: ['80:80', '81:81']}}").findings
    after = outcome(PORTS, "services: {web: {image: a, ports: ['9000:1', '81:81', '80:80']}}").findings
    assert {each.fingerprint for each in before} == {each.fingerprint for each in after}


ERRORS = [
    ("policies: {}", "1:11", "policies: input should be a valid list"),
    ("policy: []", "1:1", "unknown key 'policy'; did you mean policies?"),
    ("policies:\n  - {code: ACME001, used: x}", "2:21", "unknown key 'used'; did you mean use?"),
    ("policies:\n  - {code: acme, use: naming}", "2:12", "policies.0.code: 'acme' does not fit"),
    ("policies:\n  - {code: CG101, use: naming}", "2:12", "codes that start with CG are composeguard's own"),
    (
        "policies:\n  - {code: ACME001, use: require-lable}",
        "2:26",
        "there is no template 'require-lable'; did you mean",
    ),
    ("policies:\n  - {code: ACME001, use: require-label}", "2:21", "the key 'key' is missing"),
    (
        "policies:\n  - code: ACME001\n    use: require-label\n    with: {kee: owner}",
        "4:12",
        "unknown key 'kee'; did you mean key?",
    ),
    (
        "policies:\n  - code: ACME001\n    use: require-label\n    with: {key: owner, pattern: '^('}",
        "4:33",
        "no regular expression: missing )",
    ),
    (
        "policies:\n  - code: ACME001\n    use: require-key\n    with: {key: healthchek}",
        "4:17",
        "service has no field 'healthchek'; did you mean healthcheck?",
    ),
    (
        "policies:\n  - code: ACME001\n    use: naming\n    with: {pattern: a}\n    assert: x",
        "5:5",
        "'assert' belongs to policies with expressions",
    ),
    ("policies:\n  - {code: ACME001, for: service}", "2:6", "ACME001: the key 'assert' is missing"),
    (
        "policies:\n  - {code: ACME001, for: servic, assert: x, message: m}",
        "2:26",
        "unknown `for` 'servic'; did you mean service?",
    ),
    (
        "policies:\n  - {code: ACME001, for: service.port, assert: x, message: m}",
        "2:26",
        "service has no field 'port'; did you mean ports?",
    ),
    (
        "policies:\n  - {code: ACME001, for: service.image, assert: x, message: m}",
        "2:26",
        "`for` needs a list or a map; service.image is a string",
    ),
    (
        'policies:\n  - code: ACME001\n    for: service.ports\n    assert: "item.publishd > 1"\n    message: m',
        "4:19",
        "port has no field 'publishd'; did you mean published?",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    message: m\n    assert: |\n"
        "      service.name != 'a' &&\n      service.nam != 'b'",
        "7:15",
        "service has no field 'nam'; did you mean name?",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    message: m\n    assert: >-\n"
        "      service.name != 'a' &&\n\n      service.nam != 'b'",
        "8:15",
        "service has no field 'nam'; did you mean name?",
    ),
    (
        'policies:\n  - code: ACME001\n    for: service\n    message: m\n    assert: "service.name != \\"a\\" && x"',
        "5:39",
        "unknown name 'x'; there are project, service",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    assert: service.name !=\n    message: m",
        "4:28",
        "syntax error: the expression ends too early",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    assert: service.name\n    message: m",
        "4:20",
        "a string where a bool is meant",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    assert: 'true'\n    message: 'is {service.nme}'",
        "5:27",
        "service has no field 'nme'; did you mean name?",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    assert: 'true'\n    message: 'is {service.name'",
        "5:18",
        "a brace without its other half",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service.environment\n    assert: 'true'\n    message: 'is {item}'",
        "5:19",
        "a message shows no values of `item`: they may be secrets",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    assert: 'true'\n    message: '{service.deploy}'",
        "5:16",
        "a deploy cannot be shown",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    assert: 'true'\n    message: m\n"
        "    fix: {set: {red_only: true}}",
        "6:10",
        "service has no field 'red_only'; did you mean read_only?",
    ),
    (
        "policies:\n  - code: ACME001\n    for: service\n    assert: 'true'\n    message: m\n"
        "    fix: {set: {read_only: true}}",
        "6:10",
        "an unsafe fix needs a `note`",
    ),
    ("policies: [", "1:12", "not YAML"),
    ("- a", "1:1", "a mapping is expected"),
    ("policies: []\n---\na: b", "1:1", "a mapping is expected, in one document"),
]


@pytest.mark.parametrize(("text", "place", "message"), ERRORS, ids=range(len(ERRORS)))
def test_what_is_wrong_is_said_at_its_place(text: str, place: str, message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        policies(text)
    said = str(raised.value)
    assert said.startswith(f"policies.yml:{place}: {message}"), said
    line, column = (int(each) for each in place.split(":"))
    _, source, caret = said.split("\n")
    assert source == f"  {line} | {text.splitlines()[line - 1]}"
    assert caret.index("^") == len(f"  {line} | ") + column - 1


def test_codes_and_names_are_taken_once(tmp_path: Path) -> None:
    text = dedent(
        """
        policies:
          - {code: ACME001, use: naming, with: {pattern: a}}
          - {code: ACME001, use: naming, with: {pattern: b}}
        """
    )
    (tmp_path / "a.yml").write_text(text)
    with pytest.raises(PolicyError, match=r"a\.yml:4:6: ACME001 has the code ACME001 already"):
        load_policies([tmp_path])
    with pytest.raises(UsageError, match="no file or folder"):
        load_policies([tmp_path / "none"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(ComposeguardError, match="no file of policies"):
        load_policies([tmp_path / "empty"])


def test_a_policy_without_description_says_what_it_wants() -> None:
    template, expression = policies(
        """
        policies:
          - {code: ACME001, use: require-key, with: {key: healthcheck}}
          - {code: ACME002, name: small, for: service, assert: service.name != "x", message: "no {service.name}"}
        """
    )
    assert template.summary == "The policy ACME001: each service sets a key."
    assert expression.summary == 'The policy small on each `service`: `service.name != "x"`.'
