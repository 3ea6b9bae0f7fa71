"""The entry point of `composeguard` and of `python -m composeguard`."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys

TYPE_CHECKING = False
"""Without `typing`, which a remembered run can do without."""
if TYPE_CHECKING:
    from typing import NoReturn

_YOUNG = 100_000
"""Objects made before the cyclic collector looks for garbage. What a run makes stays or goes without it; at the usual
700, a fifth of the time goes into looking at all of it again and again."""

EXIT_INTERRUPTED = 130
EXIT_PIPE = 141


def entry() -> NoReturn:
    """What the installed program calls. It ends here and now: to take apart what the operating system takes back in one
    go anyway is a quarter of a short run."""
    code = main()
    if sys.gettrace() is not None or sys.getprofile() is not None:
        # Who watches a run wants to see its end.
        sys.exit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        sys.exit(code)
    atexit._run_exitfuncs()
    os._exit(code)


def main() -> int:
    """Run the command line; returns the exit code."""
    _ready_streams()
    try:
        return _main()
    except BrokenPipeError:
        # The reader has gone (`| head`): nothing more to say, and nothing to say it to.
        _silence()
        return EXIT_PIPE
    except OSError as error:
        _silence()
        sys.stderr.write(f"composeguard: error: the output cannot be written: {error.strerror}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("composeguard: interrupted\n")
        return EXIT_INTERRUPTED


def _main() -> int:
    if sys.argv[1:] in (["--version"], ["-V"]):
        # Asked for by every editor and hook at start: answered before the command line library is imported.
        from composeguard import __version__

        sys.stdout.write(f"composeguard {__version__}\n")
        sys.stdout.flush()
        return 0
    from composeguard import remembered

    return remembered.run(sys.argv[1:], _run)


def _run(arguments: list[str]) -> int:
    gc.set_threshold(_YOUNG)
    from composeguard import base
    from composeguard.commands.names import COMMANDS

    command = arguments[0] if arguments and arguments[0] in COMMANDS else "check"
    if command in ("check", "fix") and not any(word.startswith(("--rules", "--plugin")) for word in arguments):
        # Nobody but the built-in rules sees a model.
        base.use_stand_ins()
    from composeguard.commands.straight import plain_check

    options = plain_check(arguments)
    if options is not None:
        from composeguard.commands.check import run_check
        from composeguard.commands.ends import ended

        return ended(lambda: run_check(options), verbose=options.verbose)
    from composeguard.cli import run

    return run(arguments)


def _ready_streams() -> None:
    """A stream that is closed becomes one that takes everything; a terminal of another encoding gets escapes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 -- open till the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _silence() -> None:
    """What is still held back for standard output is not to fail once more at the end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


if __name__ == "__main__":
    entry()
