"""Public files as a regression net: each is checked or reported with its reason and place, and fixes do no harm."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.oracle import Oracle, Request, find_oracle

from composeguard import cli
from composeguard.source.file import SourceError, SourceFile
from composeguard.source.read import read_source

pytestmark = pytest.mark.usefixtures("shared_dir")


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.run(list(arguments))
    return code, out.getvalue(), err.getvalue()


def compose_files(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """(file, the reference's verdict on it alone, the class of its refusal) for each Compose file of the manifest."""
    lines = (folder / "MANIFEST.tsv").read_text("utf-8").splitlines()
    columns = lines[0].split("\t")
    for line in lines[1:]:
        row = dict(zip(columns, line.split("\t"), strict=False))
        if row["kind"] == "compose":
            path = folder / row["repo"].replace("/", "+") / row["path"]
            if path.is_file():
                yield path, row.get("plain", ""), row.get("plain_class", "")


@cache
def read(path: Path) -> SourceFile | SourceError:
    try:
        return read_source(str(path), path.read_bytes())
    except SourceError as error:
        return error


@pytest.fixture(scope="module")
def corpus(shared_dir: Path) -> Path:
    return shared_dir / "corpus"


@pytest.fixture(scope="module")
def copies(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that can be written to, out of any repository."""
    target = tmp_path_factory.mktemp("corpus") / "files"
    shutil.copytree(corpus, target)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


@pytest.fixture(scope="module")
def report(corpus: Path) -> dict[str, list[dict[str, object]]]:
    files = [str(path) for path, _, _ in compose_files(corpus)]
    assert len(files) > 2_000
    code, out, err = run("check", "--format", "json", "--no-config", *files)
    assert code == 2, err[-2000:]
    assert "Traceback" not in err
    found: dict[str, list[dict[str, object]]] = json.loads(out)
    return found


def test_every_file_is_checked_or_reported(report: dict[str, list[dict[str, object]]], corpus: Path) -> None:
    assert not [finding for finding in report["findings"] if finding["code"] == "CG906"]
    unreadable = {str(finding["file"]) for finding in report["findings"] if finding["code"] == "CG901"}
    for path, _, _ in compose_files(corpus):
        broken = isinstance(read(path), SourceError)
        named = any(str(path).endswith(uri) for uri in unreadable)
        assert not broken or named, path


def test_the_text_at_a_region_is_the_thing_named(report: dict[str, list[dict[str, object]]], corpus: Path) -> None:
    by_uri: dict[str, SourceFile] = {}
    for path, _, _ in compose_files(corpus):
        file = read(path)
        if isinstance(file, SourceFile):
            by_uri[path.relative_to(corpus).as_posix()] = file
    starts = {"CG101": ("privileged", '"privileged'), "CG802": ("version",), "CG105": None, "CG102": None}
    looked = 0
    for finding in report["findings"]:
        uri = str(finding["file"]).split("corpus/")[-1]
        region = finding["region"]
        assert isinstance(region, dict)
        lines = (region["start_line"], region["start_column"], region["end_line"], region["end_column"])
        assert all(isinstance(number, int) and number >= 1 for number in lines)
        source = by_uri.get(uri)
        expected = starts.get(str(finding["code"]))
        if source and expected:
            text = source.line_text(region["start_line"])[region["start_column"] - 1 :]
            assert text.startswith(expected), (uri, region, text)
            looked += 1
    assert looked > 100


def test_sarif_of_a_run_is_valid(corpus: Path, shared_dir: Path, tmp_path: Path) -> None:
    from jsonschema import Draft7Validator

    files = [str(path) for path, _, _ in compose_files(corpus)][::4]
    target = tmp_path / "out.sarif"
    run("check", "--no-config", "-o", f"sarif={target}", "-f", "concise", *files)
    document = json.loads(target.read_text("utf-8"))
    schema = json.loads((shared_dir / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
    assert not list(Draft7Validator(schema).iter_errors(document))
    for result in document["runs"][0]["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert {"startLine", "startColumn", "endLine", "endColumn"} <= set(region)


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_fix_hurts_no_file(copies: Path, unsafe: bool) -> None:
    files = [path for path, _, _ in compose_files(copies)]
    before = {path: path.read_bytes() for path in files}
    extra = ("--unsafe",) if unsafe else ()
    code, out, err = run("fix", "--no-config", *extra, *(str(path) for path in files))
    assert "Traceback" not in err
    assert code in (1, 2)
    made = out.count("\nfixed ")
    # What waits for a variable has a fix that only a person can prepare.
    left = [line for line in out.splitlines() if line.startswith("left alone") and ": first set " not in line]
    assert made > 50 * len(left), left[:20]
    changed = {path for path in files if path.read_bytes() != before[path]}
    assert len(changed) > 500
    for path in changed:
        old, new = read_source("f", before[path]), read_source("f", path.read_bytes())
        assert old.bom == new.bom
        assert {comment.text for comment in new.comments} <= {comment.text for comment in old.comments}
        assert ("\r\n" in old.text) == ("\r\n" in new.text)
    if find_oracle() is not None:
        accepted = {path for path, verdict, _ in compose_files(copies) if verdict == "ok"}
        with Oracle() as oracle:
            answers = {path: oracle.load(path.parent, Request(files=(path.name,))) for path in changed & accepted}
        assert not [str(path) for path, answer in answers.items() if answer.result == "reject"]
    first = {path: path.read_bytes() for path in files}
    run("fix", "--no-config", *extra, *(str(path) for path in files))
    again = [path for path in files if path.read_bytes() != first[path]]
    assert not again
