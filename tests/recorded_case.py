"""A folder with a project and what the reference answered: `case.json`, and `expected.json` or `expected-error.txt`.

`python -m tests.recorded_case FOLDER...` asks the reference again and writes the answer.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from msgspec.structs import replace
from tests.json_value import Json
from tests.oracle import Answer, Oracle, Request

HOME = "/the/home/of/the/run"
"""The home folder of every run: unlike any real one, so that its place in an answer is known."""


def request_of(case: Path) -> Request:
    """How the case is asked for, with `HOME`."""
    path = case / "case.json"
    data: dict[str, Json] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    request = Request.from_json(data)
    return replace(request, env={**request.env, "HOME": HOME})


def expected_project(case: Path) -> Json:
    """The recorded project; None when the reference rejects the case."""
    path = case / "expected.json"
    if not path.is_file():
        return None
    project: Json = json.loads(path.read_text("utf-8"))
    return project


def placed(text: str, folder: Path) -> str:
    """The text with placeholders for the paths of this machine; `folder` is where the project was read."""
    for real, name in ((HOME, "${HOME}"), (str(folder), "${CASE_DIR}"), (str(folder.parent), "${CASE_PARENT}")):
        text = text.replace(real, name)
    return text


def placed_json(value: Json, folder: Path) -> Json:
    """`placed` for all texts of a JSON value."""
    result: Json = json.loads(placed(json.dumps(value, ensure_ascii=False), folder))
    return result


def write_answer(answer: Answer, folder: Path, case: Path) -> None:
    """Write what the reference answered for the project in `folder` into the folder `case`."""
    if answer.result == "accept":
        text = json.dumps(answer.project, indent=2, sort_keys=True, ensure_ascii=False)
        (case / "expected.json").write_text(placed(text, folder) + "\n", "utf-8")
    else:
        text = f"{answer.result}: {answer.error}\n"
        (case / "expected-error.txt").write_text(placed(text, folder), "utf-8")


def main() -> None:
    """Record every folder of the command line."""
    with Oracle() as oracle:
        for name in sys.argv[1:]:
            case = Path(name).resolve()
            write_answer(oracle.load(case, request_of(case)), case, case)


if __name__ == "__main__":
    main()
