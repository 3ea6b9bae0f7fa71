"""Ask the reference loader what it makes of a project: a client of the program in `tests/reference`.

The program is optional (it needs Go to build): without it `find_oracle` gives None, and tests skip with
`BUILD_HELP`.
"""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Self, get_args

from msgspec import Struct, field
from msgspec.structs import fields
from tests.json_value import Json

REFERENCE = Path(__file__).resolve().parent / "reference"
BUILD_HELP = "the reference is not built: cd tests/reference && go build -trimpath -o oracle ."
DEFAULT_TIMEOUT = 5.0  # seconds, the program's own default
GRACE = 10.0  # seconds that the program gets on top of a request's limit before it is killed

FLAGS = (
    "model",
    "no_interpolate",
    "no_normalize",
    "no_consistency",
    "no_path_resolution",
    "no_env_resolution",
)
Result = Literal["accept", "reject", "timeout", "memory", "crash"]


class Request(Struct, frozen=True):
    """How a project is asked for: the options of `docker compose config`, and the process environment.

    Paths are relative to the project's folder. No `files` means discovery of the default names.
    """

    files: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    env_files: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    name: str = ""
    project_dir: str = ""
    model: bool = False
    no_interpolate: bool = False
    no_normalize: bool = False
    no_consistency: bool = False
    no_path_resolution: bool = False
    no_env_resolution: bool = False

    def as_json(self) -> dict[str, Json]:
        """The keys that differ from the defaults, as in a `case.json` and in the program's requests."""
        out: dict[str, Json] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Mapping):
                value = dict(value)
            elif isinstance(value, tuple):
                value = list(value)
            if value:
                out[item.name] = value
        if not self.files:
            out["discover"] = True
        return out

    @staticmethod
    def from_json(data: Mapping[str, Json]) -> Request:
        """The request of a `case.json`; without files and without `discover`, it asks for compose.yaml."""
        files = _strings(data.get("files"))
        env = data.get("env")
        return Request(
            files=files if files or data.get("discover") else ("compose.yaml",),
            env={key: str(value) for key, value in env.items()} if isinstance(env, dict) else {},
            env_files=_strings(data.get("env_files")),
            profiles=_strings(data.get("profiles")),
            name=str(data.get("name", "")),
            project_dir=str(data.get("project_dir", "")),
            **{flag: bool(data.get(flag)) for flag in FLAGS},
        )


class Answer(Struct, frozen=True):
    """What the reference says: `project` when it accepts, else `error` (empty for timeout and memory)."""

    result: Result
    project: Json = None
    error: str = ""
    warnings: tuple[str, ...] = ()
    disabled_services: tuple[str, ...] = ()


class OracleError(Exception):
    """The program could not be run, or did not understand the request."""


def find_oracle() -> Path | None:
    """The built program, or None."""
    for name in ("oracle", "oracle.exe"):
        if (REFERENCE / name).is_file():
            return REFERENCE / name
    return None


class Oracle:
    """One batch process; started by the first request and again after it had to be killed."""

    def __init__(self, program: Path | None = None) -> None:
        """`program` defaults to `find_oracle()`; raises OracleError when there is none."""
        found = program or find_oracle()
        if found is None:
            raise OracleError(BUILD_HELP)
        self._program = found
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(self, folder: Path, request: Request, *, timeout: float = DEFAULT_TIMEOUT) -> Answer:
        """Load the project in `folder` (absolute); running out of `timeout` seconds is an answer too."""
        line = json.dumps({**request.as_json(), "dir": str(folder), "timeout": timeout})
        text = self._ask(line, timeout + GRACE)
        if text is None:
            self.close()
            return Answer("timeout")
        if not text:
            self.close()
            return Answer("crash", error="the program ended")
        return _answer(json.loads(text))

    def close(self) -> None:
        """End the process; the next request starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            # At the end of its input the program ends its own child, too.
            process.stdin.close()
            process.wait(2)
        except (OSError, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
        process.stdout.close()

    def _ask(self, line: str, limit: float) -> str | None:
        """The answer's line, "" when the process ended, None when the limit passed."""
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
        except OSError:
            return ""
        try:
            return self._lines.get(timeout=limit)
        except queue.Empty:
            return None

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [str(self._program), "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={},
        )
        assert process.stdout is not None
        # A queue of its own for every process: a late line of a killed one is never taken for an answer.
        self._lines = queue.Queue()
        threading.Thread(target=_pump, args=(process.stdout, self._lines), daemon=True).start()
        self._process = process
        return process


def _pump(pipe: IO[str], lines: queue.Queue[str]) -> None:
    try:
        for line in pipe:
            lines.put(line)
    except ValueError:  # closed while it is read
        pass
    lines.put("")


def _answer(data: dict[str, Json]) -> Answer:
    result = data.get("result")
    error = data.get("error", "")
    assert isinstance(error, str)
    for known in get_args(Result):
        if result == known:
            return Answer(
                known,
                data.get("project"),
                error,
                _strings(data.get("warnings")),
                _strings(data.get("disabled_services")),
            )
    raise OracleError(f"{result}: {error}")


def _strings(value: Json) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
