"""Policies that mean harm: each is stopped with a clear error, soon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.policies import outcome, policies

from composeguard.policy.error import PolicyError
from composeguard.policy.load import load_policies

SERVICES = "\n".join(f"  s{number}: {{image: a, command: [{'x, ' * 200}x]}}" for number in range(20))
COMPOSE = f"services:\n{SERVICES}\n"


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    started = time.process_time()  # others may be at work on the machine
    yield
    assert time.process_time() - started < 10


def _expression(text: str) -> str:
    return f"policies:\n- code: ACME001\n  for: project\n  message: m\n  assert: |-\n    {text}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(" * 500 + "true" + ")" * 500, "nested too deep"),
        ("1" + " + 1" * 500 + " > 0", "nested too deep"),
        ("[" * 200 + "]" * 200 + " == []", "nested too deep"),
        ("'" + "a" * 5000 + "' == 'b'", "assert: string should have at most 4000 characters"),
        (" || ".join(["true"] * 495), None),
        (" || ".join(["1>0"] * 570), "an expression of more than 1,000 parts"),
        ("[1].all(a, [1].all(b, [1].all(c, [1].all(d, true))))", "macros nested deeper than 3"),
        ("'a'.matches('" + "a{1,1000}" * 100 + "')", "a pattern with too many or too large repetitions"),
        ("'a'.matches('(a{1,500}){1,500}')", "a pattern with too many or too large repetitions"),
        ("'a'.matches(r'\\pL{1,100}')", "a pattern with too many or too large repetitions"),
        ("'a'.matches('[a-z][a-z0-9-]{0,62}')", None),
        ("'a'.matches('" + "a" * 2000 + "')", "a pattern of 2,000 characters"),
    ],
)
def test_an_expression_beyond_the_limits_is_refused(text: str, message: str | None) -> None:
    if message is None:
        policies(_expression(text))
        return
    with pytest.raises(PolicyError) as raised:
        policies(_expression(text))
    assert message in str(raised.value)
    assert len(str(raised.value)) < 1000


ALL = "project.services.all"


@pytest.mark.parametrize(
    "text",
    [
        f"{ALL}(a, {ALL}(b, project.services[a].command.all(c, a + b + c != '')))",
        "project.services['s0'].command.map(a, project.services['s0'].command.map(b, "
        "project.services['s0'].command.map(c, a + b + c))).size() == 0",
    ],
)
def test_an_endless_comprehension_runs_out_of_steps(text: str) -> None:
    result = outcome(_expression(text), COMPOSE)
    message = result.failures[0].message
    assert message.startswith("the rule ACME001 failed on the project: policies.yml:6:")
    assert message.endswith(": stopped: the expression takes too many steps")


def test_a_text_that_doubles_is_stopped() -> None:
    long = "+".join(["a"] * 20)
    text = (
        f"['x'].map(a, {long}).map(a, {long}).map(a, {long}).map(a, {long}).map(a, {long}).map(a, {long}).size() == 0"
    )
    result = outcome(_expression(text), COMPOSE)
    assert "a text of more than 1,000,000 characters" in result.failures[0].message


@pytest.mark.parametrize(
    ("step", "end", "message"),
    [
        ("map(a, a + a)", "size() == 0", "a list of more than 100,000 items"),
        ("map(a, [a, a])", "exists(a, size(a) == 1)", ""),
        ("map(a, [a, a])", "exists(a, a == a)", "a comparison of more than 100,000 values"),
        ("map(a, [a, a])", "exists(a, a in [a])", "a comparison of more than 100,000 values"),
    ],
)
def test_a_list_that_doubles_is_stopped(step: str, end: str, message: str) -> None:
    text = "[[1]]" + f".{step}" * 24 + f".{end}"
    result = outcome(_expression(text), COMPOSE)
    assert message in "".join(failure.message for failure in result.failures)
    assert bool(result.failures) == bool(message)


def test_a_long_text_costs_a_pattern_its_length_and_no_more() -> None:
    compose = f"services: {{a: {{image: {'a' * 500_000}}}}}"
    policy = "policies:\n- code: ACME001\n  for: service\n  message: m\n  assert: service.image.matches('^(a+)+$')\n"
    assert outcome(policy, compose).findings == ()
    compose = f"services: {{a: {{image: {'a' * 1_500_000}}}}}"
    assert "a text of more than" in outcome(policy, compose).failures[0].message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("policies: &a [*a]", "contains itself"),
        ("a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
         "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\npolicies: [*d,*d,*d,*d,*d]", "alias"),
        ("policies: " + "[" * 200, "nested deeper than 30 levels"),
        ("policies: [" + "a, " * 120_000 + "]", "more than 100,000 values"),
        ("x" * 1_100_000, "bytes"),
        ("policies: [{<<: {code: ACME001}, use: naming}]", "merge keys are no part of policies"),
        ("policies: [" + "{code: A, use: x}, " * 3_000 + "]", ""),
        ("policies: [{code: !!python/object/apply:os.system [x]}]", ""),
    ],
)  # fmt: skip
def test_a_file_beyond_the_limits_is_refused(text: str, message: str) -> None:
    with pytest.raises(PolicyError) as raised:
        policies(text)
    assert message in str(raised.value)
    assert len(str(raised.value)) < 1000


def test_too_many_policies_and_files_are_refused(tmp_path: Path) -> None:
    for number in range(3):
        rows = "\n".join(f"- {{code: ACME{number}{row:03d}, use: naming, with: {{pattern: a}}}}" for row in range(900))
        (tmp_path / f"p{number}.yml").write_text(f"policies:\n{rows}\n")
    with pytest.raises(PolicyError, match="more than 2,000 policies"):
        load_policies([tmp_path])
    for number in range(201):
        (tmp_path / f"q{number}.yml").write_text("")
    with pytest.raises(Exception, match="more than 200 files"):
        load_policies([tmp_path])


def test_controls_in_a_policy_do_not_reach_the_terminal() -> None:
    with pytest.raises(PolicyError) as raised:
        policies('policies:\n- {code: ACME001, use: "na\x85ming\\e[31m"}')
    assert "\x1b" not in str(raised.value)
