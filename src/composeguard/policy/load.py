"""Files of policies to rules of the engine."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from composeguard.engine.rule import Example, Reference, Rule
from composeguard.engine.severity import Profile, Severity
from composeguard.errors import UsageError
from composeguard.policy import limits
from composeguard.policy.cited import cited
from composeguard.policy.declaration import Declaration, ExampleOfRule, PolicyFile, SourceOfRule
from composeguard.policy.document import checked, key_or_start, read
from composeguard.policy.error import PolicyError
from composeguard.policy.expression import judged
from composeguard.policy.templates import NAMES, template, templated
from composeguard.source import disk
from composeguard.source.node import Node

PACK_FILE = "pack.yaml"
"""The file of a pack, which is no file of policies."""
TESTS = "tests"
"""The folder of tests in a folder of policies."""
_ENDINGS = (".yaml", ".yml")
_OWN = "CG"
_EVERY_PROFILE = (Profile.BASELINE, Profile.CIS)
"""A policy that is named runs, whatever profile was chosen."""
_TESTS = (".bad.yml", ".good.yml", ".fixed.yml", ".bad.yaml", ".good.yaml", ".fixed.yaml")


def load_policies(
    paths: Iterable[Path], known: Sequence[Rule] = (), *, names_from: Path | None = None, inside: Path | None = None
) -> tuple[Rule, ...]:
    """The rules of files and folders of policies, by code. `known` are those that are there already.

    Raises:
        PolicyError: a policy cannot be used, or has the code or name of another.
        UsageError: there is nothing at a path, or a link leads out of `inside`, or else of its folder: an
            error shows a line of what it leads to.
    """
    rules: dict[str, Rule] = {}
    taken = {word: rule.code for rule in known for word in (rule.code, rule.name)}
    for path in paths:
        files = policy_files(path)
        around = inside if inside is not None or files == (path,) else path
        for file in files:
            if around is not None and not Path(disk.real(str(file))).is_relative_to(disk.real(str(around))):
                raise UsageError(f"{file}: a link to what is not in {around.name or around}")
            for rule, node in _file(file, _name(file, names_from)):
                for word, key in ((rule.code, "code"), (rule.name, "name")):
                    if word in taken:
                        assert isinstance(node.value, dict)
                        start, end = key_or_start(node.value.get(key, node))
                        raise PolicyError(f"{taken[word]} has the {key} {word} already", node.file, start, end)
                    taken[word] = rule.code
                rules[rule.code] = rule
                if len(rules) > limits.POLICIES:
                    raise PolicyError(f"more than {limits.POLICIES:,} policies", node.file, node.start)
    return tuple(rules[code] for code in sorted(rules))


def policy_files(path: Path) -> tuple[Path, ...]:
    """The files of policies at a path: a file itself, or those of a folder and of the folders in it.

    Raises:
        UsageError: there are none, or too many.
    """
    if disk.is_file(str(path)):
        return (path,)
    if not disk.is_folder(str(path)):
        raise UsageError(f"{path}: no file or folder of policies")
    found: list[Path] = []
    pending = [path]
    while pending:
        folders = []
        for entry in disk.scan(str(pending.pop())):
            name = entry.name
            if name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if name != TESTS:
                    folders.append(Path(entry.path))
            elif name.endswith(_ENDINGS) and not name.endswith(_TESTS) and name != PACK_FILE:
                found.append(Path(entry.path))
        pending += reversed(folders)
        if len(found) > limits.FILES:
            raise UsageError(f"{path}: more than {limits.FILES} files of policies")
    if not found:
        raise UsageError(f"{path}: no file of policies ({', '.join(_ENDINGS)})")
    return tuple(found)


def _name(file: Path, names_from: Path | None) -> str:
    if names_from is None:
        return file.as_posix()
    return Path(os.path.relpath(file, names_from)).as_posix()


def _file(path: Path, name: str) -> list[tuple[Rule, Node]]:
    _, root = read(path, name)
    return rules_of(root)


def rules_of(root: Node) -> list[tuple[Rule, Node]]:
    """The rules of a document of policies, each with its place.

    Raises:
        PolicyError: one cannot be used.
    """
    declared = checked(PolicyFile, root)
    assert isinstance(root.value, dict)
    nodes = root.value["policies"].value
    assert isinstance(nodes, list)
    if len(nodes) > limits.POLICIES:
        raise PolicyError(f"more than {limits.POLICIES:,} policies", root.file, root.start)
    return [(_rule(policy, node), node) for policy, node in zip(declared.policies, nodes, strict=True)]


def _rule(policy: Declaration, node: Node) -> Rule:
    assert isinstance(node.value, dict)
    if policy.code.startswith(_OWN):
        code = node.value["code"]
        raise PolicyError(f"codes that start with {_OWN} are composeguard's own", node.file, code.start, code.end)
    documentation = _documentation(policy)
    if policy.use is not None:
        check, scope = templated(policy, node, documentation)
    else:
        check, scope = judged(policy, node, documentation)  # type: ignore[assignment]
    return Rule(
        policy.code,
        policy.name or policy.code.lower(),
        Severity[policy.severity.upper()],
        _EVERY_PROFILE,
        scope,
        check,
        tuple(_reference(each) for each in policy.references),
        tuple(_example(each) for each in policy.examples),
        locked=policy.locked,
    )


def _documentation(policy: Declaration) -> str:
    if policy.description:
        return policy.description
    name = policy.name or policy.code
    if policy.use in NAMES:
        says = (template(str(policy.use)).parameters.__doc__ or "").partition(": ")[2].partition("\n")[0]
        return f"The policy {name}: {says}"
    return f"The policy {name} on each `{policy.for_}`: `{policy.assert_}`."


def _reference(given: str | SourceOfRule) -> Reference:
    if isinstance(given, str):
        return Reference(given, given)
    return cited(given.model_dump(exclude_unset=True))


def _example(given: ExampleOfRule) -> Example:
    return Example(bad=given.bad, fixed=given.fixed, good=given.good, title=given.title)
