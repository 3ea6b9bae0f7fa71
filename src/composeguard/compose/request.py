"""What is asked of the loader: which files make a project, and what surrounds them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from composeguard.source.limits import DEFAULT, Limits


class Request(Struct, frozen=True):
    """One project. All paths are absolute; `composeguard.compose.discover` makes requests from folders."""

    files: tuple[str, ...]
    """In the order of `-f`: later ones override."""
    project_directory: str
    """What relative paths in `files` are relative to."""
    root: str
    """The folder that bounds what may be read, usually the repository's."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Stands in for the process environment."""
    env_files: tuple[str, ...] | None = None
    """None: `.env` in the project directory, when there is one."""
    profiles: tuple[str, ...] = ()
    project_name: str | None = None
    strict: bool = False
    """As the reference: a variable without value is "", a required one an error. Else it is `Unresolved`."""
    consistent: bool = True
    """Whether its parts must fit together: what is named is defined, what runs has an image."""
    resolved_paths: bool = True
    """Whether relative paths become absolute in strict mode."""
    home: str = ""
    """What `~` stands for where paths become absolute, which is in strict mode."""
    limits: Limits = DEFAULT
