"""Names and values of a project cannot speak for us: not to a terminal, a workflow, a page, an XML reader, a table."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from tests.test_cli import Run, run, write

from composeguard.report import FORMATS

__all__ = ["run"]

PAYLOADS = {
    "terminal": "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e\u2066\r\b\x7f",
    "workflow": "\n::error file=a,line=1::owned\n::set-output name=a::b\r\n##[error]owned\n::stop-commands::x",
    "html": "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(1)>",
    "xml": "]]><owned/><!-- &owned; <!DOCTYPE x [<!ENTITY owned SYSTEM 'file:///etc/passwd'>]> --><?owned?>",
    "markdown": "| owned | [a](javascript:owned) ![b](http://owned.invalid/x.png) ` <b>owned</b> @owned \n\n# owned",
    "link": 'javascript:owned//"><a href=javascript:owned>',
    "format": "%s %n {0} {owned} ${owned} %(owned)s \\N{BULLET} {{ 7*7 }} {% owned %}",
}


def _project(payload: str) -> str:
    quoted = json.dumps(payload)
    return "".join(
        (
            "services:\n",
            f"  {json.dumps('a' + payload)}:\n    image: {quoted}\n    privileged: true\n",
            f"    container_name: {quoted}\n",
            f"    labels: {{{quoted}: {quoted}}}\n    user: {quoted}\n    pid: {quoted}\n",
            f"    network_mode: {quoted}\n",
            "  ok:\n    image: nginx:1.27.2\n    privileged: true\n    cap_add: [SYS_ADMIN]\n",
            f"    labels: {{{quoted}: {quoted}}}\n    volumes: [{json.dumps('./' + payload + ':/' + payload)}]\n",
            f"    environment: {{{quoted}: {quoted}, DB_PASSWORD: {quoted}}}\n    env_file: [{quoted}]\n",
            f"    command: [sh, -c, {quoted}]\n    depends_on: [{quoted}]\n    {quoted}: 1\n    networks: [{quoted}]\n",
            f"    healthcheck: {{test: [CMD-SHELL, {quoted}]}}\n    extra_hosts: [{quoted}]\n    ports: [{quoted}]\n",
            f"    secrets: [{quoted}]\n    security_opt: [{quoted}]\n    logging: {{driver: {quoted}}}\n",
            f"networks: {{{quoted}: {{driver: {quoted}}}}}\nvolumes: {{{quoted}: }}\n{quoted}: 1\nname: {quoted}\n",
        )
    )


class _Page(HTMLParser):
    """What of a page a browser would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        if tag in ("img", "iframe", "object", "embed", "owned"):
            self.bad.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (name in ("href", "src") and "javascript:" in (value or "").lower()):
                self.bad.append(f"{tag} {name}={value}")


def _html(text: str) -> None:
    page, clean = _Page(), _Page()
    page.feed(text)
    clean.feed("<script></script>")
    assert (page.bad, page.scripts) == ([], clean.scripts)


def _github(text: str) -> None:
    assert all(re.match(r"::(error|warning|notice) (file|title)=", line) for line in text.splitlines())
    assert all(line.count("::") == 2 or "::" in line.split("::", 2)[2] for line in text.splitlines())


def _junit(text: str) -> None:
    root = ElementTree.fromstring(text)
    assert not [each.tag for each in root.iter() if "owned" in each.tag]
    assert "<!DOCTYPE" not in text
    assert "<?owned" not in text


def _markdown(text: str) -> None:
    outside = re.sub(r"(`+)[^`\n]+\1", "", text)
    assert not re.search(r"(?<!\\)\[[^\]]*\]\((?!https://github\.com/composeguard/)", outside)
    assert "<b>" not in outside
    assert "<script" not in outside
    assert not [line for line in text.splitlines() if line.startswith("# owned")]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("name", FORMATS)
def test_no_text_of_a_project_speaks_for_us(run: Run, name: str, payload: str) -> None:
    write("compose.yaml", _project(PAYLOADS[payload]))
    result = run("check", "-f", name, "--profile", "all")
    assert result.code in (1, 2)
    assert "internal error" not in result.err
    for text in (result.out, result.err):
        assert not set(text) & {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2066"} - {"\n"}
        assert name == "github" or not re.search(r"^\s*(::|##\[)", text, re.MULTILINE)
    checks: dict[str, Callable[[str], object]] = {
        "html": _html,
        "github": _github,
        "junit": _junit,
        "markdown": _markdown,
        **dict.fromkeys(("json", "sarif", "gitlab", "rdjson"), json.loads),
    }
    if name in checks:
        checks[name](result.out)
    if name == "jsonl":
        assert all(json.loads(line) for line in result.out.splitlines())


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nor_in_what_fix_and_resolve_say(run: Run, payload: str) -> None:
    write("compose.yaml", _project(PAYLOADS[payload]))
    results = [run("fix", "--unsafe"), run("resolve"), run("check", "--show-files", "-v"), run("baseline", "write")]
    for result in results:
        assert result.code in (0, 1, 2)
        for text in (result.err, results[0].out):
            assert not set(text) & {*map(chr, range(32)), *map(chr, range(0x7F, 0xA0)), "\u202e", "\u2066"} - {"\n"}
            assert not re.search(r"^\s*(::|##\[)", text, re.MULTILINE)
