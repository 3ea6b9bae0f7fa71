"""Projects that are made to cost: each is answered within seconds and little memory, by a limit or by not caring."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.hostile_run import call

ONE = "services:\n  a:\n    image: nginx:1\n"
NINE = 9
SECONDS = 3.0


def _tree(depth: int) -> dict[str, str]:
    """Files that include the next one three times each."""
    line = "include: [c{0}.yaml, ./c{0}.yaml, {{path: [c{0}.yaml, c{0}.yaml]}}]\nservices: {{s{0}: {{image: x}}}}\n"
    files = {f"c{number}.yaml": line.format(number + 1) for number in range(1, depth)}
    return {"compose.yaml": line.format(1), **files, f"c{depth}.yaml": ONE}


HOSTILE: Mapping[str, Mapping[str, str]] = {
    "aliases": {
        "compose.yaml": "x-a: &a0 [x]\n"
        + "".join(f"x-{n}: &a{n} [{','.join([f'*a{n - 1}'] * NINE)}]\n" for n in range(1, 12))
        + ONE
    },
    "merge keys": {
        "compose.yaml": "x-a: &a0 {k: 1}\n"
        + "".join(f"x-{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * NINE)}], z: *a{n - 1}}}\n" for n in range(1, 12))
        + f"{ONE}    <<: *a11\n"
    },
    "deep lists": {"compose.yaml": f"x: {'[' * 100_000}{']' * 100_000}\n{ONE}"},
    "deep mappings": {"compose.yaml": f"x: {'{a: ' * 50_000}1{'}' * 50_000}\n{ONE}"},
    "deep block": {"compose.yaml": "x:\n" + "".join(" " * (n + 1) + "a:\n" for n in range(2000)) + ONE},
    "deep dashes": {"compose.yaml": f"x:\n  {'- ' * 100_000}a\n{ONE}"},
    "deep keys": {"compose.yaml": f"{'? ' * 20_000}a\n{ONE}"},
    "a long key": {"compose.yaml": f"x-{'k' * 3_000_000}: 1\n{ONE}"},
    "long integers": {
        "compose.yaml": f"{ONE}    cpu_shares: {'9' * 2_000_000}\n    pids_limit: 0x{'f' * 500_000}\n"
        f"    mem_limit: {'9' * 100_000}g\n    ports: ['{'9' * 100_000}:80']\n    scale: 1{':59' * 100_000}\n"
    },
    "long floats": {"compose.yaml": f"{ONE}    cpus: 1e{'9' * 100_000}\n    x-y: 0.{'1' * 500_000}\n"},
    "exposed ports": {"compose.yaml": f"{ONE}    expose:\n" + "      - 1-65535\n" * 200},
    "includes in a circle": {"compose.yaml": f"include: [b.yaml]\n{ONE}", "b.yaml": "include: [compose.yaml]\n"},
    "includes in a tree": _tree(14),
    "extends in a circle": {
        "compose.yaml": "services: {a: {extends: b}, b: {extends: a}, c: {extends: {file: compose.yaml, service: c}}}\n"
    },
    "variables in a tree": {
        "compose.yaml": f"{ONE}    command: $V40\n",
        ".env": "V0=xxxxxxxxxx\n" + "".join(f"V{n}=${{V{n - 1}}}${{V{n - 1}}}\n" for n in range(1, 41)),
    },
    "a long variable": {"compose.yaml": f"{ONE}    command: $A$A$A$A\n", ".env": f"A={'x' * 4_000_000}\n"},
    "defaults in defaults": {"compose.yaml": f"{ONE}    command: {'${A:-' * 2000}x{'}' * 2000}\n"},
    "many documents": {"compose.yaml": "---\n".join([ONE] * 5000)},
    "a configuration of aliases": {
        "compose.yaml": ONE,
        ".composeguard.yaml": "a0: &a0 [x]\n"
        + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * NINE)}]\n" for n in range(1, 12)),
    },
    "a configuration of itself": {"compose.yaml": ONE, ".composeguard.yaml": "extends: .composeguard.yaml\n"},
    "patterns of stars": {
        "compose.yaml": ONE,
        ".composeguard.yaml": f"exclude: ['{'*a' * 300}b', '{'**/' * 500}x']\n",
        ".gitignore": f"{'*a' * 300}b\n",
        "a" * 200 + ".yml": ONE,
    },
    "a baseline of brackets": {"compose.yaml": ONE, ".composeguard.yaml": "baseline: b\n", "b": "[" * 100_000},
    "a baseline without end": {"compose.yaml": ONE, ".composeguard.yaml": "baseline: /dev/zero\n"},
    "a disguised tag": {"compose.yaml": f"{ONE}    user: {'!a' * 200_000}\n"},
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_project_that_is_made_to_cost_does_not(name: str, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for file, text in HOSTILE[name].items():
        (tmp_path / file).write_text(text)
    for arguments in (("check", "--no-cache"), ("fix", "--unsafe", "--diff")):
        done = call(tmp_path, *arguments)
        assert done.code in (0, 1, 2), done.err[-2000:]
        assert "internal error" not in done.err
        assert done.seconds < SECONDS
