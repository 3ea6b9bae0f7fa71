"""What reading costs: against a bare pass over libyaml's events on the same text, and as projects grow.

    python benchmarks/reading.py [--rounds N]

Reading is all that comes before the model: events, tree, variables, schema check and canonical form. The cyclic
collector is off while the clock runs, as `timeit` has it, so that nobody pays for the garbage of another.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import yaml
from projects import project

from composeguard.compose.files import Files
from composeguard.compose.loader import load
from composeguard.compose.request import Request
from composeguard.engine.run import Selection, check
from composeguard.model.bind import bind
from composeguard.policy.builtin import load_builtin
from composeguard.source.read import read_source

_SIZES = (1_000, 10_000, 100_000)
_BASE = """\
x-base: &base
  restart: unless-stopped
  read_only: true
  environment: &variables
    LOG_LEVEL: info
    MODE: production
"""


def without_variables(services: int) -> str:
    return project(services).replace("${TAG:-", "").replace('.0}"', '.0"')


def with_merge_keys(services: int) -> str:
    text = without_variables(services).replace("    restart: unless-stopped\n", "    <<: *base\n")
    return _BASE + text.replace("    environment:\n", "    environment:\n      <<: *variables\n")


def many_services(count: int) -> str:
    return "services:\n" + "".join(
        f'  s{index}: {{image: "app:1.{index}", read_only: true}}\n' for index in range(count)
    )


def many_ports(count: int) -> str:
    head = "services:\n  web:\n    image: app:1\n    ports:\n"
    return head + "".join(
        f'      - "127.0.{index // 50_000}.1:{1_000 + index % 50_000}:80"\n' for index in range(count)
    )


def events(text: str) -> None:
    for _ in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        pass


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes; what it returns is kept until the clock has stopped."""
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    result = work()
    elapsed = time.perf_counter() - started
    del result
    gc.enable()
    return elapsed


def in_turns(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, work in runs.items():
            times[name].append(seconds(work))
    return times


def _request(folder: str, text: str) -> Request:
    path = Path(folder) / "compose.yaml"
    path.write_text(text)
    return Request(files=(str(path),), project_directory=folder, root=folder)


def ratios(rounds: int) -> None:
    """The composer and the whole loader, as multiples of the events alone."""
    for title, text in (
        ("without variables", without_variables(1_000)),
        ("with variables", project(1_000)),
        ("with merge keys", with_merge_keys(1_000)),
    ):
        data = text.encode()
        with tempfile.TemporaryDirectory() as folder:
            request = _request(folder, text)
            times = in_turns(
                {
                    "yaml.parse": lambda text=text: events(text),  # type: ignore[misc]
                    "read_source": lambda data=data: read_source("compose.yaml", data),  # type: ignore[misc]
                    "load": lambda request=request, folder=folder: load(request, Files(root=folder)),  # type: ignore[misc]
                },
                rounds,
            )
        columns = []
        for name, column in times.items():
            ratio = statistics.median(a / b for a, b in zip(column, times["yaml.parse"], strict=True))
            columns.append(f"{name} {len(data) / statistics.median(column) / 1e6:6.1f} MB/s = {ratio:5.2f}")
        print(f"reading {title:18} {'   '.join(columns)}", flush=True)


def growth(rounds: int) -> None:
    """Time per item of each stage, as a multiple of what it is for the fewest items: 1 is linear."""
    rules = load_builtin()
    for title, make in (("services", many_services), ("ports in a list", many_ports)):
        first: dict[str, float] = {}
        for size in _SIZES:
            text = make(size)
            with tempfile.TemporaryDirectory() as folder:
                request = _request(folder, text)
                loaded = load(request, Files(root=folder))
                reading = bind(loaded)
                times = in_turns(
                    {
                        "yaml.parse": lambda text=text: events(text),  # type: ignore[misc]
                        "load": lambda request=request, folder=folder: load(request, Files(root=folder)),  # type: ignore[misc]
                        "bind": lambda loaded=loaded: bind(loaded),  # type: ignore[misc]
                        "check": lambda reading=reading: check(reading, Selection(rules)),  # type: ignore[misc]
                    },
                    rounds if size < _SIZES[-1] else 1,
                )
            each = {name: min(column) / size for name, column in times.items()}
            first = first or each
            columns = "   ".join(
                f"{name} {each[name] * 1e6:7.1f} us = {each[name] / first[name]:5.2f}" for name in each
            )
            print(f"growth {size:7,} {title:16} {columns}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    ratios(options.rounds)
    growth(max(2, options.rounds // 3))


if __name__ == "__main__":
    main()
