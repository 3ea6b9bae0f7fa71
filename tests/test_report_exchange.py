"""The formats that other programs read: each is parsed as its consumer does, and held to that consumer's limits."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from msgspec.structs import replace
from tests.report_samples import (
    PORT,
    PRIVILEGED,
    REMOVE_PRIVILEGED,
    SECRET,
    VERSION,
    Made,
    make_file,
    make_finding,
    make_report,
)

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.engine.finding import Suppression
from composeguard.engine.report import Report, TextEdit
from composeguard.report import renderer
from composeguard.report.options import RenderOptions

_TEXT = 'services:\n  web:\n    labels: {note: "ä𐐀", privileged: true}\n    image: a\n'
_MANY = 50_000


def _write(name: str, report: Report, options: RenderOptions | None = None) -> str:
    return "".join(renderer(name)(report, options or RenderOptions()))


def _one(message: str = "web runs privileged", uri: str = "deploy/compose.yaml") -> Report:
    file = make_file(_TEXT, uri)
    return make_report(make_finding(file, "privileged: true", PRIVILEGED, Made(message=message, fix=REMOVE_PRIVILEGED)))


def _many() -> Report:
    """Findings of every severity, each on a line of its own, in a hundred files."""
    lines = _MANY // 100
    findings = []
    for number in range(100):
        file = make_file("privileged: true\n" * lines, f"stack{number:02}/compose.yaml")
        for line in range(lines):
            rule = (PRIVILEGED, SECRET, PORT, VERSION)[line % 4]
            start = file.line_start(line + 1)
            plain = make_finding(file, "privileged", rule)
            findings.append(
                replace(plain, start=start, end=start + 10, identity=f"{number}-{line}", message=f"line {line}")
            )
    return make_report(*findings)


@pytest.fixture(scope="module")
def many() -> Report:
    return _many()


def test_every_line_of_jsonl_is_an_object_and_the_last_one_sums_up() -> None:
    file = make_file(_TEXT)
    accepted = make_finding(file, "image", PORT, Made(suppression=Suppression("known", 4)))
    report = replace(
        make_report(make_finding(file, "privileged: true"), accepted),
        notes=(Diagnostic(Kind.GAP, "the file x does not exist", file, 0, 8),),
    )
    lines = [json.loads(line) for line in _write("jsonl", report).splitlines()]
    assert [line["type"] for line in lines] == ["report", "note", "finding", "summary"]
    assert lines[0]["tool"] == {"name": "composeguard", "version": "1.2.3"}
    assert lines[2]["region"]["start_line"] == 3
    assert lines[3]["findings"] == 1
    assert lines[3]["suppressed"] == 1
    whole = json.loads(_write("json", report))
    assert {key: value for key, value in lines[2].items() if key != "type"} == whole["findings"][0]


_COMMAND = re.compile(r"::(?P<level>error|warning|notice) (?P<properties>[^\n]*?)::(?P<data>[^\n]*)\n")


def _unescape(text: str) -> str:
    for escape, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(escape, char)
    return text


def _commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as the runner reads them; anything else would be ordinary output."""
    found = list(_COMMAND.finditer(text))
    assert "".join(match[0] for match in found) == text
    return [
        (
            match["level"],
            {key: _unescape(value) for key, value in (p.split("=", 1) for p in match["properties"].split(","))},
            _unescape(match["data"]),
        )
        for match in found
    ]


def test_an_annotation_stands_on_the_line_that_it_is_about() -> None:
    report = _one("100% of it, all: of it", "a,b:c/compose.yaml")
    [(level, properties, data)] = _commands(_write("github", report))
    assert level == "error"
    assert data == "100% of it, all: of it"
    assert properties == {
        "file": "a,b:c/compose.yaml",
        "line": "3",
        "endLine": "3",
        "col": "26",
        "endColumn": "42",
        "title": "CG101 privileged (critical)",
    }


def test_no_text_of_the_repository_becomes_a_command() -> None:
    report = _one("web\n::set-output name=x::y\r::warning::z", "x%0A::error::.yaml\n::error::")
    assert [level for level, _, _ in _commands(_write("github", report))] == ["error"]


def test_annotations_are_the_worst_ten_of_a_level_and_a_count_of_the_rest(many: Report) -> None:
    commands = _commands(_write("github", many))
    assert [level for level, _, _ in commands] == ["error"] * 10 + ["warning"] * 10 + ["notice"] * 10
    assert {properties["title"] for _, properties, _ in commands[:10]} == {"CG101 privileged (critical)"}
    assert commands[-1][2].startswith(f"{_MANY - 29:,} more findings")


def test_what_was_not_seen_is_an_annotation() -> None:
    file = make_file(_TEXT)
    report = replace(make_report(files=["compose.yaml"]), notes=(Diagnostic(Kind.GAP, "no file x", file, 10, 13),))
    assert _commands(_write("github", report)) == [
        ("error", {"file": "compose.yaml", "line": "2", "title": "not seen"}, "no file x")
    ]


_CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "not": {"pattern": r"^(\./|/)"}},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
"""What GitLab's documentation asks of a code quality report."""


def test_gitlab_gets_issues_with_fingerprints_of_their_own(many: Report) -> None:
    issues = json.loads(_write("gitlab", many))
    jsonschema.validate(issues[:1000], _CODE_QUALITY)
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == _MANY
    file = make_file(_TEXT)
    twice = [make_finding(file, "privileged", made=Made(message=message)) for message in ("one", "two")]
    assert len(json.loads(_write("gitlab", make_report(*twice)))) == 1
    assert json.loads(_write("gitlab", make_report())) == []


def test_junit_counts_what_it_holds() -> None:
    file, other = make_file(_TEXT), make_file("a: 1\n", "broken.yaml")
    report = replace(
        make_report(
            make_finding(file, "privileged: true", made=Made(message='a < b & "c" \x1b ]]> \ufffe')),
            make_finding(file, "image", PORT, Made(suppression=Suppression("known", 4))),
            files=["compose.yaml", "clean.yaml"],
        ),
        notes=(Diagnostic(Kind.UNREADABLE, "no YAML", other, 0, 1),),
    )
    root = ElementTree.fromstring(_write("junit", report, RenderOptions(include_suppressed=True)))
    suites = {suite.attrib["name"]: suite for suite in root.iter("testsuite")}
    assert sorted(suites) == ["broken.yaml", "clean.yaml", "compose.yaml"]
    for tag, counter in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped"), ("testcase", "tests")):
        for suite in suites.values():
            assert len(list(suite.iter(tag))) == int(suite.attrib[counter])
    assert len(list(root.iter("testcase"))) == int(root.attrib["tests"]) == 4
    failure = next(root.iter("failure"))
    assert failure.attrib["message"] == 'a < b & "c" \\x1b ]]> \ufffd'
    assert (failure.text or "").startswith("compose.yaml:3:26\n")


_DIAGNOSTICS = {
    "$defs": {
        "position": {
            "type": "object",
            "required": ["line", "column"],
            "additionalProperties": False,
            "properties": {
                "line": {"type": "integer", "minimum": 1},
                "column": {"type": "integer", "minimum": 1},
            },
        },
        "range": {
            "type": "object",
            "required": ["start", "end"],
            "additionalProperties": False,
            "properties": {"start": {"$ref": "#/$defs/position"}, "end": {"$ref": "#/$defs/position"}},
        },
    },
    "type": "object",
    "required": ["source", "diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": {"type": "object", "required": ["name"]},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location", "severity"],
                "additionalProperties": False,
                "properties": {
                    "message": {"type": "string"},
                    "severity": {"enum": ["UNKNOWN_SEVERITY", "ERROR", "WARNING", "INFO"]},
                    "location": {
                        "type": "object",
                        "required": ["path", "range"],
                        "additionalProperties": False,
                        "properties": {"path": {"type": "string"}, "range": {"$ref": "#/$defs/range"}},
                    },
                    "code": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"value": {"type": "string"}, "url": {"type": "string"}},
                    },
                    "suggestions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "additionalProperties": False,
                            "properties": {"range": {"$ref": "#/$defs/range"}, "text": {"type": "string"}},
                        },
                    },
                },
            },
        },
    },
}
"""The messages of reviewdog's `rdf` that a report uses; reviewdog refuses keys that it does not know."""


def test_reviewdog_gets_columns_in_bytes_and_fixes_as_suggestions() -> None:
    report = _one()
    finding = report.findings[0]
    edit = TextEdit(finding.file, finding.start - 2, finding.end, "")
    result = json.loads(_write("rdjson", replace(report, edits={0: (edit,)})))
    jsonschema.validate(result, _DIAGNOSTICS)
    [diagnostic] = result["diagnostics"]
    # `ä` takes two bytes and `𐐀` four: four more than their two code points.
    assert diagnostic["location"]["range"] == {"start": {"line": 3, "column": 30}, "end": {"line": 3, "column": 46}}
    [suggestion] = diagnostic["suggestions"]
    assert suggestion == {"range": {"start": {"line": 3, "column": 28}, "end": {"line": 3, "column": 46}}, "text": ""}


def test_no_suggestion_shows_a_secret() -> None:
    file = make_file("TOKEN: s3cr3t-value\nprivileged: true\n")
    secret = make_finding(file, "TOKEN: s3cr3t-value", SECRET, Made(path=("TOKEN",), redact=True))
    report = make_report(secret, make_finding(file, "privileged: true", made=Made(fix=REMOVE_PRIVILEGED)))
    edit = TextEdit(file, 0, len(file.text), "TOKEN: s3cr3t-value\n")
    text = _write("rdjson", replace(report, edits={1: (edit,)}))
    assert "s3cr3t" not in text
    assert "suggestions" not in text


@pytest.mark.skipif(shutil.which("reviewdog") is None, reason="reviewdog is not installed")
def test_reviewdog_reads_it(tmp_path: Path, many: Report) -> None:
    for report, expected in ((_one(), 1), (many, _MANY)):
        run = subprocess.run(
            ["reviewdog", "-f=rdjson", "-reporter=local", "-filter-mode=nofilter", "-diff=true"],
            input=_write("rdjson", report).encode(),
            capture_output=True,
            cwd=tmp_path,
            timeout=120,
            check=False,
        )
        assert run.stderr == b""
        assert len(run.stdout.splitlines()) == expected


def test_a_summary_in_markdown_fits_into_a_step_and_says_what_it_leaves_out(many: Report) -> None:
    text = _write("markdown", many)
    assert 800 * 1024 < len(text.encode()) <= 900 * 1024
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line and "Rule" not in line]
    found = re.search(r"^([\d,]+) more findings are not shown here\.$", text, re.MULTILINE)
    assert found
    assert len(rows) + int(found[1].replace(",", "")) == _MANY
    assert "critical" in rows[0]


def test_markdown_shows_texts_as_they_are() -> None:
    hostile = "a|b <img src=x> @team [x](http://e) `c` *d* ![y](z) https://e.test www.e.test #1"
    text = _write("markdown", _one(hostile, "a|b`<x>@team.yaml"))
    row = text.splitlines()[-1]
    cells = re.split(r"(?<!\\)\|", row)
    assert len(cells) == 6, "a bar of the text makes no cell"
    plain = re.sub(r"\\(.)", r"\1", cells[4]).strip()
    for entity, char in (("&lt;", "<"), ("&gt;", ">"), ("&#64;", "@"), ("&#58;", ":"), ("&#46;", "."), ("&amp;", "&")):
        plain = plain.replace(entity, char)
    assert plain == hostile
    assert not re.search(r"(?<!\\)[`*\[]|<img|@|https:|www\.", cells[4])
    assert cells[3].strip() == "<code>a&#124;b&#96;&#60;x&#62;&#64;team.yaml:3</code>"


def test_a_clean_report_says_so_in_every_format() -> None:
    report = make_report(files=["compose.yaml"])
    assert _write("markdown", report) == "### composeguard: no findings in 1 file\n"
    assert _write("github", report) == ""
    assert json.loads(_write("rdjson", report))["diagnostics"] == []
    assert 'tests="1" failures="0"' in _write("junit", report)


@pytest.mark.parametrize("name", ["json", "sarif"])
def test_the_other_formats_take_many_findings_too(name: str, many: Report) -> None:
    whole = json.loads(_write(name, many))
    if name == "json":
        assert len(whole["findings"]) == _MANY
    else:
        [run] = whole["runs"]
        assert len(run["results"]) == RenderOptions().result_limit
        [note] = run["invocations"][0]["toolExecutionNotifications"]
        assert note["message"]["text"].startswith(f"{_MANY - RenderOptions().result_limit:,} results")
