"""Comments that are taken away: exactly they are gone, wholly or in part, for both readers of comments."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fix_harness import Project, edit

from composeguard.engine.fix import Operation, Remove, RemoveComment
from composeguard.fix.ops import apply_all
from composeguard.fix.refusal import Refusal
from composeguard.fix.remark import cut
from composeguard.policy.builtin import load_builtin
from composeguard.source.read import read_source

HEAD = "services:\n  web:\n    image: a\n"
MARK = "# composeguard: ignore[CG101] why"


@pytest.mark.parametrize(
    ("text", "part", "rest"),
    [
        ("# a b", "# a b", ""),
        ("# a b", "a b", ""),
        ("#a ", "a", ""),
        ("# a b c", "b", "# a c"),
        ("# a b c", "a", "# b c"),
        ("# a b c", "c", "# a b"),
        ("# x[a, b, c] y", "a", "# x[b, c] y"),
        ("# x[a, b, c] y", "b", "# x[a, c] y"),
        ("# x[a,b,c] y", "b", "# x[a,c] y"),
        ("# x[a, b, c] y", "c", "# x[a, b] y"),
        ("# note # composeguard: ignore[a]", "# composeguard: ignore[a]", "# note"),
        ("# composeguard: ignore[a] # note", "# composeguard: ignore[a]", "# note"),
    ],
)
def test_cut(text: str, part: str, rest: str) -> None:
    start = text.index(part)
    assert cut(text, start, start + len(part)).rest(text) == rest


def without(text: str, part: str) -> str:
    """The text without a part of a comment, proved."""
    file = read_source("compose.yaml", text.encode())
    start = file.text.index(part)
    operation = RemoveComment((), file, start, start + len(part))
    edited = edit(file, [operation])
    assert edited.proved.lost == ()
    return edited.text


CASES = [
    ("behind a value", HEAD[:-1] + "  " + MARK + "\n    init: true\n", HEAD + "    init: true\n"),
    ("behind a tab", HEAD[:-1] + "\t" + MARK + "\n", HEAD),
    ("behind a key", "services:\n  web: " + MARK + "\n    image: a\n", HEAD),
    ("on a line of its own", "services:\n  web:\n    " + MARK + "\n    image: a\n", HEAD),
    ("on the first line", MARK + "\n" + HEAD, HEAD),
    ("on the first line, before a gap", MARK + "\n\n" + HEAD, HEAD),
    ("on the last line", HEAD + "  " + MARK + "\n", HEAD),
    ("at the end of the text", HEAD + MARK, HEAD[:-1]),
    ("at the end of the last line", HEAD[:-1] + " " + MARK, HEAD[:-1]),
    (
        "between others",
        HEAD + "    # above\n    " + MARK + "\n    # below\n    tty: true\n",
        HEAD + "    # above\n    # below\n    tty: true\n",
    ),
    ("in a gap", HEAD + "\n" + MARK + "\n\nvolumes: {}\n", HEAD + "\nvolumes: {}\n"),
    ("behind a dash", HEAD + "    cap_add:\n    - " + MARK + "\n      A\n", HEAD + "    cap_add:\n    -\n      A\n"),
    (
        "in a flow list",
        HEAD + "    cap_add: [\n      A, " + MARK + "\n      B\n    ]\n",
        HEAD + "    cap_add: [\n      A,\n      B\n    ]\n",
    ),
    (
        "on a line of its own in a flow mapping",
        "services: {\n  " + MARK + "\n  web: {image: a}\n}\n",
        "services: {\n  web: {image: a}\n}\n",
    ),
    ("behind a marker", "--- " + MARK + "\n" + HEAD, "---\n" + HEAD),
    ("with a byte order mark", "\ufeff" + MARK + "\n" + HEAD, HEAD),
    (
        "with carriage returns",
        (HEAD + "    " + MARK + "\n    tty: true\n").replace("\n", "\r\n"),
        (HEAD + "    tty: true\n").replace("\n", "\r\n"),
    ),
    (
        "beside the same in a text",
        HEAD[:-1] + " " + MARK + "\n    command: |\n      " + MARK + "\n",
        HEAD + "    command: |\n      " + MARK + "\n",
    ),
    (
        "at the head of a block scalar",
        HEAD + "    command: |  " + MARK + "\n      b\n",
        HEAD + "    command: |\n      b\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_comment_goes_whole(before: str, after: str) -> None:
    assert without(before, MARK) == after


def test_a_part_of_a_comment_goes() -> None:
    text = HEAD[:-1] + "  # é composeguard: ignore[CG101, CG102]\twhy \n"
    assert without(text, "CG102") == text.replace(", CG102", "")


def test_the_data_stay() -> None:
    file = read_source("compose.yaml", (MARK + "\n" + HEAD).encode())
    operation = RemoveComment(("services", "web"), file, 0, len(MARK))
    assert apply_all([operation], {"a": [1]}) == {"a": [1]}


@pytest.mark.parametrize(("start", "end"), [(0, 4), (len(HEAD) + 4, len(HEAD) + 8), (len(HEAD) + 15, 900), (14, 14)])
def test_what_is_no_comment_is_refused(start: int, end: int) -> None:
    file = read_source("compose.yaml", (HEAD + "    command: '# a'  # b\n").encode())
    with pytest.raises(Refusal, match="no comment"):
        edit(file, [RemoveComment((), file, start, end)])


def test_what_only_one_reader_sees_stays() -> None:
    """A value whose key is no text is in no tree of ours, so that what is in it looks like a comment."""
    text = HEAD + "    ports:\n      - 8080: 'a " + MARK + "'\n"
    with pytest.raises(Refusal, match="disagree"):
        without(text, MARK)


def test_a_comment_and_its_entry_go_together() -> None:
    file = read_source("compose.yaml", (HEAD + "    tty: true  " + MARK + "\n").encode())
    start = file.text.index("#")
    operations: list[Operation] = [
        Remove(("services", "web", "tty")),
        RemoveComment((), file, start, len(file.text) - 1),
    ]
    assert edit(file, operations).text == HEAD


UNUSED = next(rule for rule in load_builtin() if rule.name == "unused-suppression")
PRIVILEGED = next(rule for rule in load_builtin() if rule.code == "CG101")
JUDGED = [rule for rule in load_builtin() if rule.code in ("CG101", "CG102", "CG103")]


def test_parts_of_one_comment_go_one_after_the_other(tmp_path: Path) -> None:
    text = HEAD + "    cap_drop: [ALL]\n    # composeguard: ignore[CG101, CG102, CG103] why\n    privileged: true\n"
    planned = Project(tmp_path, {"compose.yaml": text}, [UNUSED, *JUDGED]).plan()
    assert [file.text for file in planned.files] == [text.replace(", CG102, CG103", "")]
    assert not planned.refused
    assert planned.files[0].lost == ()


def test_comments_of_several_files_go(tmp_path: Path) -> None:
    files = {
        "compose.yaml": HEAD[:-1] + "  " + MARK + "\n",
        "o.yaml": "services:\n  web:\n    tty: true  " + MARK + "\n",
    }
    project = Project(tmp_path, files, [UNUSED, PRIVILEGED], "compose.yaml", "o.yaml")
    assert project.texts(project.plan()) == {"compose.yaml": HEAD, "o.yaml": "services:\n  web:\n    tty: true\n"}
