"""The options that `check` and `fix` share, as the command line gives them."""

from __future__ import annotations

from typing import Any, Self

from msgspec import Struct

_LISTS_OF_WORDS = ("select", "extend_select", "ignore")


class LintOptions(Struct, frozen=True, kw_only=True):
    """Names are those of the options; an option that is not given is None, empty or False."""

    paths: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    environment: bool = False
    compose_profiles: tuple[str, ...] = ()
    project_directory: str | None = None
    profile: str | None = None
    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rule_folders: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    min_severity: str | None = None
    no_ignores: bool = False
    config: str | None = None
    no_config: bool = False
    exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    no_respect_gitignore: bool = False
    stdin_filename: str | None = None
    allow_partial: bool = False
    allow_no_files: bool = False
    color: str = "auto"
    jobs: int | None = None
    """Processes to use; None is as many as pay."""
    timeout: float = 0.0
    """Seconds that one project may take; 0 is no limit."""
    no_progress: bool = False
    quiet: bool = False
    verbose: bool = False

    @classmethod
    def of(cls, options: dict[str, Any]) -> Self:
        """From what click parsed; lists of words may be given with commas, too."""
        words = {name: _words(options[name]) for name in _LISTS_OF_WORDS if name in options}
        return cls(**{**options, **words})


def _words(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


class CheckOptions(LintOptions, frozen=True, kw_only=True):
    """What `check` adds."""

    output_format: str | None = None
    outputs: tuple[str, ...] = ()
    fail_on: str | None = None
    exit_zero: bool = False
    include_suppressed: bool = False
    statistics: bool = False
    show_files: bool = False
    no_cache: bool = False
    """Said here for the help; a run that is recalled does not come so far."""
    baseline: str | None = None
    since: str | None = None
    add_ignore: str | None = None


class FixOptions(LintOptions, frozen=True, kw_only=True):
    """What `fix` adds."""

    diff: bool = False
    unsafe: bool = False
    interactive: bool = False


class BaselineOptions(LintOptions, frozen=True, kw_only=True):
    """What `baseline` adds."""

    action: str
    target: str | None = None
