"""The terminal report, as a reader sees it."""

from __future__ import annotations

import re

import pytest
from tests.report_samples import (
    PORT,
    PRIVILEGED,
    REMOVE_PRIVILEGED,
    Made,
    hardening,
    make_file,
    make_finding,
    make_report,
)

from composeguard.compose.diagnostic import Diagnostic, Kind
from composeguard.engine.finding import Related, Suppression
from composeguard.engine.report import Fixable, Report
from composeguard.engine.severity import Severity
from composeguard.report import concise, full
from composeguard.report.options import RenderOptions

_SEQUENCES = re.compile(r"\x1b\]8;;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m")
_FILE = make_file("""\
x-base: &base {}
services:
  web:
    privileged: true
    <<: *base
""")


def _render(report: Report, options: RenderOptions | None = None) -> str:
    return "".join(full.render(report, options or RenderOptions()))


def test_one_finding() -> None:
    related = Related(_FILE, _FILE.region(8, 13), "the anchor is used here")
    made = Made(label="every capability and every host device", fix=REMOVE_PRIVILEGED, related=(related,))
    assert _render(make_report(make_finding(_FILE, "privileged: true", PRIVILEGED, made))) == (
        "error[CG101]: web runs privileged\n"
        "  --> compose.yaml:4:5 [critical]\n"
        "   |\n"
        " 4 |     privileged: true\n"
        "   |     ^^^^^^^^^^^^^^^^ every capability and every host device\n"
        "note: the anchor is used here: compose.yaml:1:9\n"
        "help: remove `privileged` (unsafe fix: the service may rely on it)\n"
        "\n"
        "1 finding (1 critical) in 1 file; `composeguard fix --unsafe` repairs 1\n"
    )


def test_what_a_service_lacks_is_one_group() -> None:
    text = _render(make_report(*hardening(_FILE, "web"), make_finding(_FILE, "privileged: true")))
    assert text.count("-->") == 2
    assert text.startswith(
        "warning[hardening]: web lacks 4 hardening settings: cap_drop ALL (CG102), "
        "security_opt no-new-privileges:true (CG104), read_only true (CG105), mem_limit (CG401)\n"
        "  --> compose.yaml:3:3 [medium]\n"
        "   |\n"
        " 3 |   web:\n"
        "   |   ^^^\n"
        "help: add `cap_drop: [ALL]`; add `no-new-privileges:true` (safe fixes)\n"
        "help: set `read_only: true` (unsafe fix: a program that writes to its own file system stops working)\n"
        "\n"
    )
    assert "5 findings (1 critical, 3 medium, 1 low) in 1 file" in text


def test_a_group_is_of_one_service_and_one_alone_is_no_group() -> None:
    file = make_file("services: {web: {}, db: {}}\n")
    text = _render(make_report(*hardening(file, "web"), hardening(file, "db")[0]))
    assert "web lacks 4 hardening settings" in text
    assert "warning[CG102]: db lacks cap_drop\n" in text


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        (Severity.CRITICAL, "error"),
        (Severity.HIGH, "error"),
        (Severity.MEDIUM, "warning"),
        (Severity.LOW, "warning"),
        (Severity.INFO, "info"),
    ],
)
def test_the_severity_of_the_finding_counts_and_not_that_of_the_rule(severity: Severity, word: str) -> None:
    report = make_report(make_finding(_FILE, "privileged: true", made=Made(severity=severity)))
    assert _render(report).startswith(f"{word}[CG101]: ")
    assert f"[{severity.label}]" in _render(report)
    assert f": CG101 [{severity.label}] web" in "".join(concise.render(report, RenderOptions()))


def test_colours_and_links_add_nothing_but_escape_sequences() -> None:
    report = make_report(*hardening(_FILE, "web"), make_finding(_FILE, "privileged: true", made=Made(label="bad")))
    coloured = _render(report, RenderOptions(colour=True, links=True))
    assert "\x1b]8;;https://" in coloured
    assert "\x1b[1;31merror[" in coloured
    assert _SEQUENCES.sub("", coloured) == _render(report)


def test_a_label_that_does_not_fit_stands_below() -> None:
    file = make_file("services: {web: {image: x, privileged: true}}\n")
    made = Made(label="every capability and every host device are given")
    lines = _render(make_report(make_finding(file, "privileged: true", made=made)), RenderOptions(width=70)).split("\n")
    assert lines[4].strip(" |") == "^" * 16
    assert lines[5].startswith("   |")
    assert lines[5].endswith(made.label)
    assert len(lines[5]) <= 70


@pytest.mark.parametrize("colour", [False, True])
def test_sentences_are_broken_between_words_on_a_terminal(colour: bool) -> None:
    report = make_report(*hardening(_FILE, "web"), make_finding(_FILE, "privileged: true"))
    broken = _render(report, RenderOptions(width=60, wrap=True, colour=colour, links=colour))
    plain = _SEQUENCES.sub("", broken)
    assert max(len(line) for line in plain.split("\n")) <= 60
    assert "settings: cap_drop\n    ALL (CG102), security_opt" in plain
    assert plain.replace("\n    ", " ") == _render(report, RenderOptions(width=60))


def test_suppressed_findings_are_shown_when_asked_for() -> None:
    accepted = make_finding(_FILE, "<<", PORT, Made("accepted", suppression=Suppression("a lab machine", 5)))
    report = make_report(accepted)
    assert _render(report) == "no findings in 1 file; 1 suppressed\n"
    shown = _render(report, RenderOptions(include_suppressed=True))
    assert "suppressed: a lab machine\n" in shown
    assert shown.endswith("no findings in 1 file; 1 suppressed\n")


@pytest.mark.parametrize(
    ("fixable", "text"),
    [
        (Fixable(), ""),
        (Fixable(2), "; `composeguard fix` repairs 2"),
        (Fixable(2, 1), "; `composeguard fix` repairs 2, with --unsafe 1 more"),
        (Fixable(0, 1), "; `composeguard fix --unsafe` repairs 1"),
    ],
)
def test_summary_says_what_can_be_repaired(fixable: Fixable, text: str) -> None:
    report = Report.of([make_finding(_FILE, "web")], version="1", files=["a", "b", "c"], fixable=fixable)
    assert full.tail(report.totals, RenderOptions()) == f"1 finding (1 critical) in 1 of 3 files{text}\n"


def test_what_was_not_seen_is_counted_and_named() -> None:
    gap = Diagnostic(Kind.GAP, "the include is remote", _FILE, 0, 6)
    word = Diagnostic(Kind.NOTE, "there is no web.env", _FILE, 0, 6)
    report = Report.of([], version="1", files=["a"], notes=[word, gap])
    assert report.unseen == (gap,)
    assert _render(report) == "no findings in 1 file; 1 part not seen\n"
    assert full.render_note(gap, RenderOptions()) == "error: compose.yaml:1:1: the include is remote\n"


def test_concise_is_a_line_a_finding_and_nothing_for_none() -> None:
    report = make_report(make_finding(_FILE, "privileged: true"), *hardening(_FILE, "web"))
    lines = list(concise.render(report, RenderOptions()))
    assert lines[0] == "compose.yaml:3:3: CG102 [medium] web lacks cap_drop\n"
    assert lines[4] == "compose.yaml:4:5: CG101 [critical] web runs privileged\n"
    assert list(concise.render(make_report(), RenderOptions())) == []
