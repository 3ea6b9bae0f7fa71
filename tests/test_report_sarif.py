"""SARIF: valid by the schema, and what its consumers rely on beyond it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.report_samples import (
    PORT,
    PRIVILEGED,
    REMOVE_PRIVILEGED,
    SECRET,
    VERSION,
    Made,
    hardening,
    make_file,
    make_finding,
    make_report,
    make_rule,
)

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.engine.finding import Related, Suppression
from composeguard.engine.report import Report, TextEdit
from composeguard.engine.rule import Reference
from composeguard.engine.severity import Severity
from composeguard.report.attrs_json import to_json
from composeguard.report.lines import line_hashes
from composeguard.report.options import RenderOptions
from composeguard.report.sarif import render
from composeguard.source.file import SourceFile

_FILE = make_file("services:\r\n  web🐳:\r\n    privileged: true\r\n    ports: ['80:80']\r\n", "sub/compose.yaml")


def _run(report: Report, options: RenderOptions | None = None) -> Any:
    log = json.loads("".join(render(report, options or RenderOptions())))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


def _full_report() -> Report:
    related = Related(_FILE, _FILE.region(0, 8), "inherited here")
    findings = [
        make_finding(_FILE, "privileged: true", made=Made(label="bad", fix=REMOVE_PRIVILEGED, related=(related,))),
        make_finding(_FILE, "'80:80'", PORT, Made(path=("services", "web", "ports", 0))),
        make_finding(_FILE, "services", VERSION, Made(path=())),
        make_finding(_FILE, "ports", PORT, Made(suppression=Suppression("a lab", 4))),
        *hardening(_FILE, "web"),
    ]
    index = next(
        number for number, finding in enumerate(make_report(*findings).findings) if finding.fix is REMOVE_PRIVILEGED
    )
    start = _FILE.text.index("    privileged")
    edit = TextEdit(_FILE, start, _FILE.text.index("    ports"), "")
    notes = (
        Diagnostic(Kind.GAP, "the include is remote", _FILE, 0, 8),
        Diagnostic(Kind.UNREADABLE, "not YAML", make_file("a: [", "b.yaml"), 3, 4),
        Diagnostic(Kind.NOTE, "there is no web.env", _FILE, 0, 8),
    )
    return replace(make_report(*findings), edits={index: (edit,)}, notes=notes)


@pytest.mark.parametrize("with_suppressed", [False, True])
@pytest.mark.parametrize("report", [_full_report(), make_report()], ids=["full", "empty"])
def test_valid_by_the_schema(shared_dir: Path, report: Report, with_suppressed: bool) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((shared_dir / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
    log = json.loads("".join(render(report, RenderOptions(include_suppressed=with_suppressed))))
    errors = [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(log)]
    assert errors == []


def test_a_clean_run_has_an_empty_list_of_results() -> None:
    assert _run(make_report())["results"] == []


def test_every_result_has_level_region_rule_and_fingerprints() -> None:
    run = _run(_full_report())
    for result in run["results"]:
        assert result["level"] in ("error", "warning", "note")
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert len(result["locations"]) == 1
        place = result["locations"][0]["physicalLocation"]
        assert set(place["region"]) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert run["artifacts"][place["artifactLocation"]["index"]]["location"]["uri"] == "sub/compose.yaml"
        assert set(result["partialFingerprints"]) == {"primaryLocationLineHash", "composeguard/v1"}
        assert "rank" not in result
        assert result["message"]["text"].endswith(".")


def test_a_lowered_severity_is_written_although_it_is_the_default_of_the_schema() -> None:
    report = make_report(make_finding(_FILE, "privileged", made=Made(severity=Severity.MEDIUM)))
    (result,) = _run(report)["results"]
    assert result["level"] == "warning"


def _cut(file: SourceFile, region: dict[str, int]) -> str:
    """The text of a region, read as a consumer does: lines of the file, columns of code points."""
    starts = [0, *(match.end() for match in re.finditer("\r\n|\r|\n", file.text))]
    begin = starts[region["startLine"] - 1] + region["startColumn"] - 1
    return file.text[begin : starts[region["endLine"] - 1] + region["endColumn"] - 1]


@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("marked", ["privileged: true", "名🐳", "e\u0301: [a,", "[a,\n b]", "last"])
def test_the_text_at_a_region_is_what_the_finding_is_about(marked: str, newline: str, bom: bool) -> None:
    text = "名🐳:\n\t 🐳: {privileged: true}\n e\u0301: [a,\n b]\nx: last".replace("\n", newline)
    marked = marked.replace("\n", newline)
    file = make_file(text, bom=bom)
    (result,) = _run(make_report(make_finding(file, marked)))["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert _cut(file, region) == marked
    expected = line_hashes(file, [region["startLine"]])[region["startLine"]]
    assert result["partialFingerprints"]["primaryLocationLineHash"] == expected


@pytest.mark.parametrize(
    ("uri", "encoded"),
    [
        ("a b/#1?.yaml", "a%20b/%231%3F.yaml"),
        ("c:/x.yaml", "c%3A/x.yaml"),
        ("100%/名.yaml", "100%25/%E5%90%8D.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
        ("bytes\udcff.yaml", "bytes%FF.yaml"),
        ("half\ud83d.yaml", "half%ED%A0%BD.yaml"),
    ],
)
def test_uris_are_percent_encoded_and_relative_to_the_root(uri: str, encoded: str) -> None:
    run = _run(make_report(make_finding(make_file("a: 1", uri), "a")))
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": encoded, "uriBaseId": "%SRCROOT%", "index": 0}
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"]


def test_what_the_run_says_of_itself() -> None:
    run = _run(_full_report(), RenderOptions(category="compose/prod"))
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["automationDetails"] == {"id": "compose/prod/"}
    assert run["tool"]["driver"]["version"] == "1.2.3"
    notes = run["invocations"][0]["toolExecutionNotifications"]
    levels = {note["descriptor"]["id"]: note["level"] for note in notes}
    assert levels == {"gap": "warning", "unreadable": "error", "note": "note"}
    assert {"gap", "note", "unreadable"} == {item["id"] for item in run["tool"]["driver"]["notifications"]}
    assert run["invocations"][0]["executionSuccessful"] is False
    assert _run(make_report())["invocations"] == [{"executionSuccessful": True}]


def test_suppressed_results_appear_when_asked_for_and_have_a_status() -> None:
    assert len(_run(_full_report())["results"]) == 7
    results = _run(_full_report(), RenderOptions(include_suppressed=True))["results"]
    assert len(results) == 8
    assert [result["suppressions"] for result in results if result["suppressions"]] == [
        [{"kind": "inSource", "status": "accepted", "justification": "a lab"}]
    ]
    assert all("suppressions" not in result for result in _run(_full_report())["results"])


def test_fixes_are_replacements_with_a_description() -> None:
    (fixed,) = [result for result in _run(_full_report())["results"] if "fixes" in result]
    (fix,) = fixed["fixes"]
    assert fix["description"]["text"] == "remove `privileged` (unsafe: the service may rely on it)."
    (change,) = fix["artifactChanges"]
    (replacement,) = change["replacements"]
    assert _cut(_FILE, replacement["deletedRegion"]) == "    privileged: true\r\n"
    assert replacement["insertedContent"] == {"text": ""}


def test_a_fix_that_would_write_a_secret_out_is_left_out() -> None:
    file = make_file("web: {TOKEN: s3cr3t, privileged: true}\n")
    report = make_report(
        make_finding(file, "TOKEN: s3cr3t", SECRET, Made(path=("web", "TOKEN"), redact=True)),
        make_finding(file, "privileged: true", made=Made(fix=REMOVE_PRIVILEGED)),
    )
    edit = TextEdit(file, 0, len(file.text), "web: {TOKEN: s3cr3t}\n")
    text = "".join(render(replace(report, edits={1: (edit,)}), RenderOptions()))
    assert "s3cr3t" not in text
    assert all("fixes" not in result for result in json.loads(text)["runs"][0]["results"])


def test_related_places_have_messages() -> None:
    (result,) = [result for result in _run(_full_report())["results"] if "relatedLocations" in result]
    (related,) = result["relatedLocations"]
    assert related["message"] == {"text": "inherited here."}
    assert related["physicalLocation"]["region"]["endColumn"] == 9


def test_a_text_of_the_repository_makes_no_link() -> None:
    made = Made("[click](https://example.org) \u202e")
    (result,) = _run(make_report(make_finding(_FILE, "privileged", made=made)))["results"]
    assert result["message"]["text"] == "[click] (https://example.org) \\u202e."


def test_only_the_worst_results_are_kept_and_the_rest_is_counted() -> None:
    file = make_file("a: 1\n" * 9)
    findings = [
        make_finding(
            file, "a", made=Made(occurrence=number, severity=Severity.HIGH if number % 3 == 0 else Severity.LOW)
        )
        for number in range(1, 10)
    ]
    run = _run(make_report(*findings), RenderOptions(result_limit=4))
    lines = [result["locations"][0]["physicalLocation"]["region"]["startLine"] for result in run["results"]]
    assert lines == [1, 3, 6, 9]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "5 results of the least severity are left out."
    assert run["invocations"][0]["executionSuccessful"] is True
    assert len(_run(make_report(*findings), RenderOptions(result_limit=0))["results"]) == 9


_LONG = " ".join(["word"] * 400)
_MANY = [Reference(f"r{number}", "https://example.org", f"tag-{number}") for number in range(40)]


@pytest.mark.parametrize(
    ("severity", "correctness", "expected"),
    [
        (Severity.CRITICAL, False, {"security-severity": "9.5"}),
        (Severity.HIGH, False, {"security-severity": "8.0"}),
        (Severity.MEDIUM, False, {"security-severity": "5.5"}),
        (Severity.LOW, False, {"security-severity": "3.0"}),
        (Severity.INFO, False, {"problem.severity": "recommendation"}),
        (Severity.HIGH, True, {"problem.severity": "error"}),
        (Severity.LOW, True, {"problem.severity": "warning"}),
    ],
)
def test_descriptors(severity: Severity, correctness: bool, expected: dict[str, str]) -> None:
    documentation = f"A summary\n\n{_LONG}\n\n**Fix.** Do this."
    rule = make_rule(
        "AB123", "a-name", severity, correctness=correctness, references=_MANY, documentation=documentation
    )
    (written,) = _run(Report.of([], version="1", rules=[rule]))["tool"]["driver"]["rules"]
    assert written["id"] == "AB123"
    assert written["name"] == "AName"
    assert written["helpUri"] == "https://example.org"
    assert written["shortDescription"]["text"] == "A summary."
    assert len(written["fullDescription"]["text"]) <= 1024
    assert written["help"]["text"].startswith("A summary\n")
    assert "**" not in written["help"]["text"]
    assert "[r0](https://example.org)" in written["help"]["markdown"]
    properties = written["properties"]
    assert len(properties.pop("tags")) == 20
    assert properties == {"precision": "high", **expected}


def test_tags_say_what_kind_of_rule_it_is() -> None:
    rules = _run(Report.of([], version="1", rules=[PRIVILEGED, VERSION]))["tool"]["driver"]["rules"]
    assert rules[0]["properties"]["tags"] == ["security", "cis-docker-5.5", "external/cwe/cwe-250"]
    assert rules[1]["properties"]["tags"][0] == "correctness"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)


def test_no_path_of_the_machine_is_in_it() -> None:
    file = SourceFile("compose.yaml", "a: 1", path="/home/someone/project/compose.yaml")
    run = _run(make_report(make_finding(file, "a")))
    assert not [text for text in _strings(run) if "someone" in text]


def test_the_writer_refuses_what_is_no_part_of_the_model() -> None:
    with pytest.raises(TypeError, match="object is no object of the SARIF model"):
        to_json([object()])
