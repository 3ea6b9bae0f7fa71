"""Rounds, faults and refusals of a whole project's fixes, with rules made for the test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.fix_harness import Project, made_up_rule

from composeguard.engine.fix import Append, Operation, Remove, Safety, Set
from composeguard.engine.rule import Rule
from composeguard.fix.edits import Edit
from composeguard.fix.judge import Checked
from composeguard.fix.previews import Previews
from composeguard.fix.refusal import Refusal
from composeguard.model.reading import Reading
from composeguard.policy.builtin import load_builtin
from composeguard.source.node import Path as Steps

Wishes = Iterable[tuple[Steps, tuple[Operation, ...]]]

LEFT = 1_000_000
HEAD = "services:\n  web:\n    image: a\n"


def removes(key: str, code: str) -> Rule:
    """Finds a key in every service, and removes it."""

    def wish(reading: Reading) -> Wishes:
        for name, node in _services(reading).items():
            if key in node:
                yield ("services", name, key), (Remove(("services", name, key)),)

    return made_up_rule(wish, code=code)


def appends(key: str, item: str, code: str, safety: Safety = Safety.SAFE) -> Rule:
    """Finds services whose list lacks an item, and adds it."""

    def wish(reading: Reading) -> Wishes:
        for name in _services(reading):
            node = reading.node(("services", name, key))
            items = node.value if node is not None and isinstance(node.value, list) else []
            if item not in [each.value for each in items]:
                yield ("services", name), (Append(("services", name, key), item),)

    return made_up_rule(wish, code=code, safety=safety)


def sets(key: str, value: str, code: str) -> Rule:
    """Finds services whose key has another value, and sets it."""

    def wish(reading: Reading) -> Wishes:
        for name, node in _services(reading).items():
            if key not in node or node[key] != value:
                yield ("services", name, key), (Set(("services", name, key), value),)

    return made_up_rule(wish, code=code)


def _services(reading: Reading) -> dict[str, dict[str, object]]:
    services = reading.root.value
    assert isinstance(services, dict)
    node = services.get("services")
    found = node.value if node is not None and isinstance(node.value, dict) else {}
    return {
        name: {key: child.value for key, child in entry.value.items()} if isinstance(entry.value, dict) else {}
        for name, entry in found.items()
    }


def test_fixes_of_one_place_take_rounds(tmp_path: Path) -> None:
    rules = [appends("security_opt", option, f"TEST00{number}") for number, option in enumerate(("a", "b", "c"))]
    project = Project(tmp_path, {"compose.yaml": HEAD}, rules)
    planned = project.plan()
    assert project.texts(planned) == {"compose.yaml": HEAD + "    security_opt:\n      - a\n      - b\n      - c\n"}
    assert [each.round for each in planned.applied] == [1, 2, 2]
    assert not planned.refused
    assert not planned.after.findings


def test_a_second_run_edits_nothing(tmp_path: Path) -> None:
    rules = [appends("cap_drop", "ALL", "TEST001"), removes("privileged", "TEST002")]
    project = Project(tmp_path, {"compose.yaml": HEAD + "    privileged: true\n"}, rules)
    first = project.plan()
    (tmp_path / "compose.yaml").write_text(first.files[0].text)
    second = project.plan()
    assert first.applied
    assert not second.files
    assert not second.applied


def test_unsafe_fixes_are_asked_for(tmp_path: Path) -> None:
    rules = [appends("cap_drop", "ALL", "TEST001", Safety.UNSAFE), removes("privileged", "TEST002")]
    project = Project(tmp_path, {"compose.yaml": HEAD + "    privileged: true\n"}, rules)
    planned = project.plan(allow_unsafe=False)
    assert project.texts(planned) == {"compose.yaml": HEAD}
    assert [each.code for each in planned.skipped_unsafe] == ["TEST001"]


def test_accepted_findings_stay(tmp_path: Path) -> None:
    text = HEAD + "    privileged: true # composeguard: ignore[TEST002] we know\n"
    planned = Project(tmp_path, {"compose.yaml": text}, [removes("privileged", "TEST002")]).plan()
    assert not planned.files
    assert not planned.refused


def test_a_fix_that_does_not_help_is_refused_and_the_others_stand(tmp_path: Path) -> None:
    services = "".join(f"  s{number}:\n    image: a\n    privileged: true\n" for number in range(20))

    def stubborn(reading: Reading) -> Wishes:
        for name in _services(reading):
            if name in ("s3", "s17"):
                yield ("services", name, "image"), (Set(("services", name, "init"), True),)

    rules = [removes("privileged", "TEST002"), made_up_rule(stubborn)]
    project = Project(tmp_path, {"compose.yaml": "services:\n" + services}, rules)
    planned = project.plan()
    assert project.texts(planned) == {"compose.yaml": "services:\n" + services.replace("    privileged: true\n", "")}
    assert {(each.finding.path[1], each.reason) for each in planned.refused} == {
        ("s3", "the finding would still be there"),
        ("s17", "the finding would still be there"),
    }
    assert project.checks < 20


def test_a_fix_that_brings_a_finding_is_refused(tmp_path: Path) -> None:
    def no_init(reading: Reading) -> Wishes:
        for name, node in _services(reading).items():
            if "init" in node:
                yield ("services", name, "init"), ()

    def wants_init(reading: Reading) -> Wishes:
        for name, node in _services(reading).items():
            if "init" not in node:
                yield ("services", name), (Set(("services", name, "init"), True),)

    rules = [made_up_rule(no_init, code="TEST001"), made_up_rule(wants_init, code="TEST002"), removes("tty", "TEST003")]
    planned = Project(tmp_path, {"compose.yaml": HEAD + "    tty: true\n"}, rules).plan()
    assert [file.text for file in planned.files] == [HEAD]
    assert [each.reason for each in planned.refused] == ["it would bring a new finding, TEST001"]


def test_what_is_wrong_in_every_service_is_found_as_fast_as_in_one(tmp_path: Path) -> None:
    def no_runtime(reading: Reading) -> Wishes:
        for name, node in _services(reading).items():
            if "runtime" in node:
                yield ("services", name, "runtime"), ()

    rules = [made_up_rule(no_runtime, code="TEST001"), sets("runtime", "r", "TEST002")]
    rules += [sets(key, "x", f"TEST10{number}") for number, key in enumerate(("user", "hostname", "domainname"))]
    services = "".join(f"  s{number}:\n    image: a\n" for number in range(100))
    project = Project(tmp_path, {"compose.yaml": "services:\n" + services}, rules)
    planned = project.plan()
    assert len(planned.applied) == 300
    assert [each.reason for each in planned.refused] == ["it would bring a new finding, TEST001"] * 100
    assert project.checks < 12


def test_fixes_that_undo_each_other_come_to_an_end(tmp_path: Path) -> None:
    rules = [sets("user", "1", "TEST001"), sets("user", "2", "TEST002")]
    planned = Project(tmp_path, {"compose.yaml": HEAD}, rules).plan()
    assert len(planned.applied) <= 1
    assert planned.refused


def test_one_refused_place_does_not_stop_the_file(tmp_path: Path) -> None:
    explicit = "    ? cap_add\n    : [A]\n    tty: true\n"
    rules = [removes("cap_add", "TEST001"), removes("privileged", "TEST002")]
    planned = Project(tmp_path, {"compose.yaml": HEAD + "    privileged: true\n" + explicit}, rules).plan()
    assert [file.text for file in planned.files] == [HEAD + explicit]
    assert [each.reason for each in planned.refused] == ["the entry does not stand on lines of its own"]


def test_shared_text_changes_when_all_agree(tmp_path: Path) -> None:
    text = "x-c: &c\n  privileged: true\n  init: true\nservices:\n  a: {<<: *c, image: a}\n  b: {<<: *c, image: b}\n"
    planned = Project(tmp_path, {"compose.yaml": text}, [removes("privileged", "TEST001")]).plan()
    assert [file.text for file in planned.files] == [text.replace("  privileged: true\n", "")]
    assert len(planned.applied) == 2


def test_shared_text_grows_when_all_agree(tmp_path: Path) -> None:
    def wish(reading: Reading) -> Wishes:
        for name in _services(reading):
            path = ("services", name, "deploy", "resources", "limits", "cpus")
            if reading.node(path) is None:
                yield ("services", name), (Set(path, "1.0"),)

    head = "x-d: &d\n  resources:\n    limits:\n      memory: 1g\n"
    tail = "services:\n  a: {image: a, deploy: *d}\n  b: {image: b, deploy: *d}\n"
    planned = Project(tmp_path, {"compose.yaml": head + tail}, [made_up_rule(wish)]).plan()
    assert [file.text for file in planned.files] == [head + '      cpus: "1.0"\n' + tail]


def test_shared_text_stays_when_one_does_not_agree(tmp_path: Path) -> None:
    text = (
        "x-c: &c\n  privileged: true\n  init: true\nservices:\n  a: {<<: *c, image: a}\n"
        "  # composeguard: ignore[TEST001] needed\n  b: {<<: *c, image: b}\n"
    )

    def wish(reading: Reading) -> Wishes:
        for name in _services(reading):
            yield ("services", name), (Remove(("services", name, "privileged")),)

    planned = Project(tmp_path, {"compose.yaml": text}, [made_up_rule(wish)]).plan()
    assert not planned.files
    assert [each.reason for each in planned.refused] == ["the text takes effect in b too"]


def test_a_fix_in_two_files_is_made_in_both(tmp_path: Path) -> None:
    def wish(reading: Reading) -> Wishes:
        services = _services(reading)
        if "init" in services["web"]:
            yield ("services", "web"), (Remove(("services", "web", "init")), Remove(("services", "web", "tty")))

    files = {"compose.yaml": HEAD + "    tty: true\n", "o.yaml": "services:\n  web:\n    init: true\n    user: a\n"}
    project = Project(tmp_path, files, [made_up_rule(wish)], "compose.yaml", "o.yaml")
    planned = project.plan()
    assert project.texts(planned) == {"compose.yaml": HEAD, "o.yaml": "services:\n  web:\n    user: a\n"}


def test_comments_that_go_are_told(tmp_path: Path) -> None:
    rules = [removes("privileged", "TEST002")]
    planned = Project(tmp_path, {"compose.yaml": HEAD + "    privileged: true # for tests\n"}, rules).plan()
    assert planned.files[0].lost == ("# for tests",)


def test_byte_order_mark_and_encoding_are_no_matter(tmp_path: Path) -> None:
    rules = [removes("privileged", "TEST002")]
    for number, codec in enumerate(("utf-8-sig", "utf-16")):
        folder = tmp_path / str(number)
        folder.mkdir()
        project = Project(folder, {"compose.yaml": (HEAD + "    privileged: true\n").encode(codec)}, rules)
        assert project.texts(project.plan()) == {"compose.yaml": HEAD}


def _previewed(start: Checked) -> list[Edit]:
    """The edits of all findings, in their order."""
    proofs = Previews(start, LEFT).proofs(start.findings)
    made = {finding.identity: files for proof in proofs for finding, files in proof.edits}
    assert len(made) == len(start.findings)
    return [edit for finding in start.findings for edits in made[finding.identity].values() for edit in edits]


def test_each_preview_is_its_own(tmp_path: Path) -> None:
    rules = [removes(key, f"TEST00{number}") for number, key in enumerate(("privileged", "tty", "init", "read_only"))]
    text = HEAD + "    privileged: true\n    tty: true\n    init: true\n    read_only: true\n"
    start = Project(tmp_path, {"compose.yaml": text}, rules).check()
    assert [text[edit.start : edit.end] for edit in _previewed(start)] == text.splitlines(keepends=True)[3:]


def test_preview_shows_the_edits_of_one_finding(tmp_path: Path) -> None:
    project = Project(tmp_path, {"compose.yaml": HEAD + "    privileged: true\n"}, [removes("privileged", "TEST002")])
    start = project.check()
    edits = _previewed(start)
    assert [(edit.start, edit.end, edit.replacement) for edit in edits] == [(len(HEAD), len(HEAD) + 21, "")]
    assert project.checks == 1


def test_preview_refuses_what_others_share(tmp_path: Path) -> None:
    text = "x-c: &c\n  tty: true\n  init: true\nservices:\n  a: {<<: *c, image: a}\n  b: {<<: *c, image: b}\n"
    start = Project(tmp_path, {"compose.yaml": text}, [removes("tty", "TEST001")]).check()
    with pytest.raises(Refusal, match="takes effect in b too"):
        Previews(start, LEFT).candidate(start.findings[0])
    assert not _previewed(start)


BUILTIN = """\
version: "3.8"  # old
x-base: &base
  restart: unless-stopped
  privileged: true
services:
  web:
    <<: *base
    image: nginx:1.27  # the proxy
    ports: ["80:80", '443:443/udp']
  db:
    <<: *base
    image: postgres:16.3
    ports:
    - ${DB_PORT:-5432}:5432   # only for us
    - target: 9187
      published: "9187"
    security_opt:
    - seccomp:unconfined
    volumes:
    - data:/var/lib/postgresql/data
volumes:
  data:
"""


def test_the_built_in_rules_fix_a_project(tmp_path: Path) -> None:
    project = Project(tmp_path, {"compose.yaml": BUILTIN}, load_builtin())
    planned = project.plan()
    (file,) = planned.files
    assert not [each for each in planned.refused if each.finding.code in ("CG101", "CG102", "CG104", "CG302", "CG802")]
    assert "privileged" not in file.text
    assert "    ports: [\"127.0.0.1:80:80\", '127.0.0.1:443:443/udp']\n" in file.text
    assert "    - 127.0.0.1:${DB_PORT:-5432}:5432   # only for us\n" in file.text
    assert "    image: nginx:1.27  # the proxy\n" in file.text
    assert "# old" in file.lost
    (tmp_path / "compose.yaml").write_text(file.text)
    assert not project.plan().files
