"""The command line. A command's code is imported when it is called: most of a run's start is imports."""

from __future__ import annotations

import sys
from typing import Any

import click

from composeguard import __version__
from composeguard.cli_options import (
    FORMAT_NAMES,
    PROFILES,
    SEVERITIES,
    THRESHOLDS,
    display_options,
    equipment_options,
    input_options,
    jobs_option,
    plugin_option,
    policy_option,
    project_options,
    rule_options,
    rules_option,
)
from composeguard.commands.ends import ended, interrupted
from composeguard.commands.names import COMPLETION


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
    type=FORMAT_NAMES,
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
@click.option("--fail-on", type=THRESHOLDS, help="Exit with 1 from this severity on (default: low).")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--include-suppressed", is_flag=True, help="Show accepted findings in the report, marked as such.")
@click.option("--baseline", metavar="FILE", help="Accept the findings that this file knows; see `baseline`.")
@click.option("--since", metavar="GITREF", help="Report only what changed since this commit or branch.")
@click.option(
    "--add-ignore",
    metavar="REASON",
    help="Write comments that accept what is found, with this reason, in place of a report.",
)
@click.option("--statistics", is_flag=True, help="Count findings by rule on standard error.")
@click.option("--no-cache", is_flag=True, help="Check anew, and remember nothing of this run.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked, and stop.")
@project_options
@rule_options
@input_options
@jobs_option
@display_options
def check(**options: object) -> int:
    """Check Compose files (the default command).

    PATHS are files or folders; folders are walked, honouring .gitignore. Without PATHS, the current folder.
    """
    from composeguard.commands.options import CheckOptions

    checked = CheckOptions.of(options)
    if checked.add_ignore is not None:
        from composeguard.commands.add_ignore import run_add_ignore

        return run_add_ignore(checked)
    from composeguard.commands.check import run_check

    return run_check(checked)


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
@project_options
@rule_options
@input_options
@jobs_option
@display_options
def fix(**options: object) -> int:
    """Repair Compose files in place, keeping comments and style.

    Every edit is proved before it is written: the new file parses, differs by the fix only, keeps every comment, and
    has the finding no more. What cannot be proved is left alone, with the reason.

    A diff shows lines as they stand in the file, with any secret in them: it is a patch, not a report.
    """
    from composeguard.commands.fix import run_fix
    from composeguard.commands.options import FixOptions

    return run_fix(FixOptions.of(options))


@cli.command()
@click.argument("action", type=click.Choice(["write", "update", "prune"]))
@click.argument("paths", nargs=-1, metavar="[PATHS]…")
@click.option("--baseline", "target", metavar="FILE", help="The file (default: .composeguard-baseline.json).")
@project_options
@rule_options
@input_options
@jobs_option
@display_options
def baseline(**options: object) -> int:
    """Keep a file of the findings that are known today, so that only new ones fail.

    `write` makes the file anew; `update` adds what is new and removes what is gone; `prune` only removes. Then
    `composeguard check --baseline FILE`, or `baseline: FILE` in the configuration.
    """
    from composeguard.commands.baseline import run_baseline
    from composeguard.commands.options import BaselineOptions

    return run_baseline(BaselineOptions.of(options))


@cli.command()
@click.argument("directory", required=False, default=".", metavar="[DIR]")
@click.option("--pre-commit", is_flag=True, help="Write .pre-commit-config.yaml.")
@click.option("--github", is_flag=True, help="Write .github/workflows/composeguard.yml.")
@click.option("--gitlab", is_flag=True, help="Write .gitlab/composeguard.yml, to include in .gitlab-ci.yml.")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def init(directory: str, pre_commit: bool, github: bool, gitlab: bool, force: bool, verbose: bool) -> int:
    """Write a first .composeguard.yaml, and files that run composeguard elsewhere.

    Nothing is overwritten without --force.
    """
    from composeguard.commands.init import InitOptions, run_init

    return run_init(InitOptions(directory=directory, pre_commit=pre_commit, github=github, gitlab=gitlab, force=force))


@cli.group()
def config() -> None:
    """What a configuration may say, and what yours says."""


@config.command("schema")
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def config_schema(verbose: bool) -> int:
    """Print the JSON schema of .composeguard.yaml, for editors."""
    from composeguard.commands.config_schema import page
    from composeguard.policy.builtin import load_builtin

    sys.stdout.write(page(load_builtin()))
    return 0


@config.command("show")
@click.argument("paths", nargs=1, required=False, metavar="[PATH]")
@click.option("-f", "--format", "output_format", type=click.Choice(["text", "json"]), default="text")
@rule_options
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def config_show(paths: str | None, output_format: str, **options: object) -> int:
    """Print the settings that hold for a file or folder, and where each was said."""
    from composeguard.commands.config_show import run_show
    from composeguard.commands.options import LintOptions

    return run_show(LintOptions.of({**options, "paths": (paths,) if paths else ()}), output_format)


@cli.command()
@click.argument("rule")
@equipment_options
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def explain(rule: str, **options: object) -> int:
    """Print the documentation of one RULE, by its code or name; policies of this folder's configuration included."""
    from composeguard.commands.configured import rules_here
    from composeguard.commands.explain import run_explain
    from composeguard.commands.options import LintOptions

    return run_explain(rule, rules_here(LintOptions.of(options)))


@cli.command()
@click.option("-f", "--format", "output_format", type=click.Choice(["table", "json", "markdown"]), default="table")
@click.option("--profile", type=PROFILES, help="List the rules of this profile; with cis, what they cover, too.")
@equipment_options
def rules(output_format: str, profile: str | None, **options: object) -> int:
    """List all rules, or those of a profile; policies of this folder's configuration included."""
    from composeguard.commands.configured import rules_here
    from composeguard.commands.options import LintOptions
    from composeguard.commands.rules import run_rules

    return run_rules(output_format, list(rules_here(LintOptions.of(options))), profile)


@cli.group()
def policy() -> None:
    """Write, check and test declarative policies."""


@policy.command("validate")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR…")
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def policy_validate(paths: tuple[str, ...], verbose: bool) -> int:
    """Load policies; what is wrong with one is shown at its place, with exit code 2."""
    from composeguard.commands.policy_test import run_validate

    return run_validate(paths)


@policy.command("test")
@click.argument("paths", nargs=-1, metavar="[FILE|DIR]…")
@policy_option
@rules_option
@plugin_option
@click.option("--require-all", is_flag=True, help="Exit with 1 if a policy has no test.")
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def policy_test(
    paths: tuple[str, ...],
    policies: tuple[str, ...],
    rule_folders: tuple[str, ...],
    plugins: tuple[str, ...],
    require_all: bool,
    verbose: bool,
) -> int:
    """Test policies: their examples, and files that mark lines with `# expect: CODE` and `# ok: CODE`.

    PATHS are files and folders of policies and of tests. A file `name.fixed.yml` shows what fixes make of `name.yml`
    or `name.bad.yml`. Rules in Python (`--rules`, `--plugin`) are tested in the same way. Exits with 1 if a test fails.
    """
    from composeguard.commands.policy_test import run_test

    return run_test(paths, policies, rule_folders, plugins, require_all=require_all)


@policy.command("new")
@click.argument("folder", default="policies", metavar="[DIR]")
@click.option("--code", help="Such as ACME001.")
@click.option("--name", help="In lower case, with dashes.")
@click.option("--template", metavar="NAME", help="The template, or `expression`.")
@click.option("--severity", type=SEVERITIES)
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def policy_new(verbose: bool, **options: Any) -> int:
    """Write a policy and its test into DIR; asks for what the options do not say."""
    from composeguard.commands.policy_new import NewOptions, run_new

    return run_new(NewOptions(**options))


@policy.command("schema")
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def policy_schema(verbose: bool) -> int:
    """Print the JSON schema of files of policies, for editors."""
    from composeguard.policy.schema import page

    sys.stdout.write(page())
    return 0


@cli.command()
@click.argument("directory", required=False, metavar="[DIR]")
@click.option("-f", "--format", "output_format", type=click.Choice(["json", "yaml"]), default="json")
@click.option("--origins", is_flag=True, help="Show where each value was written and how it came.")
@click.option("--project-name", metavar="NAME")
@project_options
@click.option("--no-path-resolution", is_flag=True, help="Leave relative paths as they are written.")
@click.option("--no-consistency", is_flag=True, help="Print a project whose parts do not fit together, too.")
@click.option("-v", "--verbose", is_flag=True, help="Show tracebacks of internal errors.")
def resolve(**options: object) -> int:
    """Print the project as it deploys, as `docker compose config` does.

    As strict as the reference: what it refuses is refused here, with exit code 2.
    """
    from composeguard.commands.resolve import ResolveOptions, run_resolve

    return run_resolve(ResolveOptions.of(options))


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> int:
    """Print the script that completes commands and options in a SHELL.

    For bash: `eval "$(composeguard completion bash)"` in ~/.bashrc.
    """
    from click.shell_completion import get_completion_class

    known = get_completion_class(shell)
    assert known is not None
    sys.stdout.write(known(cli, {}, "composeguard", COMPLETION).source() + "\n")
    return 0


def run(arguments: list[str]) -> int:
    """Run the command line; every way out is an exit code."""
    known = {*cli.commands, "-h", "--help", "--version"}
    if not arguments or arguments[0] not in known:
        arguments = ["check", *arguments]
    verbose = any(argument in ("-v", "--verbose") for argument in arguments)
    return ended(lambda: _parsed(arguments), verbose=verbose)


def _parsed(arguments: list[str]) -> object:
    try:
        return cli.main(arguments, prog_name="composeguard", standalone_mode=False)
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return 2
    except click.Abort:
        return interrupted()
