"""Packs: settings, policies, what is locked, and who is exempt, in one folder."""

from __future__ import annotations

import io
import sys
from datetime import date
from pathlib import Path

import pytest

from composeguard.cli import run
from composeguard.config.pack import load_pack, shipped

COMPOSE = """\
services:
  web:
    image: nginx:1.27
    privileged: true
  old:
    image: nginx:1.27
"""
POLICIES = """\
policies:
  - code: ACME001
    use: require-label
    with: {key: owner}
"""
PACK = """\
name: acme
extends: [baseline]
policies: [policies.yml]
rules: {ACME001: high}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, and the pack of its organisation beside it."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "pack.yaml").write_text(PACK)
    (tmp_path / "acme" / "policies.yml").write_text(POLICIES)
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / "compose.yaml").write_text(COMPOSE)
    monkeypatch.chdir(tmp_path / "repository")
    monkeypatch.setattr("composeguard.commands.lint.today", lambda: date(2026, 7, 1))
    return tmp_path


def _checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = run(["check", "-f", "concise", "-q", *arguments])
    lines = capsys.readouterr().out.splitlines()
    return code, [line.split(": ", 1)[1].partition("] ")[0] + "]" for line in lines if ": " in line]


def test_a_pack_brings_policies_and_settings(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _checked(capsys, "--pack", "../acme") == (
        1,
        ["ACME001 [high]", "CG101 [critical]", "ACME001 [high]"],
    )


def test_the_repository_has_the_last_word_and_the_command_line_the_very_last(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".composeguard.yaml").write_text("rules: {ACME001: low}\nignore: [CG101]\n")
    assert _checked(capsys, "--pack", "../acme")[1] == ["ACME001 [low]", "ACME001 [low]"]
    found = _checked(capsys, "--pack", "../acme", "--profile", "recommended")[1]
    assert "CG501 [medium]" not in found
    assert "CG104 [medium]" in found


@pytest.mark.parametrize("said", ["ignore: [ACME001, CG101]", "rules: {ACME001: off, CG101: info}", "select: [CG104]"])
def test_what_a_pack_locks_a_repository_cannot_switch_off(
    folder: Path, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    with (folder / "acme" / "pack.yaml").open("a") as file:
        file.write("locked: [ACME001, privileged]\n")
    Path("compose.yaml").write_text(COMPOSE.replace("true", "true # composeguard: ignore[CG101] must"))
    Path(".composeguard.yaml").write_text(f"{said}\nfail-on: never\n")
    code, found = _checked(capsys, "--pack", "../acme")
    assert code == 1
    assert set(found) >= {"ACME001 [high]", "CG101 [critical]"}
    assert run(["check", "-q", "--pack", "../acme"]) == 1
    assert "blocked ignore: CG101 is locked" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [(), ("old/compose.yaml", "--force-exclude")])
def test_of_files_that_a_repository_excludes_what_is_locked_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    (folder / "acme" / "pack.yaml").write_text(f"{PACK}locked: [ACME001]\n")
    Path("old").mkdir()
    Path("compose.yaml").rename("old/compose.yaml")
    Path("broken").mkdir()
    Path("broken/compose.yaml").write_text("services: {{ .Values }}\n")
    Path("shown").mkdir()
    Path("shown/compose.yaml").write_text("services: {}\n")
    Path(".composeguard.yaml").write_text("exclude: [old, broken]\n")
    code, found = _checked(capsys, "--pack", "../acme", *arguments)
    assert (code, set(found)) == (1, {"ACME001 [high]"})
    assert run(["check", "-q", "--pack", "../acme", *arguments]) == 1
    assert "blocked ignore: ACME001 is locked, and excluding this file has no effect" in capsys.readouterr().out
    (folder / "acme" / "pack.yaml").write_text(f"{PACK}locked: [ACME001]\nexclude: [old]\n")
    assert run(["check", "-q", "--pack", "../acme", "--allow-no-files", *arguments]) == 0


def test_what_is_locked_reads_standard_input_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "acme" / "pack.yaml").write_text(f"{PACK}locked: [ACME001]\n")
    Path(".composeguard.yaml").write_text("exclude: [old]\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(COMPOSE.encode())))
    assert run(["check", "-q", "--pack", "../acme", "-"]) == 1


EXEMPTION = """\
exemptions:
  - {{rules: [ACME001], services: [old*], owner: team-a, reason: gone in spring, expires: "{day}"}}
"""


def test_an_exemption_accepts_until_it_expires(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "acme" / "pack.yaml"
    path.write_text(PACK + "locked: [ACME001]\n" + EXEMPTION.format(day="2026-07-01"))
    assert _checked(capsys, "--pack", "../acme")[1] == ["ACME001 [high]", "CG101 [critical]"]
    run(["check", "-f", "json", "-q", "--include-suppressed", "--pack", "../acme"])
    assert "gone in spring (exempt until 2026-07-01: team-a)" in capsys.readouterr().out
    path.write_text(PACK + EXEMPTION.format(day="2026-06-30"))
    assert run(["check", "-f", "concise", "--pack", "../acme"]) == 1
    captured = capsys.readouterr()
    assert captured.out.count("ACME001") == 2
    assert "note: the exemption from ACME001 expired on 2026-06-30; team-a answers for it" in captured.err


def test_an_exemption_names_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = '  - {rules: [ACME], files: ["apps/*"], owner: a, reason: b, expires: "2030-01-01"}\n'
    (folder / "acme" / "pack.yaml").write_text(f"{PACK}exemptions:\n{row}")
    assert _checked(capsys, "--pack", "../acme")[1].count("ACME001 [high]") == 2
    Path("apps").mkdir()
    Path("compose.yaml").rename("apps/compose.yaml")
    assert _checked(capsys, "--pack", "../acme")[1].count("ACME001 [high]") == 0


def test_a_repository_names_packs_of_its_own_and_those_that_are_shipped(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(".composeguard.yaml").write_text("packs: [homelab, ./pack]\n")
    Path("pack").mkdir()
    Path("pack/pack.yaml").write_text(PACK.replace("[baseline]", "[restricted]"))
    Path("pack/policies.yml").write_text(POLICIES)
    assert "ACME001 [high]" in _checked(capsys)[1]
    for name in ("../acme", "./link", "acme-installed", "nothing"):
        Path("link").unlink(missing_ok=True)
        Path("link").symlink_to(folder / "acme")
        Path(".composeguard.yaml").write_text(f"packs: ['{name}']\n")
        assert run(["check"]) == 2
        assert ".composeguard.yaml:1:9: " in capsys.readouterr().err


def test_exemptions_of_a_repository_do_not_reach_what_is_locked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "acme" / "pack.yaml").write_text(f"{PACK}locked: [ACME001]\n")
    Path("pack").mkdir()
    Path("pack/pack.yaml").write_text("name: own\n" + EXEMPTION.format(day="2030-01-01"))
    Path(".composeguard.yaml").write_text("packs: [./pack]\n")
    assert _checked(capsys, "--pack", "../acme")[1].count("ACME001 [high]") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extends: [baseline]", "pack.yaml:1:1: the key 'name' is missing"),
        ("name: a\nextend: [x]", "pack.yaml:2:1: unknown key 'extend'; did you mean extends?"),
        ("name: a\nextends: [basline]", "there is no pack 'basline'; did you mean baseline?"),
        ("name: a\nextends: [../acme]", "extends itself"),
        ("name: a\npolicies: [../policies.yml]", "is not in the folder of the pack"),
        ("name: a\nbaseline: b.json", "pack.yaml:2:1: a pack has no 'baseline'"),
        ("name: a\nlocked: [ACME999]", "there is no rule 'ACME999'"),
        ("name: a\nexemptions: [{rules: [CG101]}]", "is missing"),
        (
            "name: a\nexemptions: [{rules: [CG101], owner: a, reason: b, expires: soon}]",
            "'soon' is no day such as 2027-03-31",
        ),
        ("name: a\nexemptions: [{rules: [CG999], owner: a, reason: b, expires: '2030-01-01'}]", "no rule 'CG999'"),
    ],
)
def test_a_broken_pack_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str], text: str, message: str) -> None:
    (folder / "acme" / "pack.yaml").write_text(f"{text}\n")
    assert run(["check", "--pack", "../acme"]) == 2
    assert message in capsys.readouterr().err


def test_a_pack_of_an_installed_package_is_found_and_not_run(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = folder / "site"
    info = site / "acme-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[composeguard.packs]\nacme-installed = acme_pack.strict\n")
    (site / "acme_pack" / "strict").mkdir(parents=True)
    (site / "acme_pack" / "__init__.py").write_text("raise SystemExit('run')\n")
    (site / "acme_pack" / "strict" / "pack.yaml").write_text(PACK)
    (site / "acme_pack" / "strict" / "policies.yml").write_text(POLICIES)
    monkeypatch.syspath_prepend(str(site))
    assert "ACME001 [high]" in _checked(capsys, "--pack", "acme-installed")[1]
    assert "acme_pack" not in sys.modules


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_pack_works_and_is_documented(name: str, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    pack = load_pack(name, folder)
    assert pack.name == name
    assert run(["check", "-q", "--pack", name]) in (0, 1)
    for path in pack.policies:
        assert run(["policy", "test", "--require-all", str(path)]) == 0
    text = (Path(__file__).resolve().parents[1] / "docs" / "packs.md").read_text("utf-8")
    assert f"## {name}\n" in text


def test_the_packs_that_are_shipped() -> None:
    assert shipped() == ("baseline", "cis", "homelab", "monitoring", "podman", "restricted")


def test_homelab_is_quieter(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(_checked(capsys, "--pack", "homelab")[1]) < len(_checked(capsys)[1])
    Path("compose.yaml").write_text("services: {web: {image: 'nginx:1.27', ports: ['80:80']}}\n")
    assert _checked(capsys, "--pack", "homelab") == (0, ["CG302 [low]"])


def test_config_show_tells_what_a_pack_says(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path(".composeguard.yaml").write_text("ignore: [CG101]\nrules: {CG302: low}\n")
    assert run(["config", "show", "--pack", "homelab", "--policy", "../acme/policies.yml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert 'fail-on: "high"  # a pack' in lines
    assert '  - "CG102"  # a pack' in lines
    assert '  - "CG101"  # .composeguard.yaml:1:10' in lines
    assert "policies: []  # default" in lines
