"""The rules of a run as SARIF reporting descriptors, with what GitHub code scanning reads from them."""

from __future__ import annotations

import sarif_om

from composeguard.engine.rule import Rule
from composeguard.engine.severity import Severity
from composeguard.report.options import rule_url

_TEXT_LIMIT = 1024
_TAG_LIMIT = 20

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "warning",
    Severity.INFO: "note",
}
_SECURITY_SEVERITY = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
}
"""On the scale of CVSS, as GitHub reads it. An info rule has none: it is no security alert."""
_PROBLEM_SEVERITY = {"error": "error", "warning": "warning", "note": "recommendation"}


def descriptor(rule: Rule) -> sarif_om.ReportingDescriptor:
    """One rule with all of its texts."""
    return sarif_om.ReportingDescriptor(
        id=rule.code,
        name=_pascal_case(rule.name),
        short_description=_message(_shortened(_plain(_sentence(rule.summary)))),
        full_description=_message(_shortened(_plain(_introduction(rule.documentation)))),
        help=sarif_om.MultiformatMessageString(text=_plain_help(rule), markdown=_markdown_help(rule)),
        help_uri=rule_url(rule) or None,
        default_configuration=sarif_om.ReportingConfiguration(level=LEVELS[rule.severity]),
        properties=_properties(rule),
    )


def _properties(rule: Rule) -> dict[str, object]:
    is_security = not rule.correctness and rule.severity in _SECURITY_SEVERITY
    tags = ["security"] if is_security else ["correctness" if rule.correctness else "maintainability"]
    tags.extend(reference.tag for reference in rule.references if reference.tag)
    properties: dict[str, object] = {"tags": list(dict.fromkeys(tags))[:_TAG_LIMIT], "precision": "high"}
    if is_security:
        properties["security-severity"] = _SECURITY_SEVERITY[rule.severity]
    else:
        properties["problem.severity"] = _PROBLEM_SEVERITY[LEVELS[rule.severity]]
    return properties


def _pascal_case(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))


def _message(text: str) -> sarif_om.MultiformatMessageString:
    return sarif_om.MultiformatMessageString(text=text)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _introduction(documentation: str) -> str:
    """What comes before the first paragraph with a bold heading, in one line a paragraph."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in documentation.split("\n\n")]
    kept: list[str] = []
    for paragraph in paragraphs:
        if kept and paragraph.startswith(("**", "#")):
            break
        kept.append(paragraph)
    return _sentence("\n\n".join(kept))


def _shortened(text: str) -> str:
    if len(text) <= _TEXT_LIMIT:
        return text
    return text[: _TEXT_LIMIT - 4].rsplit(None, 1)[0] + " ..."


def _plain(markdown: str) -> str:
    """Without the marks of bold text; the rest of the Markdown that documentation uses reads well as it is."""
    return markdown.replace("**", "")


def _plain_help(rule: Rule) -> str:
    lines = [_plain(_sentence(rule.documentation))]
    if rule.references:
        lines.extend(["", "References:"])
        lines.extend(f"- {reference.label}: {reference.url}" for reference in rule.references)
    return "\n".join(lines)


def _markdown_help(rule: Rule) -> str:
    lines = [f"# {rule.code}: {rule.name}", "", rule.documentation]
    if rule.references:
        lines.extend(["", "**References**", ""])
        lines.extend(f"- [{reference.label}]({reference.url})" for reference in rule.references)
    return "\n".join(lines) + "\n"
