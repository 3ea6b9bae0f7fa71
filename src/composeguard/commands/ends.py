"""The ways in which a run ends: every one is an exit code, and a line for people where something went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from composeguard.errors import ComposeguardError

EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130
EXIT_PIPE = 141


def ended(run: Callable[[], object], *, verbose: bool) -> int:
    """The exit code of a run, however it ends."""
    try:
        result = run()
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except KeyboardInterrupt:
        return interrupted()
    except ComposeguardError as error:
        sys.stderr.write(f"composeguard: error: {_printable(str(error))}\n")
        return error.exit_code
    except BrokenPipeError:
        # The reader has gone (`| head`): nothing more to say, and nothing to say it to.
        _silence_stdout()
        return EXIT_PIPE
    except OSError as error:
        what = f"{error.filename}: " if error.filename else "the output cannot be written: "
        sys.stderr.write(f"composeguard: error: {_printable(what + (error.strerror or str(error)))}\n")
        return 2
    except Exception as error:  # noqa: BLE001 -- the last resort: a line for people in place of a traceback
        return _internal_error(error, verbose)


def interrupted() -> int:
    """What Ctrl-C comes to."""
    sys.stderr.write("composeguard: interrupted\n")
    return EXIT_INTERRUPTED


def _printable(text: str) -> str:
    """Names of files are untrusted: no control character of theirs reaches the terminal."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\ufffd" for char in text)


def _silence_stdout() -> None:
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
