"""Templates by name. Each is a module, imported when a policy uses it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from composeguard.engine.registry import near
from composeguard.engine.rule import Problem, Scope
from composeguard.model.container import Container
from composeguard.policy.declaration import Declaration
from composeguard.policy.document import checked, in_value, key_or_start
from composeguard.policy.error import PolicyError
from composeguard.policy.fixes import FixPlan
from composeguard.policy.templates.template import Hit, Parameters, Template
from composeguard.source.node import Node
from composeguard.source.regex import regex

NAMES = (
    "require-label",
    "require-key",
    "forbid-key",
    "allowed-values",
    "allowed-registries",
    "image-pattern",
    "port-range",
    "required-limits",
    "forbidden-env",
    "forbidden-mount",
    "network-allow-list",
    "naming",
    "required-profile",
)
WORD = regex(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
"""A brace, or what stands in braces, in the message of a policy."""


def template(name: str) -> Template:
    """The template of a name that is known."""
    found = import_module(f"{__name__}.{name.replace('-', '_')}").TEMPLATE
    assert isinstance(found, Template)
    return found


class Templated:
    """The check of a policy that uses a template."""

    def __init__(
        self,
        of: Template,
        parameters: Parameters,
        *,
        message: str | None,
        label: str,
        fix: FixPlan | None,
        fail: object,
        documentation: str,
    ) -> None:
        self._parameters = parameters
        self._selects = bool(parameters.services or parameters.but)
        self._find = of.make(parameters, fail)
        self._message = message
        self._label = label
        self._fix = fix
        self.__doc__ = documentation

    def __call__(self, subject: object) -> list[Problem]:
        if self._selects and isinstance(subject, Container) and not self._parameters.concerns(subject):
            return []
        return [self._problem(subject, hit) for hit in self._find(subject)]

    def _problem(self, subject: object, hit: Hit) -> Problem:
        message = hit.message
        if self._message is not None:
            message = _filled(self._message, {"name": getattr(subject, "name", ""), "value": hit.value})
        fix = self._fix.at(hit.item) if self._fix else None
        return Problem(hit.path, message, self._label, fix=fix, evidence=hit.evidence)


def _filled(text: str, words: Mapping[str, str]) -> str:
    return WORD.sub(lambda found: words[found[1]] if found[1] else found[0][0], text)


def templated(policy: Declaration, node: Node, documentation: str) -> tuple[Templated, Scope]:
    """The check of a policy with a template, and what it is called with.

    Raises:
        PolicyError: there is no such template, or it takes other parameters.
    """
    assert isinstance(node.value, dict)
    entries = node.value
    for key in ("for", "when", "assert", "at"):
        if key in entries:
            below = entries[key]
            said = f"{key!r} belongs to policies with expressions, and this one uses a template"
            raise PolicyError(said, below.file, below.key_start, below.key_end)
    used = entries["use"]
    if policy.use not in NAMES:
        said = f"there is no template {policy.use!r}{near(str(policy.use), NAMES)}"
        raise PolicyError(said, used.file, used.start, used.end)
    of = template(str(policy.use))
    given = entries.get("with")
    parameters = checked(of.parameters, used.with_value({}) if given is None else given)

    def fail_at(key: str) -> PolicyFail:
        return PolicyFail(given if given is not None else used, entries.get(key) if key == "fix" else None)

    fix = FixPlan(policy.fix, of.item, fail_at("fix")) if policy.fix else None
    if policy.message is not None:
        _check_message(policy.message, of, entries["message"])
    made = Templated(
        of,
        parameters,
        message=policy.message,
        label=policy.label,
        fix=fix,
        fail=fail_at("with"),
        documentation=documentation,
    )
    return made, of.scope


def _check_message(text: str, of: Template, node: Node) -> None:
    """That braces hold what the template gives."""
    for found in WORD.finditer(text):
        word = found[1]
        if word is None and len(found[0]) == 2:
            continue
        if word not in of.words:
            known = " and ".join(f"{{{each}}}" for each in of.words) or "no values"
            said = f"a message of {of.name} can show {known}; write {{{{ for a brace"
            start = in_value(node, found.start())
            raise PolicyError(said, node.file, start, in_value(node, found.end() - 1) + 1)


class PolicyFail:
    """Makes errors at the parameters of a policy: at the parameter that is named, if any."""

    def __init__(self, given: Node, whole: Node | None) -> None:
        self._given = given
        self._whole = whole

    def __call__(self, message: str, key: str = "") -> PolicyError:
        node = self._whole or self._given
        if key and isinstance(node.value, dict) and key in node.value:
            node = node.value[key]
            return PolicyError(message, node.file, node.start, node.end)
        return PolicyError(message, node.file, *key_or_start(node))
