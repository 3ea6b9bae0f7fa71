"""`composeguard policy new`: a policy with its test, from a template or an expression."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from textwrap import indent

import click
from msgspec import Struct

from composeguard.commands.whole_file import write_whole
from composeguard.commands.words import SEVERITIES
from composeguard.engine.registry import near
from composeguard.errors import UsageError
from composeguard.policy.samples import EXPRESSION, TEMPLATES, Sample
from composeguard.report.escape import visible
from composeguard.source.regex import regex

_CODE = regex(r"[A-Z]{2,12}[0-9]{3,4}")
_NAME = regex(r"[a-z0-9]+(-[a-z0-9]+)*")
_WRITTEN = regex(r"^    name: ([a-z0-9-]+)$", re.MULTILINE)
CEL = "expression"
"""What is chosen in the place of a template."""


class NewOptions(Struct, frozen=True, kw_only=True):
    """What the command line says; what it does not say is asked on a terminal."""

    folder: str = "policies"
    code: str | None = None
    name: str | None = None
    template: str | None = None
    severity: str | None = None
    force: bool = False


def run_new(options: NewOptions) -> int:
    """Write a policy and two tests, and say how to go on."""
    code = options.code or _ask("Code of the policy, such as ACME001", None)
    if not _CODE.fullmatch(code) or code.startswith("CG"):
        raise UsageError(f"{code!r} is no code: two to twelve capitals and three or four digits, not CG")
    template = options.template or _ask("Template, or expression", "require-label", [CEL, *TEMPLATES])
    if template != CEL and template not in TEMPLATES:
        meant = near(template, [*TEMPLATES, CEL]) or f"; there are {', '.join(TEMPLATES)}, and {CEL}"
        raise UsageError(f"there is no template {template!r}{meant}")
    folder = Path(options.folder)
    own = folder / f"{code.lower()}.yml"
    taken = _names(folder, but=own)
    usual = template if template != CEL else code.lower()
    name = options.name or _ask(
        "Name, in lower case with dashes", f"{usual}-{code.lower()}" if usual in taken else usual
    )
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name: lower case, digits and dashes")
    if name in taken:
        raise UsageError(f"{name} is the name of the policy in {taken[name]} already; --name gives another")
    severity = options.severity or _ask("Severity", "medium", list(SEVERITIES))
    sample = EXPRESSION if template == CEL else TEMPLATES[template]
    files = {
        own: _policy(sample, code, name, severity),
        folder / "tests" / f"{code.lower()}.bad.yml": sample.bad.replace("CODE", code),
        folder / "tests" / f"{code.lower()}.good.yml": _good(sample, code),
    }
    there = [path for path in files if path.exists()]
    if there and not options.force:
        raise UsageError(f"{there[0]} is there already; --force overwrites it")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, iter([text]))
        sys.stdout.write(f"wrote {visible(str(path))}\n")
    sys.stdout.write(
        f"Put your own into it, then: composeguard policy test {visible(str(folder))}\n"
        f"and: composeguard check --policy {visible(str(folder))}\n"
    )
    _say_what_is_missing(own)
    return 0


def _say_what_is_missing(written: Path) -> None:
    """Before the test fails for it: some policies need a library that is not always installed."""
    from composeguard.policy.cel.parse import MissingLibraryError
    from composeguard.policy.document import read_text
    from composeguard.policy.load import rules_of

    try:
        tuple(rules_of(read_text(written.read_bytes(), str(written))[1]))
    except MissingLibraryError as error:
        sys.stderr.write(f"composeguard: {error}\n")


def _names(folder: Path, but: Path) -> dict[str, Path]:
    """The names of the policies that this command has written there."""
    found: dict[str, Path] = {}
    for path in sorted(folder.glob("*.yml")):
        if path != but:
            text = path.read_text(encoding="utf-8", errors="replace")
            found.update(dict.fromkeys(_WRITTEN.findall(text), path))
    return found


def _policy(sample: Sample, code: str, name: str, severity: str) -> str:
    lines = [
        "# The schema for editors: composeguard policy schema",
        "policies:",
        f"  - code: {code}",
        f"    name: {name}",
        f"    severity: {severity}",
        "    description: |",
        f"      {sample.description}",
        "",
        "      Say here why it matters, and what to do.",
    ]
    return "\n".join(lines) + "\n" + indent(sample.body, "    ")


def _good(sample: Sample, code: str) -> str:
    """The good test names its policy, so that it stays silent on this one only."""
    return f"# ok: {code}\n{sample.good}"


def _ask(question: str, default: str | None, choices: list[str] | None = None) -> str:
    """An answer from the terminal; what is not asked for there must be an option."""
    if not sys.stdin.isatty():
        if default is not None:
            return default
        raise UsageError(f"{question}: say it with --code, there is no terminal to ask on")
    kind = click.Choice(choices) if choices else None
    answer: str = click.prompt(question, default=default, type=kind, err=True)
    return answer
