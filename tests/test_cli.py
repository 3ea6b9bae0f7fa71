"""The command line as a user meets it: exit codes, streams, inputs, choices of rules, errors."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import Struct

from composeguard import cli
from composeguard.compose.files import Files
from composeguard.compose.request import Request
from composeguard.model.read import read_project
from composeguard.model.reading import Reading

CLEAN = """\
services:
  web:
    image: nginx:1.27.2
    read_only: true
    tmpfs: [/tmp]
    user: "101"
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 256m
    cpus: 0.5
    pids_limit: 100
    logging: {driver: local}
"""
BAD = CLEAN + "    privileged: true\n"


class Result(Struct, frozen=True):
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments: str, stdin: bytes | None = None) -> Result:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = cli.run(list(arguments))
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return call


def write(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def codes(result: Result) -> list[str]:
    return [finding["code"] for finding in json.loads(result.out)["findings"]]


def test_clean_file_is_silent_on_findings(run: Run) -> None:
    write("compose.yaml", CLEAN)
    result = run("-f", "concise")
    assert (result.code, result.out) == (0, "")


def test_findings_are_exit_1_and_go_to_stdout(run: Run) -> None:
    write("compose.yaml", BAD)
    result = run("check", "-f", "concise", "compose.yaml")
    assert result.code == 1
    assert result.out.startswith("compose.yaml:13:5: CG101 [critical] ")
    assert "CG101" not in result.err


@pytest.mark.parametrize("output_format", ["full", "concise", "json", "sarif"])
@pytest.mark.parametrize(
    ("arguments", "text", "code"),
    [
        ([], CLEAN, 0),
        ([], BAD, 1),
        (["--fail-on", "critical"], BAD, 1),
        (["--fail-on", "never"], BAD, 0),
        (["--exit-zero"], BAD, 0),
        (["--ignore", "CG101"], BAD, 0),
        (["--select", "CG302"], BAD, 0),
        (["--min-severity", "critical"], BAD, 1),
        ([], "a: b: c\n", 2),
        (["--exit-zero"], "a: b: c\n", 2),
        ([], "services: {a: {extends: {file: gone.yaml, service: x}}}\n", 2),
    ],
)
def test_exit_codes_are_the_same_for_every_format(
    run: Run, output_format: str, arguments: list[str], text: str, code: int
) -> None:
    write("compose.yaml", text)
    assert run("check", "-f", output_format, *arguments).code == code


def test_no_file_is_exit_3(run: Run) -> None:
    result = run()
    assert result.code == 3
    assert "no Compose file" in result.err
    assert run("--allow-no-files").code == 0


def test_a_partial_project_can_be_allowed(run: Run) -> None:
    write("compose.yaml", CLEAN + "include: [gone.yaml]\n")
    assert run().code == 2
    assert run("--allow-partial").code == 0


BROKEN: dict[str, tuple[bytes, str]] = {
    "not YAML": (b"services: {a: b: c}\n", "compose.yaml:1:16"),
    "a list at the top": (b"- a\n", "compose.yaml:1:1"),
    "a scalar at the top": (b"hello\n", "compose.yaml:1:1"),
    "empty": (b"", "compose.yaml:1:1"),
    "duplicate keys": (b"services: {}\nservices: {}\n", "compose.yaml:2:1"),
    "NUL": (b"services: {a: {image: 'x\0'}}\n", "compose.yaml:1:25"),
    "invalid UTF-8": (b"services: {a: {image: '\xff'}}\n", "compose.yaml:1:24"),
    "brackets": (b"services: " + b"[" * 10_000, "compose.yaml:1:"),
    "alias bomb": (
        b"a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b",".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)),
        "compose.yaml:7:",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_input_is_a_line_with_a_place_and_exit_2(run: Run, name: str) -> None:
    data, place = BROKEN[name]
    write("compose.yaml", data)
    started = time.monotonic()
    result = run("check", "-f", "concise")
    assert result.code == 2
    assert place in result.out + result.err
    assert "Traceback" not in result.err
    assert time.monotonic() - started < 2


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a process its own peak")
def test_broken_file_stays_within_time_and_memory(tmp_path: Path) -> None:
    # Not `ru_maxrss`: on Linux that is at least the peak of the process that started this one.
    (tmp_path / "compose.yaml").write_bytes(BROKEN["alias bomb"][0])
    code = (
        "import re, sys; sys.argv = ['composeguard']; from composeguard.__main__ import main; code = main();"
        "print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1], file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert int(done.stderr.split()[-1]) < 200 * 1024


def test_folder_named_like_a_file(run: Run) -> None:
    Path("compose.yaml").mkdir()
    assert run().code == 3
    write("compose.yaml/docker-compose.yml", CLEAN)
    assert run().code == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_unreadable_file_as_a_user(run: Run) -> None:
    write("compose.yaml", CLEAN).chmod(0)
    assert run().code == 2


def test_named_file_that_is_missing_or_special(run: Run) -> None:
    for arguments in (["check", "gone.yaml"], ["check", "--file", "gone.yaml"], ["fix", "gone.yaml"]):
        result = run(*arguments)
        assert (result.code, "gone.yaml does not exist" in result.err) == (2, True)
    assert "did you mean check?" in run("chek").err
    assert "the command comes before its options: composeguard check …" in run("-q", "check").err
    os.mkfifo("compose.yaml")
    assert run("check", "compose.yaml").code == 2


def test_fix_says_what_it_could_not_read(run: Run) -> None:
    write("compose.yaml", "services: [\n")
    result = run("fix")
    assert (result.code, "compose.yaml:2:1: not YAML" in result.err) == (2, True)


def test_options_that_name_what_does_not_exist(run: Run) -> None:
    write("compose.yaml", CLEAN)
    for option in ("--env-file", "--project-directory"):
        result = run("check", option, "gone")
        assert (result.code, f"{option} gone does not exist" in result.err) == (2, True)


def test_a_link_that_leads_in_a_circle_is_no_silence(run: Run) -> None:
    Path("compose.yaml").symlink_to("compose.yaml")
    write("a/compose.yaml", CLEAN)
    result = run()
    assert (result.code, "compose.yaml: cannot be looked into" in result.err) == (2, True)


def test_an_override_names_the_gaps_of_its_base(run: Run) -> None:
    write("compose.yaml", CLEAN + "include: [gone.yaml]\n")
    write("compose.override.yaml", "services: {web: {init: true}}\n")
    result = run("check", "compose.override.yaml")
    assert (result.code, "gone.yaml" in result.err) == (2, True)


def test_a_base_that_is_missing_is_one_finding(run: Run) -> None:
    write("compose.yaml", "services: {web: {extends: {file: gone.yaml, service: x}}}\n")
    assert set(codes(run("-f", "json"))) == {"CG902"}


def test_standard_input(run: Run) -> None:
    result = run("check", "-f", "concise", "-", stdin=BAD.encode())
    assert result.code == 1
    assert result.out.startswith("<stdin>:13:5: CG101")
    named = run("check", "-f", "concise", "--stdin-filename", "deploy/compose.yaml", "-", stdin=BAD.encode())
    assert named.out.startswith("deploy/compose.yaml:13:5: CG101")


def test_several_files_are_one_project(run: Run) -> None:
    write("a.yaml", CLEAN)
    write("b.yaml", "services: {web: {privileged: true}}\n")
    result = run("check", "-f", "concise", "--file", "a.yaml", "--file", "b.yaml")
    assert result.code == 1
    assert result.out.startswith("b.yaml:1:18: CG101")


def test_the_override_beside_the_base_is_read(run: Run) -> None:
    write("compose.yaml", CLEAN)
    write("compose.override.yaml", "services: {web: {privileged: true}}\n")
    assert run("-f", "concise").out.startswith("compose.override.yaml:1:18: CG101")


def test_a_file_that_two_projects_read_is_reported_once(run: Run) -> None:
    write("compose.yaml", "include: [db/compose.yaml]\n" + CLEAN)
    write("db/compose.yaml", BAD.replace("web:", "db:"))
    result = run("-f", "concise")
    assert [line.split(" ")[1] for line in result.out.splitlines()] == ["CG101"]


def test_an_override_alone_is_read_on_its_base_and_reported_alone(run: Run) -> None:
    write("compose.yaml", BAD)
    write("compose.override.yaml", "services: {web: {security_opt: ['seccomp:unconfined']}}\n")
    result = run("check", "-f", "concise", "compose.override.yaml")
    assert [line.split(":")[0] for line in result.out.splitlines()] == ["compose.override.yaml"]
    assert "CG107" in result.out


def test_gitignored_files_are_not_walked(run: Run) -> None:
    write(".gitignore", "vendor/\n")
    Path(".git").mkdir()
    write("vendor/compose.yaml", BAD)
    write("app/compose.yaml", CLEAN)
    assert run().code == 0
    assert run("check", "--no-respect-gitignore").code == 1
    assert run("check", "vendor/compose.yaml").code == 1
    write("app/b/compose.yaml", BAD)
    assert run("check", "--exclude", "b/").code == 0


def test_show_files(run: Run) -> None:
    write("b/compose.yaml", CLEAN)
    write("a/docker-compose.yml", CLEAN)
    write("a/composer.yaml", "x")
    result = run("check", "--show-files")
    assert (result.code, result.out.splitlines()) == (0, ["a/docker-compose.yml", "b/compose.yaml"])


def test_outputs_go_to_files(run: Run) -> None:
    write("compose.yaml", BAD)
    result = run("check", "-f", "concise", "-o", "sarif=out.sarif", "-o", "json=out.json")
    assert result.code == 1
    assert json.loads(Path("out.sarif").read_text())["version"] == "2.1.0"
    assert json.loads(Path("out.json").read_text())["findings"][0]["code"] == "CG101"
    assert "CG101" in result.out


def test_inline_suppressions(run: Run) -> None:
    for text, code in (
        (BAD.replace("privileged: true", "privileged: true  # composeguard: ignore[CG101] needs it"), 0),
        (BAD.replace("    privileged", "    # composeguard: ignore[privileged] needs it\n    privileged"), 0),
        (BAD.replace("  web:", "  web:  # composeguard: ignore[CG101] needs it"), 0),
        ("# composeguard: ignore-file[CG101] a lab\n" + BAD, 0),
        (BAD.replace("privileged: true", "privileged: true  # composeguard: ignore[CG102]"), 1),
        (BAD.replace("privileged: true", "privileged: true  # composeguard: ignore"), 1),
        (BAD + "    command: |\n      # composeguard: ignore[CG101]\n", 1),
    ):
        write("compose.yaml", text)
        assert run("-f", "concise").code == code, text
    write("compose.yaml", BAD.replace("privileged: true", "privileged: true  # composeguard: ignore[CG101] why"))
    assert codes(run("-f", "json")) == []
    assert run("--no-ignores").code == 1
    shown = json.loads(run("-f", "json", "--include-suppressed").out)
    assert "why" in json.dumps(shown)


def test_configuration(run: Run) -> None:
    write("compose.yaml", BAD)
    write(".composeguard.yaml", "rules:\n  privileged: off\n")
    assert run().code == 0
    assert run("--no-config").code == 1
    write(".composeguard.yaml", "rules: {CG101: low}\nfail-on: medium\n")
    result = run("-f", "concise")
    assert (result.code, "CG101 [low]" in result.out) == (0, True)
    write("sub/compose.yaml", BAD)
    write("sub/.composeguard.yml", "ignore: [CG1]\n")
    assert "sub/" not in run("-f", "concise").out
    write(".composeguard.yaml", "exclude: [/compose.yaml, sub/]\n")
    assert run().code == 3
    write("other.yaml", "fail-on: never\n")
    assert run("--config", "other.yaml").code == 0


def test_configuration_in_pyproject(run: Run) -> None:
    write("compose.yaml", BAD)
    write("pyproject.toml", '[tool.composeguard]\nignore = ["CG101"]\n')
    assert run().code == 0
    write(".composeguard.yaml", "{}\n")
    result = run()
    assert (result.code, "side by side" in result.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rulez: {}\n", ".composeguard.yaml:1:1: unknown key 'rulez'; did you mean rules?"),
        ("rules: {CG101: {sevrity: low}}\n", ".composeguard.yaml:1:17: unknown key 'sevrity'; did you mean severity?"),
        ("rules:\n  CG999: off\n", "there is no rule 'CG999'"),
        ("ignore: [privilegd]\n", "did you mean privileged?"),
        ("fail-on: hihg\n", ".composeguard.yaml:1:1: fail-on:"),
        ("- a\n", "a configuration is a mapping"),
        ("a: b: c\n", ".composeguard.yaml:1:5: not YAML"),
        ("fail-on: low\nfail-on: high\n", "duplicate key"),
    ],
)
def test_a_wrong_configuration_is_exit_2_with_its_place(run: Run, text: str, message: str) -> None:
    write("compose.yaml", CLEAN)
    write(".composeguard.yaml", text)
    result = run()
    assert result.code == 2
    assert message in result.err
    assert result.out == ""


def test_a_wrong_code_of_the_command_line_is_not_said_to_be_in_the_configuration(run: Run) -> None:
    write("compose.yaml", CLEAN)
    write(".composeguard.yaml", "profile: recommended\n")
    assert run("check", "--select", "CG777").err.startswith("composeguard: error: there is no rule 'CG777'")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--select", "CG777"], "there is no rule 'CG777'"),
        (["check", "--selct", "CG101"], "--select"),
        (["check", "-f", "xml"], "'xml' is not one of"),
        (["check", "-o", "xml=a"], "xml"),
        (["check", "--config", "gone.yaml"], "gone.yaml"),
        (["check", "--rules", "gone"], "gone"),
        (["explain", "privilegd"], "did you mean privileged?"),
    ],
)
def test_wrong_usage_is_exit_2(run: Run, arguments: list[str], message: str) -> None:
    write("compose.yaml", CLEAN)
    result = run(*arguments)
    assert result.code == 2
    assert message in result.err
    assert result.out == ""


def test_rules_of_ones_own(run: Run) -> None:
    write("compose.yaml", CLEAN)
    rule = write(
        "mine/own.py",
        "from composeguard.api import Problem, Profile, Severity, service_rule\n"
        "@service_rule(code='OWN001', name='no-web', severity=Severity.HIGH, profiles=(Profile.BASELINE,))\n"
        "def no_web(service):\n    'No service is called web.'\n"
        "    if service.name == 'web':\n        yield Problem(service.path, 'a service is called web')\n",
    )
    assert run().code == 0
    result = run("check", "-f", "concise", "--rules", "mine")
    assert result.out == "compose.yaml:2:3: OWN001 [high] a service is called web\n"
    rule.write_text(rule.read_text().replace("service.name ==", "service.nam =="))
    failed = run("check", "-f", "concise", "--rules", "mine")
    assert (failed.code, failed.err) == (2, "")
    assert failed.out == "compose.yaml:2:3: CG906 [high] the rule OWN001 failed on web: AttributeError at own.py:5\n"
    rule.write_text("raise ValueError('no')\n")
    failed = run("check", "--rules", "mine")
    assert (failed.code, "mine/own.py" in failed.err) == (2, True)


def test_a_project_that_takes_too_long_is_an_error_and_the_others_go_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(request: Request, files: Files) -> Reading:
        if "/a/" in request.files[0]:
            time.sleep(30)
        return read_project(request, files)

    write("a/compose.yaml", BAD)
    write("b/compose.yaml", BAD)
    run("check")
    monkeypatch.setattr("composeguard.commands.lint.read_project", slow)
    started = time.monotonic()
    result = run("check", "-f", "concise", "--timeout", "1")
    assert result.code == 2
    assert "a/compose.yaml: not checked within 1 seconds" in result.err
    assert result.out.startswith("b/compose.yaml:13:5: CG101")
    assert time.monotonic() - started < 15


def test_internal_errors_are_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(word: str, rules: object) -> int:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("composeguard.commands.explain.run_explain", broken)
    result = run("explain", "CG101")
    assert result.code == 70
    assert "please report" in result.err
    assert "secret detail" not in result.err
    assert "Traceback" in run("explain", "CG101", "-v").err


def test_interrupt(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(word: str, rules: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("composeguard.commands.explain.run_explain", interrupted)
    assert run("explain", "CG101").code == 130


def test_explain_and_rules(run: Run) -> None:
    for word in ("CG101", "cg101", "privileged"):
        result = run("explain", word)
        assert result.code == 0
        assert result.out.startswith("# CG101 privileged\n")
    listed = json.loads(run("rules", "--format", "json").out)["rules"]
    assert [rule["code"] for rule in listed] == sorted(rule["code"] for rule in listed)
    assert "| [CG101](docs/rules/CG101.md) | privileged |" in run("rules", "--format", "markdown").out
    assert "CG101" in run("rules").out


def test_help_names_every_command(run: Run) -> None:
    text = run("--help").out
    for command in ("check", "fix", "explain", "rules", "resolve"):
        assert command in text
        assert run(command, "--help").code == 0


def test_fix_repairs_in_place(run: Run) -> None:
    path = write("compose.yaml", "version: '3'  # old\n" + CLEAN)
    path.chmod(0o640)
    before = run("fix", "--diff")
    assert (before.code, path.read_text().startswith("version")) == (1, True)
    assert "-version: '3'  # old\n" in before.out
    result = run("fix")
    assert result.code == 0
    assert path.read_text() == CLEAN
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert run("fix", "--diff").code == 0


def test_unsafe_fixes_are_asked_for(run: Run) -> None:
    path = write("compose.yaml", BAD)
    result = run("fix")
    assert (result.code, path.read_text()) == (1, BAD)
    assert "--unsafe" in result.err + result.out
    assert run("fix", "--unsafe").code == 0
    assert path.read_text() == CLEAN


def test_formats_for_machines_carry_what_fixes_change(run: Run) -> None:
    write("compose.yaml", BAD + '    environment: {DB_PASSWORD: "fir-tree-19"}\n')
    sarif = json.loads(run("check", "-f", "sarif").out)
    fixes = {result["ruleId"]: result.get("fixes") for result in sarif["runs"][0]["results"]}
    [replacement] = fixes["CG101"][0]["artifactChanges"][0]["replacements"]
    assert (replacement["deletedRegion"]["startLine"], replacement["insertedContent"]["text"]) == (13, "")
    rdjson = {each["code"]["value"]: each for each in json.loads(run("check", "-f", "rdjson").out)["diagnostics"]}
    [suggestion] = rdjson["CG101"]["suggestions"]
    assert (suggestion["range"]["start"]["line"], suggestion["text"]) == (13, "")
    assert "(unsafe: " in rdjson["CG101"]["message"]
    assert "suggestions" not in rdjson["CG601"]


def test_a_fix_that_needs_a_variable_waits_for_it(run: Run) -> None:
    secrets = '    environment:\n      DB_PASSWORD: "fir-tree-19"\n      API_TOKEN: "oak-tree-20"\n'
    path = write("compose.yaml", CLEAN + secrets)
    write(".env", "API_TOKEN=a-new-one\n")
    result = run("fix", "--unsafe")
    taken = secrets.replace('"oak-tree-20"', '"${API_TOKEN:?}"')
    assert (result.code, path.read_text()) == (1, CLEAN + taken)
    assert "CG601 web: first set DB_PASSWORD in `.env`, else Compose refuses the project" in result.out
    assert "; left 1 alone" in result.out
    assert "--unsafe" not in run("fix").out
    assert "--unsafe" not in run("check").out
    assert run("fix", "--unsafe", "--select", "CG601").code == 0
    assert path.read_text() == CLEAN + taken.replace('"fir-tree-19"', '"${DB_PASSWORD:?}"')


def test_closed_pipe_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        "services:\n" + "".join(f"  s{n}: {{image: 'nginx:1', privileged: true}}\n" for n in range(400))
    )
    command = f"'{sys.executable}' -m composeguard -f concise | head -n 1"
    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


TWO_BAD = """\
services:
  a:
    image: nginx:1.27.2  # the web
    privileged: true
    uts: host
  b:
    image: nginx:1.27.2
    privileged: true
"""


@pytest.mark.parametrize("option", ["--diff", "--unsafe"])
def test_what_is_left_alone_is_where_the_file_has_it(run: Run, option: str) -> None:
    write(
        "compose.yaml",
        """\
services:
  web:
    image: nginx:1.27.2
  app:
    image: app:1.2
    environment:
      API_TOKEN: aGVsbG8gd29ybGQx
""",
    )
    result = run("fix", "--unsafe", option)
    left = [line for line in (result.out + result.err).splitlines() if line.startswith("left alone")]
    line = Path("compose.yaml").read_text().splitlines().index("      API_TOKEN: aGVsbG8gd29ybGQx") + 1
    assert len(left) == 1
    assert left[0].startswith(f"left alone compose.yaml:{line}:")


@pytest.mark.parametrize(
    ("answers", "gone", "asked"),
    [
        ("y\nn\nn\n", ["    privileged: true\n    uts"], 3),
        ("n\nn\nyes\n", ["1.27.2\n    privileged: true\n"], 3),
        ("a\nn\n", ["    privileged: true\n    uts", "1.27.2\n    privileged: true\n"], 2),
        ("d\ny\n", ["    uts: host\n"], 2),
        ("y\nq\n", ["    privileged: true\n    uts"], 2),
        ("?\nwhat\ny\n", ["    privileged: true\n    uts"], 4),
        ("", [], 1),
    ],
)
def test_fixes_are_made_one_by_one_as_somebody_agrees(run: Run, answers: str, gone: list[str], asked: int) -> None:
    path = write("compose.yaml", TWO_BAD)
    result = run("fix", "-i", "--select", "CG101,CG108", stdin=answers.encode())
    expected = TWO_BAD
    for piece in gone:
        kept = piece.replace("    privileged: true\n", "").replace("    uts: host\n", "")
        expected = expected.replace(piece, kept, 1)
    assert path.read_text() == expected
    assert result.err.count("Make this unsafe change [y,n,a,d,q,?]?") == asked
    assert "+++ b/compose.yaml" in result.err
    assert f"fixed {len(gone)} finding" in result.out
    assert result.code == 1


def test_what_is_agreed_to_can_be_shown_only(run: Run) -> None:
    path = write("compose.yaml", TWO_BAD)
    result = run("fix", "-i", "--diff", "--select", "CG108", stdin=b"y\n")
    assert path.read_text() == TWO_BAD
    assert (result.code, result.out.count("\n-    uts: host\n")) == (1, 1)


def test_a_change_for_several_services_is_asked_once(run: Run) -> None:
    text = "x-a: &a\n  image: nginx:1.27.2\n  privileged: true\nservices:\n  a: *a\n  b: *a\n"
    path = write("compose.yaml", text)
    result = run("fix", "-i", "--select", "CG101", stdin=b"y\n")
    assert path.read_text() == text.replace("  privileged: true\n", "")
    assert "the same change is for CG101 b\n" in result.err
