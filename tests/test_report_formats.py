"""The table of formats, and what every format owes its reader."""

from __future__ import annotations

import subprocess
import sys

import pytest
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
)

from composeguard.engine.finding import Related, Suppression
from composeguard.engine.report import Report
from composeguard.errors import UsageError
from composeguard.report import FORMATS, renderer
from composeguard.report.options import RenderOptions

_TEXT = """\
services:
  web:
    privileged: true
    environment:
      TOKEN: s3cr3t-value
    command: [run, "--key=s3cr3t-value"]
    image: "\x1b[31m\u202eevil\x9b"
"""


def _report() -> Report:
    file = make_file(_TEXT, "deploy/compose.yaml")
    hostile = "web\x1b]0;title\x07 \u2066 runs\r\n::error::"
    return make_report(
        make_finding(file, "privileged: true", PRIVILEGED, Made(message=hostile, label=hostile, fix=REMOVE_PRIVILEGED)),
        make_finding(
            file,
            "TOKEN: s3cr3t-value",
            SECRET,
            Made(path=("services", "web", "environment", "TOKEN"), redact=True),
        ),
        make_finding(
            file,
            '"--key=s3cr3t-value"',
            SECRET,
            Made(
                path=("services", "web", "command", 1),
                redact=True,
                related=(Related(file, file.region(0, 8), hostile),),
            ),
        ),
        make_finding(file, "command", PORT, Made(suppression=Suppression(hostile, 3))),
        make_finding(file, '"\x1b[31m\u202eevil\x9b"', VERSION),
        *hardening(file, "web"),
    )


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("width", [1, 40, 120])
def test_no_format_shows_a_secret_or_lets_a_control_character_through(name: str, width: int) -> None:
    text = "".join(renderer(name)(_report(), RenderOptions(width=width, include_suppressed=True)))
    assert "s3cr3t" not in text
    assert not {char for char in text if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0}
    assert not set("\u202e\u2066") & set(text)
    assert "\n::error::" not in text


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_findings_give_the_same_text_in_any_order(name: str) -> None:
    report = _report()
    turned = make_report(*reversed((*report.findings, *report.suppressed)))
    options = RenderOptions(include_suppressed=True)
    assert list(renderer(name)(report, options)) == list(renderer(name)(turned, options))


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "github"])
def test_many_findings_come_in_pieces(name: str) -> None:
    file = make_file("privileged: true\n" * 50)
    findings = [make_finding(file, "privileged", made=Made(occurrence=number)) for number in range(1, 51)]
    assert len(list(renderer(name)(make_report(*findings), RenderOptions()))) >= 50


def test_a_misspelt_format_is_named_with_its_neighbour() -> None:
    with pytest.raises(UsageError, match=r"there is no format 'sarf' .*; did you mean sarif\?"):
        renderer("sarf")


def test_nothing_is_imported_before_a_format_is_asked_for() -> None:
    code = (
        "import sys, composeguard.report as r\n"
        "assert not [n for n in sys.modules if n.startswith('composeguard.report.')]\n"
        "r.renderer('concise'); r.renderer('full'); r.renderer('json')\n"
        "assert 'sarif_om' not in sys.modules and 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
