"""Makes the pictures of the README from `examples/platform`: the page in light and dark, and the terminal.

`python benchmarks/pictures.py` needs `chromium` for the page; what it writes into docs/pictures/ is committed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from html import escape
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PICTURES = PROJECT / "docs" / "pictures"
EXAMPLE = PROJECT / "examples" / "platform"
WIDTH, HEIGHT = 1280, 1150

_COLUMNS = 118
_CELL, _LINE, _MARGIN = 7.8, 18, 18
_CODE = re.compile(r"\x1b\[([0-9;]*)m")
_COLOURS = {"31": "#ff7b85", "32": "#7ee29a", "33": "#e8c15a", "36": "#7cc7f2"}
_BACKGROUND, _TEXT, _FAINT = "#14171c", "#e4e7eb", "#98a1ad"


def on_a_terminal(*options: str) -> list[str]:
    """The lines that `check` prints for the example on a terminal with colours."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 50, _COLUMNS, 0, 0))
    command = [sys.executable, "-m", "composeguard", "check", "--no-progress", *options]
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color"}
    process = subprocess.Popen(command, cwd=EXAMPLE, env=environment, stdout=side, stderr=subprocess.DEVNULL)
    os.close(side)
    pieces: list[bytes] = []
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while piece := os.read(main, 65536):
            pieces.append(piece)
    process.wait()
    return _whole_styles(b"".join(pieces).decode().replace("\r\n", "\n").rstrip("\n").splitlines())


def _whole_styles(lines: list[str]) -> list[str]:
    """Each line with the style that the one before leaves on."""
    found: list[str] = []
    style = ""
    for line in lines:
        found.append(style + line)
        style = next((code.group() for code in reversed(list(_CODE.finditer(line)))), style)
    return found


def page() -> None:
    """Screenshots of the page; the two differ in what the browser says that its user prefers."""
    browser = shutil.which("chromium") or sys.exit("chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.html"
        command = [sys.executable, "-m", "composeguard", "check", "--format", "html"]
        source.write_bytes(subprocess.run(command, cwd=EXAMPLE, stdout=subprocess.PIPE).stdout)
        for name, options in {
            "light": [],
            "dark": ["--force-dark-mode", "--enable-features=WebContentsForceDark:inversion_method/none"],
        }.items():
            command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *options]
            command += [f"--user-data-dir={folder}/{name}", f"--window-size={WIDTH},{HEIGHT}"]
            command += [f"--screenshot={PICTURES / f'page-{name}.png'}", source.as_uri()]
            subprocess.run(command, capture_output=True, check=True, timeout=120)


def terminal() -> str:
    """The worst findings, as a terminal shows them."""
    lines = on_a_terminal("--min-severity", "critical")
    lines = ["\x1b[2m$\x1b[0m \x1b[1mcomposeguard --min-severity critical\x1b[0m", *lines]
    width, height = round(_COLUMNS * _CELL + 2 * _MARGIN), len(lines) * _LINE + 2 * _MARGIN
    rows = "\n".join(_row(line, number) for number, line in enumerate(lines, 1) if line)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="composeguard in a terminal">\n'
        f'<rect width="100%" height="100%" rx="8" fill="{_BACKGROUND}"/>\n'
        f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, monospace" font-size="13" '
        f'fill="{_TEXT}" xml:space="preserve">\n{rows}\n</g>\n</svg>\n'
    )


def _row(line: str, number: int) -> str:
    """One line: a run of text for each style, at its place whatever font the reader has."""
    y = _MARGIN + number * _LINE - 5
    pieces: list[str] = []
    style, column = "", 0
    position = 0
    for code in [*_CODE.finditer(line), None]:
        text = line[position : code.start() if code else len(line)]
        if text.strip():
            lead = len(text) - len(text.lstrip())
            shown = text.strip()
            x, length = _MARGIN + (column + lead) * _CELL, len(shown) * _CELL
            pieces.append(
                f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}"{style}>{escape(shown, quote=False)}</text>'
            )
        column += len(text)
        if code:
            style = _style(code[1].split(";"))
            position = code.end()
    return "".join(pieces)


def _style(codes: list[str]) -> str:
    colour = next((_COLOURS[code] for code in codes if code in _COLOURS), _FAINT if "2" in codes else "")
    return (f' fill="{colour}"' if colour else "") + (' font-weight="bold"' if "1" in codes else "")


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    (PICTURES / "terminal.svg").write_text(terminal(), "utf-8", newline="\n")
    page()
