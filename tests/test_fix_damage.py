"""Every kind of damage that an edit can do is seen by the proof, whatever else the edit does rightly."""

from __future__ import annotations

import pytest

from composeguard.engine.fix import Remove, Set
from composeguard.fix.edits import Edit, splice
from composeguard.fix.prove import Prover
from composeguard.fix.refusal import Refusal
from composeguard.fix.witness import Witness
from composeguard.source.read import read_source

TEXT = """\
# head
x-a: &a
  tty: true  # why
services:
  web:
    image: nginx:1.27.2  # pinned
    privileged: true
    # of the port
    ports: ["80:80"]
  db:
    <<: *a
    command: "serve # all"
---
services:
  other: {image: x}
"""
ADD = Set(("services", "web", "init"), True)
TAKE = Remove(("services", "web", "privileged"))


def put(before: str, after: str) -> Edit:
    """A stretch of the text that stands there once becomes another one."""
    assert TEXT.count(before) == 1
    at = TEXT.index(before)
    return Edit(at, at + len(before), after)


RIGHT_ADD = put('    ports: ["80:80"]\n', '    ports: ["80:80"]\n    init: true\n')
RIGHT_TAKE = put("    privileged: true\n", "")

DAMAGE = {
    "less indentation": [put('    ports: ["80:80"]\n', '    ports: ["80:80"]\n  init: true\n')],
    "more indentation": [put('    ports: ["80:80"]\n', '    ports: ["80:80"]\n      init: true\n')],
    "indentation of another entry": [RIGHT_ADD, put("    command:", "  command:")],
    "an entry in another service": [put('"serve # all"\n', '"serve # all"\n    init: true\n')],
    "another value": [put('    ports: ["80:80"]\n', '    ports: ["80:80"]\n    init: "true"\n')],
    "a lost value": [RIGHT_ADD, put("nginx:1.27.2", "")],
    "a lost entry": [RIGHT_ADD, put("    privileged: true\n", "")],
    "a lost service": [RIGHT_ADD, put('  db:\n    <<: *a\n    command: "serve # all"\n', "")],
    "a duplicated key": [put('    ports: ["80:80"]\n', '    ports: ["80:80"]\n    init: true\n    init: true\n')],
    "a key that was there": [
        RIGHT_ADD,
        put("    privileged: true\n", "    privileged: true\n    image: nginx:1.27.2\n"),
    ],
    "an anchor that moved": [RIGHT_ADD, put("x-a: &a", "x-a:"), put("  web:", "  web: &a")],
    "an anchor that is gone": [RIGHT_ADD, put("x-a: &a", "x-a:")],
    "an alias of another": [RIGHT_ADD, put("<<: *a", "<<: {}")],
    "a tag": [RIGHT_ADD, put("nginx:1.27.2", "!x nginx:1.27.2")],
    "a document marker that is gone": [RIGHT_ADD, put("---\n", "")],
    "a document marker more": [RIGHT_ADD, put("  db:", "---\n  db:")],
    "a changed comment": [RIGHT_ADD, put("# why", "# who")],
    "a comment more": [RIGHT_ADD, put("1.27.2  # pinned", "1.27.2  # new # pinned")],
    "comments in another order": [RIGHT_ADD, put("# head", "# why"), put("# why", "# head")],
    "a comment that became text": [RIGHT_ADD, put("1.27.2  # pinned", "1.27.2# pinned")],
    "a text that became a comment": [RIGHT_ADD, put('"serve # all"', "serve # all")],
    "no YAML": [RIGHT_ADD, put('["80:80"]\n  db', '["80:80"\n  db')],
}


def _prover() -> Prover:
    return Prover(read_source("compose.yaml", TEXT.encode()), Witness())


def _try(text: str, edits: list[Edit], operation: Set | Remove) -> None:
    _prover().prove(text, edits, {0: [operation]})


def test_the_right_edits_are_proved() -> None:
    _try(splice(TEXT, [RIGHT_ADD]), [RIGHT_ADD], ADD)
    _try(splice(TEXT, [RIGHT_TAKE]), [RIGHT_TAKE], TAKE)


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_seen(name: str) -> None:
    edits = sorted(DAMAGE[name], key=lambda edit: edit.start)
    with pytest.raises(Refusal):
        _try(splice(TEXT, edits), edits, ADD)


@pytest.mark.parametrize(("line", "lost"), [("  # pinned", "# pinned"), ("    # of the port\n", "# of the port")])
def test_a_comment_that_an_edit_takes_is_told(line: str, lost: str) -> None:
    edits = sorted([RIGHT_ADD, put(line, "")], key=lambda edit: edit.start)
    assert _prover().prove(splice(TEXT, edits), edits, {0: [ADD]}).lost == (lost,)


@pytest.mark.parametrize(
    ("before", "after"),
    [("80:80", "80:81"), ("# head", "# heat"), ("web:\n", "web:  \n"), ("\n---", "\n\n---"), ("x}\n", "x}")],
)
def test_a_text_that_differs_outside_the_edits_is_refused(before: str, after: str) -> None:
    """Also where it says the same."""
    text = splice(TEXT, [RIGHT_ADD])
    with pytest.raises(Refusal, match="outside"):
        _try(text.replace(before, after, 1), [RIGHT_ADD], ADD)
