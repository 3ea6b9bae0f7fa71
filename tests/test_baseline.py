"""Baselines: known findings pass, new ones fail, stale entries are told of; the file itself."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from tests.test_cli import CLEAN, Run, codes, run, write

from composeguard.engine.baseline import Entry, dump, parse
from composeguard.errors import ConfigError

__all__ = ["run"]

FILE = ".composeguard-baseline.json"
ONE = CLEAN + "    privileged: true\n"
TWO = ONE + "    pid: host\n"


def entries(name: str = FILE) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(Path(name).read_text())["findings"]
    return found


def test_known_findings_pass_and_new_ones_fail(run: Run) -> None:
    write("compose.yaml", ONE)
    assert run("baseline", "write").code == 0
    assert [entry["code"] for entry in entries()] == ["CG101"]
    assert run("--baseline", FILE).code == 0
    write("compose.yaml", TWO)
    result = run("check", "-f", "json", "--baseline", FILE)
    assert (result.code, codes(result)) == (1, ["CG108"])


def test_the_configuration_names_it_relative_to_itself(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write("compose.yaml", ONE)
    write("sub/compose.yaml", ONE)
    write(".composeguard.yaml", "baseline: known.json\n")
    assert run().code == 2, "it is named and not there"
    assert run("baseline", "write").code == 0
    assert len(entries("known.json")) == 2
    assert run().code == 0
    subprocess.run(["git", "init", "-q"], check=True)
    monkeypatch.chdir("sub")
    assert run().code == 0, "names are those from the root of the repository"


def test_lines_messages_and_places_in_lists_do_not_count(run: Run) -> None:
    write("compose.yaml", CLEAN + "    ports: ['80:80']\n")
    run("baseline", "write")
    write("compose.yaml", "# a comment\n\n" + CLEAN + "    ports:\n    - '127.0.0.1:443:443'\n    - '80:80'\n")
    result = run("--baseline", FILE)
    assert (result.code, "stale" in result.err) == (0, False)


def test_what_is_accepted_is_shown_only_if_asked_for(run: Run) -> None:
    write("compose.yaml", ONE)
    run("baseline", "write")
    assert codes(run("-f", "json", "--baseline", FILE)) == []
    shown = json.loads(run("-f", "json", "--baseline", FILE, "--include-suppressed").out)["findings"]
    assert [each["suppression"] for each in shown] == [
        {"kind": "baseline", "justification": "in the baseline", "line": None}
    ]
    log = json.loads(run("-f", "sarif", "--baseline", FILE, "--include-suppressed").out)
    (result,) = log["runs"][0]["results"]
    assert [(each["kind"], each["status"]) for each in result["suppressions"]] == [("external", "accepted")]
    assert json.loads(run("-f", "sarif", "--baseline", FILE).out)["runs"][0]["results"] == []


def test_stale_entries_are_told_of_and_pruned(run: Run) -> None:
    write("compose.yaml", TWO)
    run("baseline", "write")
    write("compose.yaml", ONE)
    result = run("--baseline", FILE)
    assert result.code == 0
    assert "1 stale entry" in result.err
    assert "CG108 compose.yaml /services/web/pid" in result.err
    assert run("baseline", "prune").code == 0
    assert [entry["code"] for entry in entries()] == ["CG101"]
    assert "stale" not in run("--baseline", FILE).err


def test_prune_adds_nothing_and_update_does_both(run: Run) -> None:
    write("compose.yaml", ONE)
    run("baseline", "write")
    write("compose.yaml", CLEAN + "    pid: host\n")
    run("baseline", "prune")
    assert entries() == []
    run("baseline", "update")
    assert [entry["code"] for entry in entries()] == ["CG108"]


def test_what_was_not_checked_this_time_is_not_stale(run: Run) -> None:
    write("a/compose.yaml", ONE)
    write("b/compose.yaml", TWO)
    run("baseline", "write")
    for arguments in (["a"], ["--select", "CG302"], ["--ignore", "CG101", "--ignore", "CG108"]):
        assert "stale" not in run("check", "--baseline", FILE, *arguments).err, arguments
    run("baseline", "prune", "a")
    assert len(entries()) == 3
    Path("b/compose.yaml").unlink()
    assert "2 stale" in run("check", "--baseline", FILE, "a").err, "a file that is gone has no findings"


def test_a_severity_that_is_not_reported_is_still_there(run: Run) -> None:
    write("compose.yaml", CLEAN + "    ports: ['80:80']\n")
    run("baseline", "write")
    assert "stale" not in run("--baseline", FILE, "--min-severity", "critical").err


def test_what_could_not_be_read_or_seen_is_never_known(run: Run) -> None:
    write("compose.yaml", ONE)
    write("bad/compose.yaml", "a: b: c\n")
    write("gap/compose.yaml", "services: {a: {extends: {file: gone.yaml, service: x}}}\n")
    assert run("baseline", "write").code == 2
    assert {entry["code"] for entry in entries()} == {"CG101"}
    assert run("--baseline", FILE).code == 2


def test_an_entry_of_a_file_that_cannot_be_read_now_stays(run: Run) -> None:
    write("compose.yaml", ONE)
    run("baseline", "write")
    write("compose.yaml", "a: b: c\n")
    assert run("baseline", "update").code == 2
    assert [entry["code"] for entry in entries()] == ["CG101"]


def test_a_comment_needs_no_entry(run: Run) -> None:
    write("compose.yaml", CLEAN + "    privileged: true  # composeguard: ignore[CG101] a lab\n")
    run("baseline", "write")
    assert entries() == []


def test_fix_repairs_what_a_baseline_knows(run: Run) -> None:
    write("compose.yaml", "version: '3'\n" + CLEAN)
    write(".composeguard.yaml", f"baseline: {FILE}\n")
    run("baseline", "write")
    assert [entry["code"] for entry in entries()] == ["CG802"]
    assert run("fix").code == 0
    assert Path("compose.yaml").read_text() == CLEAN


def test_it_is_written_whole_and_the_same_for_the_same_findings(run: Run) -> None:
    write("b/compose.yaml", TWO)
    write("a/compose.yaml", ONE)
    run("baseline", "write")
    text = Path(FILE).read_text()
    files = [entry["file"] for entry in entries()]
    assert files == sorted(files)
    assert text.count("\n") == len(entries()) + 6
    run("baseline", "update")
    assert Path(FILE).read_text() == text
    assert not list(Path().glob(".*.tmp"))


def test_the_lines_of_two_branches_may_stand_side_by_side() -> None:
    one, two = Entry("a", "/x", "CG101", "1"), Entry("b", "/x", "CG101", "2")
    ours, theirs = dump([one]).splitlines(), dump([one, two]).splitlines()
    merged = "\n".join([*ours[:4], ours[4] + ",", *theirs[4:]])
    assert parse(merged.encode(), "f").entries == {one, two}
    assert dump([two, one, one]) == dump([one, two])
    assert parse(dump([]).encode(), "f").entries == frozenset()


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("{x", ":1:2", "not JSON"),
        ("", ":1:1", "not JSON"),
        ('{"version": ' + "1" * 5000 + "}", ":1:1", "too many digits"),
        ("[" * 100_000, ":1:1", "nested too deeply"),
        ("[]", ":1:1", "not a baseline"),
        ('{"format": "composeguard-baseline",\n "version": 2}', ":2:13", "version 2"),
        ('{"format": "composeguard-baseline",\n "version": 1,\n "findings": {}}', ":3:14", "a list"),
        ('{"format": "composeguard-baseline", "version": 1, "findings": [\n3]}', ":2:1", "an object"),
        ('{"format": "composeguard-baseline", "version": 1, "findings": [\n{"file": 3}]}', ":2:10", "`file`"),
        ('{"format": "composeguard-baseline",\n<<<<<<< ours\n', ":2:1", "unfinished merge"),
        ("[" * 100_000, ":1:1", "nested"),
    ],
)
def test_a_broken_file_is_an_error_with_its_place(run: Run, text: str, place: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as error:
        parse(text.encode(), "known.json")
    assert str(error.value).startswith(f"known.json{place}: ")
    write("compose.yaml", CLEAN)
    write("known.json", text)
    assert run("--baseline", "known.json").code == 2


def test_bytes_that_are_no_text_are_an_error() -> None:
    with pytest.raises(ConfigError, match="not UTF-8"):
        parse(b"\xff\xfe{", "known.json")


SECRET_RULE = '''
from composeguard.api import Problem, Profile, Severity, container_rule
@container_rule(code="ACME001", name="acme-secret", severity=Severity.HIGH, profiles=(Profile.BASELINE,))
def secret(container):
    """A secret."""
    for name, value in (container.environment or {}).items():
        yield Problem(container.at("environment", name), "a secret", evidence=str(value), redact=True)
'''


def test_no_digest_of_a_secret_is_in_the_file(run: Run) -> None:
    write("rules/acme.py", SECRET_RULE)
    texts = []
    for secret in ("hunter2", "hunter3"):
        write("compose.yaml", CLEAN + f"    environment: {{PASSWORD: {secret}}}\n")
        run("baseline", "write", "--rules", "rules", "--select", "ACME001")
        texts.append(Path(FILE).read_text())
    assert len(entries()) == 1
    assert texts[0] == texts[1]
