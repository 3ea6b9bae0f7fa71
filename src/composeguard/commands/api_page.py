"""The reference of `composeguard.api` in `docs/api.md`: every exported name, from the source that defines it."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

from composeguard import api
from composeguard.commands.marked import between

BEGIN = "<!-- api:begin -->"
END = "<!-- api:end -->"
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Making a rule": (
        *("container_rule", "service_rule", "reading_rule", "diagnostic_rule", "suppression_rule", "failure_rule"),
        *("Rule", "Scope", "Severity", "Profile", "Example", "Options", "option", "ImageOptions", "regex"),
    ),
    "Saying what is wrong": ("Problem", "Focus", "Path"),
    "Repairing it": (
        *("Fix", "Safety", "Operation", "Set", "Append", "Remove", "Rename", "RemoveComment"),
        *("FixLimits", "limit_fix"),
    ),
    "Citing a source": ("Reference", "cis", "compose", "cwe", "docker", "owasp", "pss"),
    "What a check is called with": ("Container", "Service", "Reading", "Diagnostic", "Acceptance", "RuleFailure"),
    "The model": ("Project", "Workload", "Mount", "Port", "Reach", "Unresolved", "Kind", "Use", "Word"),
    "Places in the text": ("Place", "Node", "source_node", "source_text", "plain_value"),
    "Images": (
        *("ImageName", "image_name", "image_fault", "ImageProfile", "image_profile", "images_from_elsewhere"),
        *("pulled", "moves", "written_tag", "leaves_root", "checks_itself", "departs", "is_writable"),
        *("runs_from_the_start", "writes_elsewhere"),
    ),
    "What several rules know": (
        *("HostMount", "host_mounts", "normal_host_path", "Leak", "LeakKind", "leaks"),
        *("ListedEntry", "ListedEnvFile", "listed_env_files", "Agent", "AgentKind", "agent_of", "Opening"),
        *("is_for_a_swarm", "is_lasting", "Hazard", "Repair", "Change", "KeptPort", "kept_ports", "silent_hazards"),
        *("text_maps", "base_60", "other_readings", "whole_number", "LOG_DRIVERS", "WITHOUT_EFFECT"),
        *("SensitivePort", "sensitive_port", "OpenInterface", "OPEN_INTERFACES", "AdminVariable", "ADMIN_VARIABLES"),
        *("ADMIN_FLAGS", "TRUE_WORDS"),
    ),
}
"""All that is exported, each name once; a test holds that."""


def reference() -> str:
    """The Markdown of the reference."""
    parts = []
    modules = _modules(_body(api.__file__))
    for title, names in GROUPS.items():
        parts.append(f"### {title}\n")
        parts += [_entry(name, modules[name], getattr(api, name)) for name in names]
    return "\n".join(parts)


def page(text: str) -> str:
    """The page with the reference between its markers.

    Raises:
        ValueError: a marker is missing.
    """
    return between(text, BEGIN, reference(), END, "docs/api.md has no place for the reference")


def _modules(body: list[ast.stmt]) -> dict[str, str]:
    """The modules that names are imported from."""
    return {alias.name: node.module or "" for node in body if isinstance(node, ast.ImportFrom) for alias in node.names}


def _body(file: str) -> list[ast.stmt]:
    return ast.parse(Path(file).read_text("utf-8")).body


def _entry(name: str, module: str, value: object) -> str:
    body = _body(import_module(module).__file__ or "")
    for index, node in enumerate(body):
        if isinstance(node, ast.ClassDef) and node.name == name:
            return _class(node)
        if isinstance(node, ast.FunctionDef) and node.name == name:
            returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
            return _shown(f"{name}({ast.unparse(node.args)}){returns}", ast.get_docstring(node))
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and name in _targets(node):
            shown = name if callable(value) or len(ast.unparse(node)) > 100 else ast.unparse(node)
            return _shown(shown, _text(body, index))
    return _entry(name, _modules(body)[name], value)


def _class(node: ast.ClassDef) -> str:
    bases = ", ".join(ast.unparse(base) for base in node.bases if ast.unparse(base) not in ("Struct", "Enum", "object"))
    lines = [_shown(f"class {node.name}({bases})" if bases else f"class {node.name}", ast.get_docstring(node))]
    bare = []
    for index, each in enumerate(node.body):
        if isinstance(each, (ast.Assign, ast.AnnAssign)):
            for target in _targets(each):
                said = _text(node.body, index)
                kind = f": {ast.unparse(each.annotation)}" if isinstance(each, ast.AnnAssign) else ""
                if kind and isinstance(each.value, (ast.Constant, ast.Tuple, ast.Attribute)):
                    kind += f" = {ast.unparse(each.value)}"
                if target.startswith("_") or target == "model_config":
                    continue
                if said:
                    lines.append(f"- `{target}{kind}`: {_line(said)}")
                else:
                    bare.append(f"`{target}{kind}`")
        elif isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
            is_property = any("property" in ast.unparse(decorator) for decorator in each.decorator_list)
            said = ast.get_docstring(each) or ""
            if "validator" not in " ".join(ast.unparse(decorator) for decorator in each.decorator_list):
                shown = each.name if is_property else f"{each.name}({_arguments(each)})"
                lines.append(f"- `{shown}`: {_line(said)}" if said else f"- `{shown}`")
    if bare:
        lines.insert(1, f"Has {', '.join(bare)}." + ("\n" if len(lines) > 1 else ""))
    return "\n".join(lines) + ("\n" if len(lines) > 1 else "")


def _arguments(node: ast.FunctionDef) -> str:
    return re.sub(r"^(self|cls)(, )?", "", ast.unparse(node.args))


def _targets(node: ast.Assign | ast.AnnAssign) -> list[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _text(body: list[ast.stmt], index: int) -> str:
    """The text under an assignment that says what it is."""
    below = body[index + 1] if index + 1 < len(body) else None
    if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant) and isinstance(below.value.value, str):
        return inspect.cleandoc(below.value.value)
    return ""


def _shown(signature: str, text: str | None) -> str:
    return f"**`{signature}`**\n" + (f"\n{text}\n" if text else "")


def _line(text: str) -> str:
    return " ".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    """The first paragraph."""
    for line in text.splitlines():
        if not line.strip():
            return
        yield line.strip()
