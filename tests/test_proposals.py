"""What fixes would change, in the reports that carry it and the page that shows it: proved once for all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from composeguard import cli
from composeguard.engine.fix import Operation
from composeguard.fix.edits import Edit
from composeguard.fix.prove import Draft, Prover
from composeguard.report import proposals

TEXT = """\
services:
  web:
    image: nginx:1.27.2  # the proxy
    privileged: true
    ports: ["80:80"]
  db:
    image: postgres:17.2
    privileged: true  # composeguard: ignore[CG101] it needs that
    environment: {MODE: one}
"""
LEFT_OUT = "would change is not shown, because the files are large"


@pytest.fixture
def proofs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are proved."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "compose.yaml").write_text(TEXT)
    monkeypatch.chdir(tmp_path)
    texts: list[str] = []
    draft = Prover.draft

    def noted(self: Prover, text: str, edits: Sequence[Edit], operations: Mapping[int, Sequence[Operation]]) -> Draft:
        texts.append(text)
        return draft(self, text, edits, operations)

    monkeypatch.setattr(Prover, "draft", noted)
    return texts


def _check(*formats: str, accepted: bool = False) -> dict[str, str]:
    outputs = [f"--output={name}=out.{name}" for name in formats]
    more = ["--include-suppressed"] if accepted else []
    assert cli.run(["check", "--no-cache", "-q", "-f", "concise", *outputs, *more]) == 1
    return {name: Path(f"out.{name}").read_text("utf-8") for name in formats}


def test_one_proof_serves_the_page_and_what_carries_edits(proofs: list[str]) -> None:
    carried = _check("sarif", "rdjson")
    alone = sorted(proofs)
    proofs.clear()
    both = _check("html", "sarif", "rdjson")
    assert sorted(proofs) == alone
    assert {name: both[name] for name in carried} == carried
    proofs.clear()
    assert _check("html")["html"] == both["html"]
    assert sorted(proofs) == alone
    assert both["html"].count('<pre class="diff"') > 10
    assert LEFT_OUT not in both["html"]


def test_what_is_accepted_is_shown_with_its_change_and_carried_by_no_format(proofs: list[str]) -> None:
    both = _check("html", "sarif", accepted=True)
    results = json.loads(both["sarif"])["runs"][0]["results"]
    assert [result["ruleId"] for result in results if result["suppressions"]] == ["CG101"]
    assert not any(result["suppressions"] and "fixes" in result for result in results)
    assert both["html"] == _check("html", accepted=True)["html"]
    assert both["html"].count('<pre class="diff"') == _check("html")["html"].count('<pre class="diff"') + 1


@pytest.mark.parametrize("formats", [("html",), ("html", "sarif")])
def test_what_would_cost_too_much_is_left_out_and_said(
    formats: Sequence[str], proofs: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals, "_MOST_PROVED", len(TEXT))
    page = _check(*formats)["html"]
    assert len(proofs) == 1
    assert '<pre class="diff"' in page
    assert LEFT_OUT in page
