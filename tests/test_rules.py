"""Every example and every fixture of every rule: what the rule finds, what it leaves alone, what its fix makes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.rule_cases import (
    FIXTURES,
    NO_PROJECT,
    RULES,
    Case,
    cases,
    fixed,
    marked,
    with_default_profile,
)

from composeguard.commands import docs
from composeguard.engine.fix import Safety
from composeguard.engine.registry import builtin_folder
from composeguard.engine.rule import Rule, Scope
from composeguard.engine.severity import Profile
from composeguard.policy.builtin import ENDING

CASES = tuple(cases())
BAD = tuple(case for case in CASES if case.kind == "bad")
GOOD = tuple(case for case in CASES if case.kind == "good")


def _identity(value: object) -> str:
    return value.identity if isinstance(value, Case) else value.code if isinstance(value, Rule) else str(value)


@pytest.mark.parametrize("case", BAD, ids=_identity)
def test_a_bad_file_is_wrong_on_the_marked_lines_and_no_others(case: Case) -> None:
    reading = case.reading()
    found = sorted((finding.uri, finding.region.start_line) for finding in case.findings(reading, [case.rule]))
    expected = case.expected(reading)
    assert expected, "a bad file marks no line with the rule's code"
    assert found == expected


@pytest.mark.parametrize("case", GOOD, ids=_identity)
def test_a_good_file_is_right_for_every_rule_of_the_default_profile(case: Case) -> None:
    found = case.findings(case.reading(), with_default_profile(case.rule))
    unwanted = [f"{finding.code} line {finding.region.start_line}: {finding.message}" for finding in found]
    assert [text for text in unwanted if text.split()[0] not in case.besides] == []
    assert case.besides <= {finding.code for finding in found}, "the file names a rule that finds nothing"
    assert case.rule.code not in case.besides


@pytest.mark.parametrize("case", CASES, ids=_identity)
def test_cases_name_rules_that_exist(case: Case) -> None:
    named = {code for line in case.text.splitlines() for code in marked(line)} | case.besides
    assert named <= RULES.keys()
    assert case.kind == "bad" or not any(marked(line) for line in case.text.splitlines())


def test_fixtures_lie_in_folders_of_rules() -> None:
    folders = {path.name for path in FIXTURES.iterdir() if path.is_dir()} - NO_PROJECT
    assert folders <= RULES.keys()
    kinds = re.compile(r".+\.((bad|good|fixed|base)\.yml|rules\.py|files)")
    strays = [path.name for code in folders for path in (FIXTURES / code).iterdir() if not kinds.fullmatch(path.name)]
    assert strays == []
    orphans = [
        path.name
        for path in FIXTURES.glob("*/*.fixed.yml")
        if path.parent.name not in NO_PROJECT and not Path(str(path).replace(".fixed.", ".bad.")).is_file()
    ]
    assert orphans == []


@pytest.mark.parametrize("rule", RULES.values(), ids=_identity)
def test_a_rule_shows_what_it_finds_and_what_it_leaves_alone(rule: Rule) -> None:
    own = [case for case in CASES if case.rule is rule]
    assert any(case.kind == "bad" and case.name.startswith("example") for case in own), "no bad example"
    assert any(case.kind == "good" and case.name.startswith("example") for case in own), "no good example"
    assert any(not case.name.startswith("example") for case in own), "no fixture"
    assert all(example.bad or not example.fixed for example in rule.examples)


@pytest.mark.parametrize("rule", RULES.values(), ids=_identity)
def test_a_rule_fixes_what_its_cases_show_fixed_and_nothing_else(rule: Rule) -> None:
    bad = [case for case in BAD if case.rule is rule]
    offered = [finding.fix for case in bad for finding in case.findings(case.reading(), [rule]) if finding.fix]
    shown = [case.name for case in bad if case.fixed is not None]
    assert bool(offered) == bool(shown), f"{len(offered)} fixes are offered, and {shown} are shown"
    assert all(fix.operations for fix in offered)
    assert all(bool(fix.note) == (fix.safety is Safety.UNSAFE) for fix in offered)


@pytest.mark.parametrize("case", [case for case in BAD if case.fixed is not None], ids=_identity)
def test_the_fix_makes_what_is_shown(case: Case) -> None:
    result = fixed(case)
    texts = [each.text for each in result.files]
    assert texts == [case.fixed], [f"{refused.finding.message}: {refused.reason}" for refused in result.refused]
    left = [finding.fingerprint for finding in result.after.findings if finding.rule is case.rule and finding.fix]
    assert sorted(left) == sorted(refused.finding.fingerprint for refused in result.refused)


@pytest.mark.parametrize("case", [case for case in BAD if case.fixed is None], ids=_identity)
def test_nothing_is_fixed_where_nothing_is_shown(case: Case) -> None:
    assert fixed(case).files == ()


@pytest.mark.parametrize("rule", RULES.values(), ids=_identity)
def test_the_documentation_says_what_why_and_when_not(rule: Rule) -> None:
    text = rule.documentation
    assert rule.summary.endswith(".")
    assert len(rule.summary) <= 120
    for part in ("**Fix.**", "**When to ignore.**"):
        assert part in text
    assert text.index("**Fix.**") < text.index("**When to ignore.**")
    assert rule.references
    assert all(reference.url.startswith("https://") for reference in rule.references)


@pytest.mark.parametrize("rule", RULES.values(), ids=_identity)
def test_profiles_and_references_agree(rule: Rule) -> None:
    cites_cis = any(reference.label.startswith("CIS") for reference in rule.references)
    assert (Profile.CIS in rule.profiles) == cites_cis
    assert sum(profile is not Profile.CIS for profile in rule.profiles) <= 1


@pytest.mark.parametrize("rule", RULES.values(), ids=_identity)
def test_one_file_a_rule_named_after_it(rule: Rule) -> None:
    files = list(builtin_folder().glob(f"{rule.code.lower()}_*"))
    assert [path.name.partition(".")[0] for path in files] == [f"{rule.code.lower()}_{rule.name.replace('-', '_')}"]
    if files[0].name.endswith(ENDING):
        return
    imports = re.findall(r"^(?:from|import) (\S+)", files[0].read_text(encoding="utf-8"), re.MULTILINE)
    assert not [name for name in imports if name.startswith("composeguard") and name != "composeguard.api"]
    assert rule.scope in Scope


@pytest.mark.parametrize("case", BAD, ids=_identity)
def test_findings_keep_their_identity_when_lines_move(case: Case) -> None:
    prints = [finding.fingerprint for finding in case.findings(case.reading(), [case.rule])]
    assert len(set(prints)) == len(prints)
    moved = case.reading(f"# a comment\n\n{case.text}")
    assert [finding.fingerprint for finding in case.findings(moved, [case.rule])] == prints


def test_the_generated_pages_are_current() -> None:
    texts = docs.pages(tuple(RULES.values()))
    assert docs.differences(FIXTURES.parent, texts) == [], "run: python -m composeguard.commands.docs"


def test_the_table_of_the_readme_goes_between_its_markers() -> None:
    text = docs.readme(f"# A\n\n{docs.BEGIN}\nwritten before\n{docs.END}\n\nrest\n", tuple(RULES.values()))
    assert text.startswith(f"# A\n\n{docs.BEGIN}\n| Code |")
    assert text.endswith(f"{docs.END}\n\nrest\n")
    assert "written before" not in text
    assert all(f"| [{code}](docs/rules/{code}.md) |" in text for code in RULES)
    with pytest.raises(ValueError, match="README"):
        docs.readme("# A\n", ())
