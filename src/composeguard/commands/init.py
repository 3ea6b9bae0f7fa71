"""`composeguard init`: writes a first configuration and, on request, what runs composeguard elsewhere."""

from __future__ import annotations

import os
import sys
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from composeguard import __version__
from composeguard.commands.whole_file import write_whole
from composeguard.config import discover
from composeguard.errors import UsageError
from composeguard.report.escape import visible

CONFIGURATION = (".composeguard.yaml", "composeguard.yaml")
"""The file in the user's folder, and the text that is shipped for it."""
PRE_COMMIT = (".pre-commit-config.yaml", "pre-commit-config.yaml")
GITHUB = (".github/workflows/composeguard.yml", "github.yml")
GITLAB = (".gitlab/composeguard.yml", "gitlab.yml")
_INCLUDE = "include it in .gitlab-ci.yml:\n  include:\n    - local: .gitlab/composeguard.yml\n"


class InitOptions(Struct, frozen=True, kw_only=True):
    """As the command line gives them."""

    directory: str = "."
    pre_commit: bool = False
    github: bool = False
    gitlab: bool = False
    force: bool = False


def text(template: str) -> str:
    """The text of a shipped file, for this version."""
    shipped = files("composeguard.commands") / "templates" / template
    return shipped.read_text(encoding="utf-8").replace("@VERSION@", __version__)


def run_init(options: InitOptions) -> int:
    """Write all that is asked for, or nothing where one of it is there already.

    Files for elsewhere bring a configuration along; one that is there stays as it is.
    """
    folder = Path(options.directory)
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    asked = ((PRE_COMMIT, options.pre_commit), (GITHUB, options.github), (GITLAB, options.gitlab))
    wanted = [pair for pair, is_asked in asked if is_asked]
    present = discover(str(folder), str(folder))
    if not wanted and present is not None and present.name != CONFIGURATION[0]:
        raise UsageError(f"{present}: the configuration is there already; a second one beside it would be an error")
    if not wanted or present is None:
        wanted.insert(0, CONFIGURATION)
    for name, _ in wanted:
        if os.path.lexists(folder / name) and not options.force:
            raise UsageError(f"{folder / name}: is there already; --force overwrites it")
    for name, template in wanted:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, [text(template)])
        sys.stdout.write(visible(f"wrote {target}") + "\n")
    if options.gitlab:
        sys.stdout.write(_INCLUDE)
    return 0
