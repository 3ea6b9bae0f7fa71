"""No output shows a secret: markers stand wherever one can, on lines that findings show."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from composeguard import cli

COMPOSE = """\
version: "3"
services:
  web: {image: nginx, privileged: true, ports: ["80:80"], environment: {PASSWORD: MARK01, AKIA: MARK02, S: "MARK03 x"}}
  app: {image: "a", privileged: true, environment: ["TOKEN=MARK04", "URL=postgres://u:MARK05@db/x", "K=${K:-MARK06}"]}
  run: {image: x, privileged: true, command: "serve --password MARK07 -pMARK08", entrypoint: [sh, -c, "MARK09"]}
  lab: {image: x, privileged: true, labels: {"auth.users": "u:MARK10"}, build: {context: ., args: {KEY: MARK11}}}
  hea: {image: x, privileged: true, healthcheck: {test: ["CMD", "curl", "-u", "u:MARK12"]}}
  var: {image: x, privileged: true, environment: {A: "${UNSET}MARK13", PASSWORD: "${UNSET2:?MARK14}"}}
  env: {image: x, privileged: true, env_file: [prod.env]}
  blk:
    image: x
    privileged: true
    environment:
      CERT: |
        MARK15
      LONG: "MARK16
        MARK17"
configs:
  c: {content: "MARK18", unknown: 1}
secrets:
  s: {environment: S, unknown: MARK19}
x-anchor: &a {PASSWORD: MARK20}
"""


@pytest.mark.parametrize(
    "arguments", [[], ["-v"], ["--profile", "all"], ["--select", "CG101,CG302,CG806"]], ids=" ".join
)
@pytest.mark.parametrize("output_format", ["full", "concise", "json", "sarif", "html"])
def test_no_marker_is_shown(
    output_format: str,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "prod.env").write_text("PASSWORD=MARK21\nbroken MARK22\n")
    (tmp_path / ".env").write_text("TOKEN=MARK23\nbad line MARK24 =\n")
    monkeypatch.chdir(tmp_path)
    assert cli.run(["check", "-f", output_format, *arguments]) in (1, 2)
    captured = capsys.readouterr()
    assert "CG101" in captured.out
    assert sorted(set(re.findall(r"MARK\d\d", captured.out + captured.err))) == []


def test_fix_tells_no_secret_beside_the_lines_of_its_diff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    monkeypatch.chdir(tmp_path)
    cli.run(["fix", "--unsafe"])
    captured = capsys.readouterr()
    assert "fixed" in captured.out
    assert sorted(set(re.findall(r"MARK\d\d", captured.out + captured.err))) == []


def test_fix_tells_no_secret_of_a_comment_that_goes_with_its_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(
        "services:\n  web:\n    image: nginx:1.27.2\n    privileged: true  # PASSWORD=MARK01, postgres://u:MARK02@db\n"
    )
    monkeypatch.chdir(tmp_path)
    cli.run(["fix", "--unsafe", "--select", "CG101"])
    out = capsys.readouterr().out
    assert "removed with its entry: # PASSWORD=****" in out
    assert "MARK" not in out


SHAPED = "AKIAQ3VHZ7TLW2MXN5RB"
FOUND = f"""\
services:
  web:
    image: grafana/grafana:11.3.0
    environment:
      DB_PASSWORD: MARK01
      SESSION_SECRET: ${{SESSION_SECRET:-MARK02}}
      DB_URL: postgres://shop:MARK03@db/shop
      UPLOAD_AS: {SHAPED}
      GF_SECURITY_ADMIN_PASSWORD: admin
      TWO: |
        redis://:MARK04@cache/0
        redis://:MARK05@cache/1
    command: ["--password", "MARK06"]
    healthcheck: {{test: "redis-cli -a MARK07 ping"}}
    build: {{context: ., args: [NPM_TOKEN=MARK08]}}
    env_file: [web.env, secrets.yml, {{path: raw, format: raw}}]
configs:
  c: {{content: "key {SHAPED}"}}
"""
ENV = f"""\
DB_PASSWORD=MARK09
export SESSION_SECRET = "MARK10 MARK11"  # a remark
DB_URL='postgres://shop:MARK13@db/shop'
DEFAULT_PASSWORD=${{DEFAULT_PASSWORD:-MARK14}}
UPLOAD_AS={SHAPED}
SIGNING_SECRET="MARK15
MARK16=MARK17
MARK18"
OPTIONS=-Dstore.password=MARK19 -Dx=MARK20
DB_PASSWORD: MARK21
a broken line with MARK22
"""
CODES = ("CG601", "CG602", "CG603", "CG604", "CG605", "CG606", "CG607")


@pytest.mark.parametrize(
    "output_format",
    ["full", "concise", "json", "sarif", "html", "jsonl", "github", "gitlab", "junit", "rdjson", "markdown"],
)
def test_each_secret_is_found_and_none_is_shown(
    output_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(FOUND)
    (tmp_path / ".git").mkdir()
    for name in (".env", "web.env", "secrets.yml", "raw"):
        (tmp_path / name).write_text(ENV)
    monkeypatch.chdir(tmp_path)
    assert cli.run(["check", "-f", output_format, "-v"]) in (1, 2)
    captured = capsys.readouterr()
    shown = captured.out + captured.err
    assert [code for code in CODES if code not in shown] == []
    assert sorted(set(re.findall(rf"MARK\d\d|{SHAPED}", shown))) == []


SCALARS = """\
services:
  web:
    image: nginx:1.27.2
    environment:
      DB_PASSWORD: 0123454321
      API_TOKEN: 1_234_543_21
      Y_PASSWORD: 12:34:54
    labels: {my.password: 0777123454}
    build: {context: ., args: {KEY: 0x123454}}
"""


@pytest.mark.parametrize("output_format", ["full", "json", "jsonl", "sarif", "rdjson", "html", "gitlab", "markdown"])
def test_no_fix_tells_the_value_that_it_puts_in_quotes(
    output_format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(SCALARS)
    monkeypatch.chdir(tmp_path)
    assert cli.run(["check", "-f", output_format, "--select", "CG810,CG813"]) == 1
    said = capsys.readouterr().out
    assert "CG813" in said
    assert re.findall(r"0123454321|1_234_543_21|12:34:54|0777123454|0x123454", said) == []


def test_a_fix_tells_the_variable_that_it_takes_a_secret_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "compose.yaml").write_text(
        "services:\n  a: {image: nginx, environment: {DB_PASSWORD: s3cretQQpassw0rd}}\n"
        "  b: {image: nginx, environment: [API_TOKEN=s3cretQQpassw0rd]}\n"
    )
    monkeypatch.chdir(tmp_path)
    assert cli.run(["check", "-f", "json", "--select", "CG601"]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    values = [operation.get("value", "") for each in findings for operation in each["fix"]["operations"]]
    assert [value.rpartition("=")[2][:7] for value in values] == ["${DB_PA", "${API_T"]
