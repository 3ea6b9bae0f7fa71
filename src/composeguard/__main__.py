"""The entry point of `composeguard` and of `python -m composeguard`."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line; returns the exit code."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Asked for by every editor and hook at start: answered before the command line library is imported.
        from composeguard import __version__

        sys.stdout.write(f"composeguard {__version__}\n")
        return 0
    from composeguard.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
