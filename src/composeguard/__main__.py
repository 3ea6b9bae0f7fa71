"""The entry point of `composeguard` and of `python -m composeguard`."""

from __future__ import annotations

import gc
import sys

_YOUNG = 100_000
"""Objects made before the cyclic collector looks for garbage. What a run makes stays or goes without it; at the usual
700, a fifth of the time goes into looking at all of it again and again."""


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Asked for by every editor and hook at start: answered before the command line library is imported.
        from composeguard import __version__

        sys.stdout.write(f"composeguard {__version__}\n")
        return 0
    from composeguard import remembered

    return remembered.run(sys.argv[1:], _run)


def _run(arguments: list[str]) -> int:
    gc.set_threshold(_YOUNG)
    from composeguard.cli import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
