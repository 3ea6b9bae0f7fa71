"""The command line. A command's code is imported when it is called: most of a run's start is imports."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from composeguard import __version__
from composeguard.errors import ComposeguardError
from composeguard.report import FORMATS

_SEVERITIES = click.Choice(["critical", "high", "medium", "low", "info"])
_THRESHOLDS = click.Choice(["critical", "high", "medium", "low", "info", "never"])
_PROFILES = click.Choice(["baseline", "recommended", "restricted", "cis", "all"])
_FORMATS = click.Choice(list(FORMATS))
_COLOURS = click.Choice(["auto", "always", "never"])

EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130

Command = TypeVar("Command", bound=Callable[..., object])


def _options(*decorators: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def apply(command: Command) -> Command:
        for decorate in reversed(decorators):
            command = decorate(command)
        return command

    return apply


_project_options = _options(
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

_rule_options = _options(
    click.option("--profile", type=_PROFILES, help="The set of rules (default: recommended)."),
    click.option(
        "--select",
        multiple=True,
        metavar="CODES",
        help="Run these rules only: codes, names, starts of codes (CG3) or ALL, separated by commas.",
    ),
    click.option("--extend-select", multiple=True, metavar="CODES", help="Run these rules as well."),
    click.option("--ignore", multiple=True, metavar="CODES", help="Leave these rules out."),
    click.option(
        "--rules",
        "rule_folders",
        multiple=True,
        metavar="DIR",
        help="Load rules of your own from the Python files in this folder.",
    ),
    click.option("--min-severity", type=_SEVERITIES, help="Report nothing below this."),
    click.option("--no-ignores", is_flag=True, help="Report what `# composeguard: ignore[…]` comments accept."),
    click.option("--config", metavar="FILE", help="Use this configuration file."),
    click.option("--no-config", is_flag=True, help="Read no configuration file."),
)

_input_options = _options(
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
        default=300.0,
        show_default=True,
        metavar="SECONDS",
        help="The time that one project may take; 0 is no limit.",
    ),
    click.option("--allow-no-files", is_flag=True, help="It is no error if nothing matches."),
)

_display_options = _options(
    click.option("--color", type=_COLOURS, default="auto", help="When to use colours (also: NO_COLOR, FORCE_COLOR)."),
    click.option("--no-progress", is_flag=True, help="Show no counter while checking takes long."),
    click.option("-q", "--quiet", is_flag=True, help="Print the report only."),
    click.option("-v", "--verbose", is_flag=True, help="Say what is read, and show tracebacks of internal errors."),
)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`composeguard PATHS` is short for `composeguard check PATHS`. Exit codes: 0 clean, 1 findings, "
    "2 bad input or configuration, 3 no file matched, 70 internal error.",
)
@click.version_option(__version__, message="composeguard %(version)s")
def cli() -> None:
    """Find what is dangerous in Compose files, and repair it without hurting the file."""


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATHS|-]…")
@click.option(
    "-f",
    "--format",
    "output_format",
    type=_FORMATS,
    default=None,
    help="The format on standard output (default: full).",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="[FORMAT=]FILE",
    help="Write a report to a file as well; repeatable.",
)
@click.option("--fail-on", type=_THRESHOLDS, help="Exit with 1 from this severity on (default: low).")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--include-suppressed", is_flag=True, help="Show accepted findings in the report, marked as such.")
@click.option("--statistics", is_flag=True, help="Count findings by rule on standard error.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked, and stop.")
@_project_options
@_rule_options
@_input_options
@_display_options
def check(**options: object) -> int:
    """Check Compose files (the default command).

    PATHS are files or folders; folders are walked, honouring .gitignore. Without PATHS, the current folder.
    """
    from composeguard.commands.check import run_check
    from composeguard.commands.options import CheckOptions

    return run_check(CheckOptions.of(options))


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATHS]…")
@click.option("--diff", is_flag=True, help="Show what would change, write nothing; exit with 1 if anything would.")
@click.option(
    "--unsafe",
    is_flag=True,
    help="Make fixes that can change what a container may do; each says what it can break.",
)
@click.option(
    "-i", "--interactive", is_flag=True, help="Ask of each fix, safe and unsafe, showing the finding and the diff."
)
@_project_options
@_rule_options
@_input_options
@_display_options
def fix(**options: object) -> int:
    """Repair Compose files in place, keeping comments and style.

    Every edit is proved before it is written: the new file parses, differs by the fix only, keeps every comment, and
    has the finding no more. What cannot be proved is left alone, with the reason.
    """
    from composeguard.commands.fix import run_fix
    from composeguard.commands.options import FixOptions

    return run_fix(FixOptions.of(options))


@cli.command()
@click.argument("rule")
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def explain(rule: str, verbose: bool) -> int:
    """Print the documentation of one RULE, by its code or name."""
    from composeguard.commands.explain import run_explain

    return run_explain(rule)


@cli.command()
@click.option("-f", "--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option("--profile", type=_PROFILES, help="List the rules of this profile; with cis, what they cover, too.")
@click.option("--rules", "rule_folders", multiple=True, metavar="DIR", help="List the rules of this folder too.")
def rules(output_format: str, rule_folders: tuple[str, ...], profile: str | None) -> int:
    """List all rules, or those of a profile."""
    from composeguard.commands.rules import run_rules

    return run_rules(output_format, rule_folders, profile)


@cli.command()
@click.argument("directory", required=False, metavar="[DIR]")
@click.option("-f", "--format", "output_format", type=click.Choice(["json", "yaml"]), default="json")
@click.option("--origins", is_flag=True, help="Show where each value was written and how it came.")
@click.option("--project-name", metavar="NAME")
@_project_options
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def resolve(**options: object) -> int:
    """Print the project as it deploys, as `docker compose config` does.

    As strict as the reference: what it refuses is refused here, with exit code 2.
    """
    from composeguard.commands.resolve import ResolveOptions, run_resolve

    return run_resolve(ResolveOptions.of(options))


def run(arguments: list[str]) -> int:
    """Run the command line; every way out is an exit code."""
    known = {*cli.commands, "-h", "--help", "--version"}
    if not arguments or arguments[0] not in known:
        arguments = ["check", *arguments]
    verbose = any(argument in ("-v", "--verbose") for argument in arguments)
    try:
        result = cli.main(arguments, prog_name="composeguard", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return 2
    except (click.Abort, KeyboardInterrupt):
        sys.stderr.write("composeguard: interrupted\n")
        return EXIT_INTERRUPTED
    except ComposeguardError as error:
        sys.stderr.write(f"composeguard: error: {_printable(str(error))}\n")
        return error.exit_code
    except BrokenPipeError:
        # The reader has gone (`| head`): nothing more to say, and nothing to say it to.
        _silence_stdout()
        return EXIT_PIPE
    except OSError as error:
        sys.stderr.write(f"composeguard: error: {_printable(str(error))}\n")
        return 2
    except Exception as error:  # noqa: BLE001 -- the last resort: a line for people in place of a traceback
        return _internal_error(error, verbose)


EXIT_PIPE = 141


def _printable(text: str) -> str:
    """Names of files are untrusted: no control character of theirs reaches the terminal."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text)


def _silence_stdout() -> None:
    import os

    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())


def _internal_error(error: Exception, verbose: bool) -> int:
    if verbose:
        import traceback

        traceback.print_exception(error)
    from composeguard.report.options import HOME

    name = type(error).__name__
    sys.stderr.write(
        f"composeguard: internal error ({name}): please report it with the output of `composeguard -v …` "
        f"at {HOME}/issues\n"
    )
    return EXIT_INTERNAL
