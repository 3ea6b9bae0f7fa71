"""Templates by name. Each is a module, imported when a policy uses it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from composeguard.engine.registry import near
from composeguard.engine.rule import Problem, Scope
from composeguard.model.container import Container
from composeguard.policy.declaration import Declaration
from composeguard.policy.document import checked, key_or_start
from composeguard.policy.error import PolicyError
from composeguard.policy.fixes import FixPlan
from composeguard.policy.templates.template import Parameters, Template
from composeguard.source.node import Node

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


def template(name: str) -> Template:
    """The template of a name that is known."""
    found = import_module(f"{__name__}.{name.replace('-', '_')}").TEMPLATE
    assert isinstance(found, Template)
    return found


class Templated:
    """The check of a policy that uses a template."""

    def __init__(self, of: Template, parameters: Parameters, fix: FixPlan | None, fail: object, text: str) -> None:
        self._parameters = parameters
        self._find = of.make(parameters, fail)
        self._fix = fix
        self.__doc__ = text

    def __call__(self, subject: object) -> Iterator[Problem]:
        if isinstance(subject, Container) and not self._parameters.concerns(subject):
            return
        for hit in self._find(subject):
            yield Problem(
                hit.path,
                hit.message,
                fix=self._fix.at(hit.item) if self._fix else None,
                evidence=hit.evidence,
            )


def templated(policy: Declaration, node: Node, documentation: str) -> tuple[Templated, Scope]:
    """The check of a policy with a template, and what it is called with.

    Raises:
        PolicyError: there is no such template, or it takes other parameters.
    """
    assert isinstance(node.value, dict)
    entries = node.value
    for key in ("for", "when", "assert", "message", "at"):
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
    return Templated(of, parameters, fix, fail_at("with"), documentation), of.scope


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
