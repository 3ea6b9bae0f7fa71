"""Imports go one way, and each command loads no more than it needs."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "src" / "composeguard"
LAYERS = ("source", "compose", "model", "engine", "policy", "fix", "report", "commands")
BELOW_ALL = ("errors", "base", "stand_ins", "fitting")
"""Modules that import nothing of the package but each other, so that every layer may use them."""


def imported(tree: ast.Module) -> Iterator[str]:
    """Names of modules that a file imports, at the top or inside functions, but not under `if TYPE_CHECKING`."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            pending.extend(node.orelse)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            pending.extend(ast.iter_child_nodes(node))


def modules(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_those_below(layer: str) -> None:
    allowed = {*LAYERS[: LAYERS.index(layer) + 1], *BELOW_ALL}
    if layer == "commands":
        allowed |= {"config", "api", "remembered", "__version__"}
    for path in modules(PACKAGE / layer):
        for name in imported(ast.parse(path.read_text("utf-8"))):
            if name.startswith("composeguard."):
                assert name.split(".")[1] in allowed, f"{path.relative_to(PROJECT)} imports {name}"


def test_a_rule_imports_the_api_only() -> None:
    paths = modules(PROJECT / "rules")
    assert paths
    for path in paths:
        for name in imported(ast.parse(path.read_text("utf-8"))):
            if name.split(".")[0] == "composeguard":
                assert name.startswith("composeguard.api"), f"{path.name} imports {name}"
            else:
                assert name.split(".")[0] in sys.stdlib_module_names, f"{path.name} imports {name}"


@pytest.mark.parametrize("layer", LAYERS[:-1])
def test_nothing_below_the_commands_prints_or_looks_around(layer: str) -> None:
    forbidden = {"print", "exit", "input"}
    for path in modules(PACKAGE / layer):
        tree = ast.parse(path.read_text("utf-8"))
        calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
        names = {call.id for call in calls if isinstance(call, ast.Name)}
        assert not names & forbidden, path
        attributes = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not attributes & {"os.environ", "os.getenv", "sys.exit", "sys.argv", "time.time", "sys.stdout"}, path


def loaded(*arguments: str, cwd: Path) -> set[str]:
    """The top-level modules in memory after a run of the command line."""
    code = (
        "import sys, io, contextlib\n"
        f"sys.argv = ['composeguard', *{arguments!r}]\n"
        "from composeguard.__main__ import main\n"
        "with contextlib.redirect_stdout(io.StringIO()): main()\n"
        "print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=cwd)
    return set(done.stdout.split())


def test_version_is_instant(tmp_path: Path) -> None:
    assert not loaded("--version", cwd=tmp_path) & {"pydantic", "pydantic_core", "yaml", "click", "ruamel"}


def test_check_loads_no_writer_that_it_does_not_need(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {a: {image: 'nginx:1', privileged: true}}\n")
    names = loaded("check", "-f", "concise", "compose.yaml", cwd=tmp_path)
    assert not names & {"pydantic", "pydantic_core", "click"}
    assert not names & {
        "sarif_om",
        "attr",
        "ruamel",
        "jsonschema",
        "asyncio",
        "jinja2",
        "markupsafe",
    }


def test_check_loads_nothing_of_the_standard_library_that_takes_long(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {a: {image: 'nginx:1', privileged: true, ports: ['80:80']}}\n")
    names = loaded("check", "--no-cache", "compose.yaml", cwd=tmp_path)
    assert not names & {
        "_hashlib",
        "calendar",
        "dataclasses",
        "hashlib",
        "inspect",
        "logging",
        "multiprocessing",
        "random",
        "shutil",
        "subprocess",
        "tempfile",
        "typing_extensions",
    }
