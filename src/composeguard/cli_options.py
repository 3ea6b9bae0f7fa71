"""The options that several commands of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from composeguard.commands import words
from composeguard.report import FORMATS

SEVERITIES = click.Choice(words.SEVERITIES)
THRESHOLDS = click.Choice(words.THRESHOLDS)
PROFILES = click.Choice(words.PROFILES)
FORMAT_NAMES = click.Choice(list(FORMATS))
COLOURS = click.Choice(words.COLOURS)

Command = TypeVar("Command", bound=Callable[..., object])


def together(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def apply(command: Command) -> Command:
        for decorate in reversed(decorators):
            command = decorate(command)
        return command

    return apply


project_options = together(
    click.option(
        "--file",
        "files",
        multiple=True,
        metavar="FILE",
        help="Read these files as one project, in order, as `docker compose -f a -f b` does.",
    ),
    click.option(
        "--env-file",
        "env_files",
        multiple=True,
        metavar="FILE",
        help="Take variables from this file in place of `.env`.",
    ),
    click.option("--environment", is_flag=True, help="Take variables from the shell's environment too."),
    click.option(
        "--compose-profile",
        "compose_profiles",
        multiple=True,
        metavar="NAME",
        help="A Compose profile that is switched on.",
    ),
    click.option("--project-directory", metavar="DIR", help="The folder that relative paths start from."),
)

rules_option = click.option(
    "--rules",
    "rule_folders",
    multiple=True,
    metavar="DIR",
    help="Load rules of your own from the Python files in this folder.",
)
policy_option = click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="FILE|DIR",
    help="Check these declarative policies too; repeatable.",
)
plugin_option = click.option(
    "--plugin",
    "plugins",
    multiple=True,
    metavar="NAME",
    help="Load the rules of an installed package, by its entry point in `composeguard.rules`.",
)

equipment_options = together(
    rules_option,
    plugin_option,
    policy_option,
    click.option(
        "--pack",
        "packs",
        multiple=True,
        metavar="NAME|DIR",
        help="Check with this pack: one that comes with composeguard, is installed, or lies in a folder; repeatable.",
    ),
    click.option("--config", metavar="FILE", help="Use this configuration file."),
    click.option("--no-config", is_flag=True, help="Read no configuration file."),
)
"""Where rules and what is said of them come from."""

rule_options = together(
    click.option("--profile", type=PROFILES, help="The set of rules (default: recommended)."),
    click.option(
        "--select",
        multiple=True,
        metavar="CODES",
        help="Run these rules only: codes, names, starts of codes (CG3) or ALL, separated by commas.",
    ),
    click.option("--extend-select", multiple=True, metavar="CODES", help="Run these rules as well."),
    click.option("--ignore", multiple=True, metavar="CODES", help="Leave these rules out."),
    equipment_options,
    click.option("--min-severity", type=SEVERITIES, help="Report nothing below this."),
    click.option("--no-ignores", is_flag=True, help="Report what `# composeguard: ignore[…]` comments accept."),
)

input_options = together(
    click.option(
        "--exclude",
        multiple=True,
        metavar="GLOB",
        help="Skip these files and folders when walking (as in .gitignore).",
    ),
    click.option("--force-exclude", is_flag=True, help="Skip excluded files even if they are named."),
    click.option("--no-respect-gitignore", is_flag=True, help="Walk into what git ignores."),
    click.option("--stdin-filename", metavar="PATH", help="The name of the file that `-` reads from standard input."),
    click.option(
        "--allow-partial",
        is_flag=True,
        help="Parts that cannot be seen (remote or missing includes) are notes, not errors.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0),
        default=words.SECONDS,
        show_default=True,
        metavar="SECONDS",
        help="The time that one project may take; 0 is no limit.",
    ),
    click.option("--allow-no-files", is_flag=True, help="It is no error if nothing matches."),
)

jobs_option = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes that check (default: one for each processor, where there are projects enough).",
)

display_options = together(
    click.option("--color", type=COLOURS, default="auto", help="When to use colours (also: NO_COLOR, FORCE_COLOR)."),
    click.option("--no-progress", is_flag=True, help="Show no counter while checking takes long."),
    click.option("-q", "--quiet", is_flag=True, help="Print the report only."),
    click.option("-v", "--verbose", is_flag=True, help="Say what is read, and show tracebacks of internal errors."),
)
