"""Which files make which project."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from composeguard.compose.discover import ProjectFiles, Walk, find_project, projects_of
from composeguard.compose.files import Files
from composeguard.compose.gitignore import GitIgnore, patterns
from composeguard.compose.walk import is_compose_name

NAMES = {
    "compose.yaml": True,
    "compose.yml": True,
    "docker-compose.prod.yml": True,
    "podman-compose.yaml": True,
    "container-compose.yml": True,
    "stack.yml": True,
    "stack-a.yaml": True,
    "compose.override.yaml": True,
    "composer.yaml": False,
    "composeguard.yml": False,
    "composeguard.megalinter-descriptor.yml": False,
    "my-compose.yml": False,
    "compose.json": False,
    "compose.yml.bak": False,
    "Compose.yml": False,
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items())
def test_names(name: str, expected: bool) -> None:
    assert is_compose_name(name) is expected


class Repository:
    """A folder with `.git` and some files; texts are given for few of them."""

    def __init__(self, folder: Path, names: str, **texts: str) -> None:
        self.folder = folder
        (folder / ".git").mkdir(parents=True)
        for name in names.split():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(texts.get(name.replace(".", "_").replace("/", "_"), ""))

    def projects(self, *paths: str, walk: Walk | None = None, environment: dict[str, str] | None = None) -> list[str]:
        asked = [str(self.folder / path) for path in paths or (".",)]
        return [self.shown(project) for project in projects_of(asked, walk, environment=environment)]

    def shown(self, project: ProjectFiles) -> str:
        """The files, with `*` behind those to report on."""
        names = [
            os.path.relpath(path, self.folder) + ("*" if path in project.report_on else "") for path in project.files
        ]
        return " ".join(names)


FOLDERS = [
    ("base and override", "compose.yaml compose.override.yml", ["compose.yaml* compose.override.yml*"]),
    ("the first name wins", "compose.yml docker-compose.yml", ["compose.yml*"]),
    ("yml before yaml for the old name", "docker-compose.yaml docker-compose.yml", ["docker-compose.yml*"]),
    ("one override, whatever the base", "compose.yaml docker-compose.override.yml", None),
    ("the first override wins", "compose.yaml compose.override.yml compose.override.yaml", None),
    ("an override without base", "compose.override.yml", ["compose.override.yml*"]),
    ("other names are their own", "compose.yaml compose.prod.yaml stack.yml", None),
    ("folders", "b/compose.yaml a/compose.yaml .git/compose.yaml", ["a/compose.yaml*", "b/compose.yaml*"]),
    ("nothing", "composer.yaml README.md", []),
]
EXPECTED = {
    "one override, whatever the base": ["compose.yaml* docker-compose.override.yml*"],
    "the first override wins": ["compose.yaml* compose.override.yml*"],
    "other names are their own": ["compose.prod.yaml*", "compose.yaml*", "stack.yml*"],
}


@pytest.mark.parametrize(("name", "files", "expected"), FOLDERS, ids=[case[0] for case in FOLDERS])
def test_folders(tmp_path: Path, name: str, files: str, expected: list[str] | None) -> None:
    assert Repository(tmp_path, files).projects() == (EXPECTED[name] if expected is None else expected)


SINGLE = [
    ("compose.yaml", ["compose.yaml* compose.override.yaml"]),
    ("compose.override.yaml", ["compose.yaml compose.override.yaml*"]),
    ("compose.yaml compose.override.yaml", ["compose.yaml* compose.override.yaml*"]),
    ("docker-compose.yml", ["docker-compose.yml*"]),
    ("prod.yml", ["prod.yml*"]),
    ("missing.yml", ["missing.yml*"]),
]


@pytest.mark.parametrize(("asked", "expected"), SINGLE)
def test_a_file_brings_its_project(tmp_path: Path, asked: str, expected: list[str]) -> None:
    repository = Repository(tmp_path, "compose.yaml compose.override.yaml docker-compose.yml prod.yml")
    assert repository.projects(*asked.split()) == expected


def test_batches_do_not_change_the_projects(tmp_path: Path) -> None:
    names = "compose.yaml compose.override.yaml a/stack.yml b/docker-compose.yml b/.env"
    repository = Repository(tmp_path, names, b__env="COMPOSE_FILE=docker-compose.yml:../a/stack.yml\n")
    together = repository.projects("compose.yaml", "compose.override.yaml", "a/stack.yml", "b/docker-compose.yml")
    assert together == ["a/stack.yml*", "b/docker-compose.yml* a/stack.yml", "compose.yaml* compose.override.yaml*"]


def test_compose_file_of_an_env_file(tmp_path: Path) -> None:
    names = "compose.yaml compose.override.yaml prod.yml sub/extra.yml .env"
    repository = Repository(tmp_path, names, _env="COMPOSE_FILE=compose.yaml,sub/extra.yml\nCOMPOSE_PATH_SEPARATOR=,\n")
    assert repository.projects()[0] == "compose.yaml* sub/extra.yml*"
    assert repository.projects("sub/extra.yml") == ["compose.yaml sub/extra.yml*"]
    assert repository.projects("sub/") == []


def test_compose_file_of_the_environment_holds_for_the_folder_given(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "a.yml sub/compose.yaml")
    assert repository.projects(environment={"COMPOSE_FILE": "a.yml"}) == ["a.yml*", "sub/compose.yaml*"]


IGNORED = [
    ("a whole folder", {".gitignore": "sub/\n"}, ["compose.yaml*"]),
    (
        "a nested file speaks last",
        {".gitignore": "*.yaml\n", "sub/.gitignore": "!compose.yaml\n"},
        ["sub/compose.yaml*"],
    ),
    ("a nested file ignores", {"sub/.gitignore": "/compose.yaml\n"}, ["compose.yaml*"]),
    ("broken patterns are passed over", {".gitignore": "!\n[z-a]\nsub\n"}, ["compose.yaml*"]),
    ("the clone's own patterns", {".git/info/exclude": "sub/\n"}, ["compose.yaml*"]),
    (
        "a file of the repository is stronger",
        {".git/info/exclude": "compose.yaml\n", ".gitignore": "!/sub/compose.yaml\n"},
        ["sub/compose.yaml*"],
    ),
    ("slow patterns are passed over", {".gitignore": "*a*a*a*a*a*a*a*a*\nsub\n"}, ["compose.yaml*"]),
]


@pytest.mark.parametrize(("texts", "expected"), [case[1:] for case in IGNORED], ids=[case[0] for case in IGNORED])
def test_gitignore(tmp_path: Path, texts: dict[str, str], expected: list[str]) -> None:
    repository = Repository(tmp_path, "compose.yaml sub/compose.yaml")
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert repository.projects() == expected
    assert len(repository.projects(walk=Walk(gitignore=False))) == 2
    assert repository.projects("sub/compose.yaml") == ["sub/compose.yaml*"]


FILES = ("a.env", "b/a.env", "b/keep.env", "c/a.env", "c/d/a.env", "e/f/keep.env", "g.txt", "h/x/y/a.txt")
IGNORES = {
    ".gitignore": "*.env\n!keep.env\n/c/d/\ne/\nh/**/a.txt\n",
    "b/.gitignore": "!a.env\nkeep.env\n",
    "c/.gitignore": "!*.env\n",
    "c/d/.gitignore": "!a.env\n",
    "e/.gitignore": "!f/keep.env\n",
    ".git/info/exclude": "g.txt\na.env\n",
}


def test_a_file_is_ignored_as_git_says(tmp_path: Path) -> None:
    git = ["git", "-c", "core.excludesFile="]
    subprocess.run([*git, "init", "-q"], cwd=tmp_path, check=True, timeout=60)
    for name, text in {**dict.fromkeys(FILES, ""), **IGNORES}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    ignore = GitIgnore(Files(str(tmp_path)), str(tmp_path))
    asked = subprocess.run(
        [*git, "check-ignore", *FILES], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert [name for name in FILES if ignore.ignores_file(str(tmp_path / name))] == asked.stdout.split()
    assert ignore.is_repository
    assert not GitIgnore(Files(str(tmp_path / "c")), str(tmp_path / "c")).is_repository


def test_gitignore_of_the_repository_holds_below(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "a/b/compose.yaml a/c/compose.yaml")
    (tmp_path / ".gitignore").write_text("/a/b\n")
    assert repository.projects("a") == ["a/c/compose.yaml*"]


def test_exclude(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "compose.yaml sub/compose.yaml")
    walk = Walk(exclude=("sub/",))
    assert repository.projects(walk=walk) == ["compose.yaml*"]
    assert repository.projects("sub/compose.yaml", walk=walk) == ["sub/compose.yaml*"]
    assert repository.projects("sub/compose.yaml", walk=Walk(exclude=("sub/",), force_exclude=True)) == []


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    repository = Repository(tmp_path, "sub/compose.yaml")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "other").symlink_to(tmp_path / "sub")
    assert repository.projects() == ["sub/compose.yaml*"]


def test_passed_over_files_are_named(tmp_path: Path) -> None:
    Repository(tmp_path, "compose.yaml docker-compose.yml compose.override.yml compose.override.yaml")
    (project,) = projects_of([str(tmp_path)])
    assert [Path(path).name for path in project.passed_over] == ["docker-compose.yml", "compose.override.yaml"]


def test_a_star_takes_no_time() -> None:
    spec = patterns(["a*" * 40, "**/" * 40 + "x", "kept*"])
    assert len(spec.patterns) == 1


FIND = [
    # files, from, environment, given; then: files, project directory, env files
    ("compose.yaml compose.override.yml", ".", {}, (), "compose.yaml compose.override.yml", ".", None),
    ("compose.yaml a/b/x", "a/b", {}, (), "compose.yaml", ".", None),
    ("compose.yaml compose.override.yml p.yml", ".", {}, ("p.yml",), "p.yml", ".", None),
    ("a.yml sub/b.yml", ".", {"COMPOSE_FILE": f"sub/b.yml{os.pathsep}a.yml"}, (), "sub/b.yml a.yml", "sub", None),
    ("compose.yaml", ".", {"COMPOSE_DISABLE_ENV_FILE": "1"}, (), "compose.yaml", ".", ""),
    ("compose.yaml", ".", {"COMPOSE_ENV_FILES": "a,b"}, (), "compose.yaml", ".", "a b"),
    ("sub/compose.yaml .env", ".", {"COMPOSE_FILE": "sub/compose.yaml"}, (), "sub/compose.yaml", "sub", ".env"),
    ("x/.env compose.yaml .env", "x", {}, (), "compose.yaml", ".", ".env x/.env"),
    ("README", ".", {}, (), None, None, None),
]


@pytest.mark.parametrize(("names", "start", "environment", "given", "files", "directory", "env_files"), FIND)
def test_finding_one_project(
    tmp_path: Path,
    names: str,
    start: str,
    environment: dict[str, str],
    given: tuple[str, ...],
    files: str | None,
    directory: str | None,
    env_files: str | None,
) -> None:
    Repository(tmp_path, names)

    def paths(text: str) -> tuple[str, ...]:
        return tuple(str(tmp_path / name) for name in text.split())

    project = find_project(
        str(tmp_path / start),
        environment=environment,
        root=str(tmp_path),
        files=Files(str(tmp_path)),
        given=[str(tmp_path / name) for name in given],
    )
    if files is None or directory is None:
        assert project is None
        return
    assert project is not None
    assert (project.files, project.directory) == (paths(files), str(tmp_path / directory))
    assert project.env_files == (None if env_files is None else paths(env_files))


def test_an_env_file_names_the_files_and_their_separator(tmp_path: Path) -> None:
    Repository(tmp_path, ".env a.yml b.yml", _env="COMPOSE_FILE=a.yml;b.yml\nCOMPOSE_PATH_SEPARATOR=;\n")
    project = find_project(str(tmp_path), environment={})
    assert project is not None
    assert [Path(path).name for path in project.files] == ["a.yml", "b.yml"]
