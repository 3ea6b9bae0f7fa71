"""Writes what is generated: from the rules a page for each, their index, the table of the README, `docs/cis.md`, the
schema of a configuration; `docs/images.md` from the profiles of images; the reference in `docs/api.md` from the source.

`python -m composeguard.commands.docs` writes; `--check` writes nothing and fails where a file differs.
For the repository of composeguard itself; it is no command of the tool.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from composeguard.commands import api_page, cis, config_schema, images
from composeguard.commands.marked import between
from composeguard.commands.rule_page import markdown
from composeguard.commands.rules import markdown_table
from composeguard.engine.registry import builtin_folder
from composeguard.engine.rule import Rule
from composeguard.policy.builtin import load_builtin

BEGIN = "<!-- rules:begin -->"
END = "<!-- rules:end -->"
_PAGES = Path("docs") / "rules"
_README = Path("README.md")
API = Path("docs") / "api.md"
_FAMILIES = {
    "CG1": "Isolation",
    "CG2": "Host access",
    "CG3": "Network",
    "CG4": "Resources",
    "CG5": "Supply chain",
    "CG6": "Secrets",
    "CG7": "Operations and monitoring",
    "CG8": "Compose correctness",
    "CG9": "composeguard's own",
}


def pages(rules: Sequence[Rule]) -> dict[Path, str]:
    """The text of every page and of the index, by path from the root of the repository."""
    texts = {_PAGES / f"{rule.code}.md": markdown(rule) for rule in rules}
    texts[_PAGES / "index.md"] = _index(rules)
    texts[Path("docs") / "cis.md"] = cis.page(rules)
    texts[Path("docs") / "images.md"] = images.page()
    texts[Path("docs") / "composeguard.schema.json"] = config_schema.page(rules)
    return texts


def readme(text: str, rules: Sequence[Rule]) -> str:
    """The README with the table of the rules between its markers.

    Raises:
        ValueError: a marker is missing.
    """
    table = markdown_table(list(rules))
    return between(text, BEGIN, table, END, "the README has no place for the table of rules")


def differences(root: Path, texts: Mapping[Path, str]) -> list[str]:
    """What `--check` finds: files that are missing, other than generated, or of rules that are gone."""
    found = []
    for path, text in sorted(texts.items()):
        file = root / path
        if not file.is_file():
            found.append(f"{path.as_posix()} is missing")
        elif file.read_bytes() != text.encode():
            found.append(f"{path.as_posix()} is not what the rules say")
    return found + [f"{path.as_posix()} is of no rule" for path in _stale(root, texts)]


def write(root: Path, texts: Mapping[Path, str]) -> None:
    """Write every text, and remove the pages of rules that are gone."""
    for path, text in texts.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    for path in _stale(root, texts):
        (root / path).unlink()


def _stale(root: Path, texts: Mapping[Path, str]) -> list[Path]:
    present = (file.relative_to(root) for file in sorted((root / _PAGES).glob("*.md")))
    return [path for path in present if path not in texts]


def _index(rules: Sequence[Rule]) -> str:
    parts = [
        "# Rules\n",
        "Each rule has a page; `composeguard explain CODE` shows the same text.\n",
    ]
    for family, title in _FAMILIES.items():
        members = [rule for rule in rules if rule.code.startswith(family)]
        if members:
            table = markdown_table(members).replace(f"({_PAGES.as_posix()}/", "(")
            parts.append(f"## {title}\n\n{table}")
    return "\n".join(parts)


def main(arguments: Sequence[str]) -> int:
    """Write or check; the exit code is 1 where `--check` finds a difference or the README has no markers."""
    root = builtin_folder().parent
    rules = load_builtin()
    texts = pages(rules)
    found: list[str] = []
    try:
        texts[_README] = readme((root / _README).read_text(encoding="utf-8"), rules)
        texts[API] = api_page.page((root / API).read_text(encoding="utf-8"))
    except ValueError as error:
        found.append(str(error))
    if "--check" in arguments:
        found += differences(root, texts)
    else:
        write(root, texts)
    for line in found:
        sys.stderr.write(f"{line}\n")
    if found:
        sys.stderr.write("to put it right: python -m composeguard.commands.docs\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
