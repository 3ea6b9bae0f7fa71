"""How to write to a stream: colours, links and width, from the options, the environment and the terminal."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TextIO

from composeguard.commands.options import CheckOptions, LintOptions
from composeguard.commands.places import current_folder
from composeguard.report.colour import When, wants_colour, wants_links
from composeguard.report.options import RenderOptions

_WIDTH = 120
"""Of what is no terminal: the same report wherever it is piped to."""


def render_options(options: LintOptions, stream: TextIO) -> RenderOptions:
    """What a format needs to know to write to this stream."""
    isatty = stream.isatty()
    width = _WIDTH
    if isatty:
        with suppress(OSError, ValueError):
            width = max(60, min(160, os.get_terminal_size(stream.fileno()).columns))
    colour = wants_colour(When(options.color), os.environ, isatty=isatty)
    return RenderOptions(
        colour=colour,
        links=wants_links(os.environ, colour=colour, isatty=isatty),
        width=width,
        wrap=isatty,
        folder=str(current_folder()),
        include_suppressed=isinstance(options, CheckOptions) and options.include_suppressed,
    )
