"""The page of the format `html`: sound, safe, complete in itself, the same every time."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.report_samples import Made, make_file, make_finding, make_report, make_rule

from composeguard import cli
from composeguard.engine.finding import Finding
from composeguard.engine.report import Report
from composeguard.engine.rule import Reference
from composeguard.report import renderer
from composeguard.report.html import prose
from composeguard.report.options import RenderOptions
from composeguard.source.file import SourceFile

PROJECT = Path(__file__).resolve().parents[1]
PLATFORM = PROJECT / "examples" / "platform" / "compose.yaml"
_BROWSER = shutil.which("chromium")
_VOID = frozenset(("meta", "link", "input", "br", "img", "hr"))
_HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a'b\"c&amp;",
    "\u202eevil\u2066\u200b",
    "x\x07\x1b[31m\x9b",
    "{{ 7 * 7 }}{% raw %}",
    "]]></svg><style>*{}</style>",
    "javascript:alert(1)",
)


class _Page(HTMLParser):
    """Reads a page strictly: every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.contents: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, attrs)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.contents.setdefault(self.open[-1], []).append(data)

    def of(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def _html(report: Report, *, include_suppressed: bool = False) -> str:
    return "".join(renderer("html")(report, RenderOptions(include_suppressed=include_suppressed)))


def _checked(folder: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    monkeypatch.chdir(folder)
    cli.run(["check", "-q", "--color", "never", "-f", "concise", "-o", "out.html", *arguments])
    return (folder / "out.html").read_text("utf-8")


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "compose.yaml").write_bytes(PLATFORM.read_bytes())
    return _checked(tmp_path, monkeypatch)


def _sound(text: str) -> _Page:
    """What holds for every page."""
    page = _Page(text)
    ids = page.of("id")
    assert len(ids) == len(set(ids))
    links = [value for tag, name, value in page.attributes if tag == "a" and name == "href"]
    for link in links:
        assert link.startswith("https://") or link.removeprefix("#") in ids, link
    for label in (*page.of("for"), *(part for value in page.of("aria-labelledby") for part in value.split())):
        assert label in ids
    # Nothing is loaded, and nothing runs but what the policy names.
    names = {name for _, name, _ in page.attributes}
    assert not names & {"src", "srcset", "style", "data", "background", "poster", "xlink:href", "action"}
    assert not [name for name in names if name.startswith("on")]
    assert not {tag for tag, _, _ in page.attributes} & {"link", "img", "iframe", "object", "embed", "base", "use"}
    (style,), (script,) = page.contents["style"], page.contents["script"]
    assert "url(" not in style
    assert "@import" not in style
    (policy,) = [value for value in page.of("content") if "default-src" in value]
    assert policy.startswith("default-src 'none'; ")
    for part, content in (("style-src", style), ("script-src", script)):
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"; {part} 'sha256-{digest}';" in policy
    assert not {char for char in text if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0}
    return page


def test_the_page_of_twenty_services_is_sound(platform: str) -> None:
    page = _sound(platform)
    tags = {tag for tag, _, _ in page.attributes}
    assert tags >= {"html", "nav", "section", "svg", "table", "details"}
    assert ("html", "lang", "en") in page.attributes
    assert platform.count("<main>") == platform.count("<h1 ") == 1
    assert "20 services, 7 networks" in platform


def _opened(page: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the browser makes of a page, and on standard error what it says of it."""
    (folder / "page.html").write_text(page, encoding="utf-8")
    command = [str(_BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"]
    command += [f"--user-data-dir={folder / 'user'}", (folder / "page.html").as_uri()]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=True)


@pytest.mark.skipif(_BROWSER is None, reason="chromium is not installed")
def test_a_browser_shows_it(platform: str, tmp_path: Path) -> None:
    """Under its own policy: the style counts, the script has run, and nothing was refused."""
    done = _opened(platform, tmp_path)
    assert "CONSOLE" not in done.stderr
    assert re.search(r'<[^>]* id="by-text"[^>]* hidden', platform)
    field = re.search(r'<[^>]* id="by-text"[^>]*>', done.stdout)
    assert field is not None
    assert "hidden" not in field[0], "the script shows the filter"
    assert done.stdout.count('class="finding') == platform.count('class="finding')


@pytest.mark.skipif(_BROWSER is None, reason="chromium is not installed")
def test_the_browser_would_say_what_it_refuses(platform: str, tmp_path: Path) -> None:
    done = _opened(platform.replace("</body>", "<script>1</script></body>"), tmp_path)
    assert "CONSOLE" in done.stderr


def test_a_page_of_nothing_is_sound() -> None:
    page = _sound(_html(make_report(files=("compose.yaml",))))
    assert "No findings in 1 file" in page.contents["h1"]


def test_the_picture_shows_who_comes_in_and_what_is_reached(platform: str) -> None:
    titles = set(re.findall(r"<title>([^<]*)</title>", platform))
    assert "gateway reaches /run/docker.sock (read-only, at /var/run/docker.sock); worst finding critical" in titles
    assert "gateway: 8080 → 8080 (reached from the host itself)" in titles
    assert "metrics: 10.20.0.5:9090 → 9090 (reached from one address of the host)" in titles
    assert "tunnel is in edge, public" in titles
    assert "node-exporter: all it listens on (it shares the network of the host); worst finding high" in titles
    assert "Network api (internal)" in titles


def test_every_finding_has_its_source_and_what_its_fix_changes(platform: str) -> None:
    assert "<mark>SYS_ADMIN</mark>, DAC_READ_SEARCH]</span>" in platform
    assert '<span class="removed"><span class="sign">-</span>    cap_add: [SYS_ADMIN, DAC_READ_SEARCH]' in platform
    assert '<span class="added"><span class="sign">+</span>    cap_add: [DAC_READ_SEARCH]' in platform
    assert "correct-horse" not in platform


def test_the_page_is_the_same_every_time(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_bytes(PLATFORM.read_bytes())
    command = [sys.executable, "-m", "composeguard", "check", "-q", "-f", "html"]
    pages = {
        subprocess.run(
            command, cwd=tmp_path, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}, timeout=60
        ).stdout
        for seed in ("1", "2")
    }
    assert len(pages) == 1
    assert len(pages.pop()) > 50_000


@pytest.mark.parametrize("text", _HOSTILE)
def test_nothing_that_a_repository_says_becomes_markup(text: str) -> None:
    file = make_file(f"services:\n  {text}: 1\n", f"{text.replace('/', '')}.yaml")
    made = Made(message=f"{text} and `{text}`", label=text, path=("services", text))
    report = make_report(make_finding(file, text, made=made))
    page = _sound(_html(report))
    assert page.contents.keys() & {"script", "style"} == {"script", "style"}
    assert len(page.contents["script"]) == len(page.contents["style"]) == 1


def test_nothing_that_a_project_holds_becomes_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = {
        text: {
            "image": text,
            "privileged": True,
            "ports": [{"target": 80, "published": "8080", "host_ip": text}],
            "volumes": [{"type": "bind", "source": f"/etc/{text}", "target": "/x"}],
            "networks": [text],
            "cap_add": [text],
        }
        for text in _HOSTILE
    }
    whole = {"name": "project", "services": services, "networks": dict.fromkeys(_HOSTILE)}
    (tmp_path / "compose.yaml").write_text(json.dumps(whole))
    page = _sound(_checked(tmp_path, monkeypatch, "--profile", "all"))
    assert "49" not in page.contents["text"]
    assert any("<script>alert(1)" in part for part in page.contents["text"])


def test_a_rule_of_ones_own_cannot_link_to_a_script() -> None:
    file = make_file("a: 1\n")
    rule = make_rule("ACME001", references=[Reference("x", "javascript:alert(1)")])
    assert "javascript:" not in _html(make_report(make_finding(file, "a", rule)))


def test_accepted_findings_are_shown_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "compose.yaml").write_text(
        "services:\n  web:\n    image: a:1.2.3\n    privileged: true  # composeguard: ignore[CG101] it <must>\n"
    )
    text = _checked(tmp_path, monkeypatch, "--include-suppressed")
    _sound(text)
    assert "Accepted: it &lt;must&gt;" in text
    assert "every device and capability of the host); accepted by a comment</title>" in text
    # What is accepted counts nowhere.
    assert "0 critical" not in text
    assert '<li class="tile critical none"><b>0</b>' in text
    assert '<td><span class="badge medium">medium</span></td>' in text
    assert "Accepted:" not in _checked(tmp_path, monkeypatch)


def test_many_projects_are_folded_and_what_is_left_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(25):
        folder = tmp_path / f"p{number}"
        folder.mkdir()
        (folder / "compose.yaml").write_text("services:\n  web: {image: 'a:1.2.3'}\n")
    (tmp_path / "p7" / "compose.yaml").write_text("services:\n  web: {image: 'a:1.2.3', privileged: true}\n")
    text = _checked(tmp_path, monkeypatch)
    page = _sound(text)
    assert text.count('<details class="project"') == 20
    assert text.count(" open>\n<summary><h3>p7</h3>") == text.count(" open>\n<summary><h3>") == 1
    assert "5 more projects have no picture here" in text
    assert "p24" in page.contents["td"]


def test_a_page_of_too_many_findings_shows_the_worst_and_counts_the_rest() -> None:
    file = make_file("privileged: true\n" * 2_100)
    text = _html(make_report(*_many(file)))
    _sound(text)
    assert text.count('<details class="finding') == 2_000
    assert "2,100 findings in 1 file" in text
    assert "100 findings are counted above and not shown here" in text


def _many(file: SourceFile) -> Iterator[Finding]:
    first = make_finding(file, "privileged")
    for number in range(2_100):
        yield replace(first, start=17 * number, end=17 * number + 10, identity=str(number))


def test_without_jinja_the_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {}\n")
    code = "import sys; sys.modules['jinja2'] = None\nfrom composeguard import cli\nsys.exit(cli.run(sys.argv[1:]))"
    for arguments in (["-f", "html"], ["-o", "a.html"]):
        run = subprocess.run(
            [sys.executable, "-c", code, "check", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert (run.returncode, run.stdout) == (2, "")
        assert "composeguard[html]" in run.stderr
    assert not (tmp_path / "a.html").exists()
    plain = subprocess.run(
        [sys.executable, "-c", code, "check", "-f", "concise"], cwd=tmp_path, capture_output=True, timeout=60
    )
    assert plain.returncode == 0


def test_a_name_in_backticks_is_code_and_nothing_else() -> None:
    assert prose("set `a<b>` & `c\nd`") == "set <code>a&lt;b&gt;</code> &amp; <code>c\\nd</code>"
    assert prose("`") == "`"
