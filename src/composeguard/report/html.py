"""One page for people: what was found at a glance, pictures of the projects, and every finding with its source and fix.

The page is complete in itself and asks for nothing from anywhere; its policy (CSP) admits its own style and script by
their hashes alone. Texts of the repository are untrusted: the template escapes whatever it is given.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib import resources

from composeguard.engine.report import Report
from composeguard.engine.severity import Severity
from composeguard.errors import UsageError
from composeguard.report.escape import visible
from composeguard.report.html_page import MOST_CARDS, MOST_PICTURES, Page
from composeguard.report.options import HOME, RenderOptions
from composeguard.source.regex import regex

try:
    import jinja2
    from markupsafe import Markup, escape
except ImportError:
    raise UsageError("the format html needs jinja2, which comes with the extra: composeguard[html]") from None

_CODE = regex(r"`([^`\n]+)`")


def render(report: Report, options: RenderOptions) -> Iterator[str]:
    """The page, in pieces."""
    style, script = _part("page.css"), _part("page.js")
    page = Page(report, include_suppressed=options.include_suppressed)
    yield from _template().generate(
        page=page,
        report=report,
        severities=sorted(Severity, reverse=True),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        home=HOME,
        most_cards=MOST_CARDS,
        most_pictures=MOST_PICTURES,
    )
    yield "\n"


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_part),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["prose"] = prose
    environment.filters["count"] = count
    return environment.get_template("page.jinja")


def _part(name: str) -> Markup:
    """A file of ours beside this module. Its text is our own, so that it is not escaped."""
    return Markup((resources.files("composeguard.report") / "page" / name).read_text("utf-8"))  # noqa: S704


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _shown(value: object) -> object:
    """What every expression of the template goes through before it is escaped."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def prose(text: str) -> Markup:
    """A sentence in which names stand between backticks, as messages have them."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(visible(text)))))  # noqa: S704 -- escaped before


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
