"""Who decides about colours and links."""

from __future__ import annotations

import pytest

from composeguard.report.colour import When, wants_colour, wants_links


@pytest.mark.parametrize(
    ("when", "environment", "isatty", "expected"),
    [
        (When.AUTO, {}, True, True),
        (When.AUTO, {}, False, False),
        (When.NEVER, {"FORCE_COLOR": "1"}, True, False),
        (When.ALWAYS, {"NO_COLOR": "1", "TERM": "dumb"}, False, True),
        (When.AUTO, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        (When.AUTO, {"NO_COLOR": ""}, True, True),
        (When.AUTO, {"FORCE_COLOR": "1", "TERM": "dumb"}, False, True),
        (When.AUTO, {"CLICOLOR_FORCE": "1"}, False, True),
        (When.AUTO, {"FORCE_COLOR": "0"}, False, False),
        (When.AUTO, {"FORCE_COLOR": "", "CLICOLOR_FORCE": "0"}, False, False),
        (When.AUTO, {"TERM": "dumb"}, True, False),
        (When.AUTO, {"TERM": "xterm-256color"}, True, True),
    ],
)
def test_colour(when: When, environment: dict[str, str], isatty: bool, expected: bool) -> None:
    assert wants_colour(when, environment, isatty=isatty) is expected


@pytest.mark.parametrize(
    ("environment", "colour", "isatty", "expected"),
    [
        ({}, True, True, False),
        ({"TERM_PROGRAM": "iTerm.app"}, True, True, True),
        ({"TERM_PROGRAM": "iTerm.app"}, False, True, False),
        ({"TERM_PROGRAM": "iTerm.app"}, True, False, False),
        ({"TERM": "xterm-kitty"}, True, True, True),
        ({"WT_SESSION": "1"}, True, True, True),
        ({"VTE_VERSION": "6003"}, True, True, True),
        ({"VTE_VERSION": "4205"}, True, True, False),
        ({"VTE_VERSION": "9" * 5000}, True, True, False),
        ({"VTE_VERSION": "none"}, True, True, False),
        ({"FORCE_HYPERLINK": "1"}, True, False, True),
        ({"FORCE_HYPERLINK": "0", "WT_SESSION": "1"}, True, True, False),
    ],
)
def test_links(environment: dict[str, str], colour: bool, isatty: bool, expected: bool) -> None:
    assert wants_links(environment, colour=colour, isatty=isatty) is expected
