"""Asks for known vulnerabilities of what an installation brings with it. Exit 1 only where one is known.

Usage: python .ci/audit.py PIP_AUDIT, with the path of that program. Without a network nothing can be said, and that is said.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.dependencies import closure


def main(program: str) -> int:
    pinned = "".join(f"{name}=={version}\n" for name, (version, _) in sorted(closure().items()))
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "requirements.txt")
        listed.write_text(pinned)
        command = [program, "--no-deps", "--disable-pip", "--requirement", str(listed), "--format", "json"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
            answers = json.loads(done.stdout)["dependencies"]
        except (OSError, subprocess.TimeoutExpired, ValueError, KeyError):
            print("pip-audit gives no answer here: nothing was asked")
            return 0
    asked = [answer for answer in answers if "skip_reason" not in answer]
    print(f"asked for vulnerabilities of {len(asked)} of {len(answers)} packages")
    known = [(answer["name"], vuln["id"]) for answer in asked for vuln in answer.get("vulns", ())]
    for name, identity in known:
        print(f"{name}: {identity}")
    return 1 if known else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
