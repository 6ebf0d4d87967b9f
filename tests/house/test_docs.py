"""The documentation tells the truth: files, links, commands and options it names exist."""

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import vivek
from tests.house.rules import ROOT

# Hosts of package registries; spelled in two parts, because this file is project text as well.
REGISTRIES = (
    "pypi" + ".org",
    "python" + "hosted.org",
    "npmjs" + ".com",
    "npmjs" + ".org",
    "anaconda" + ".org",
    "crates" + ".io",
)

UNQUOTED = r'(?=(?:[^"]*"[^"]*")*[^"]*$)'


def _documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "vivek.md.example", *sorted((ROOT / "docs").rglob("*.md"))]


def _project_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file()]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _without_blocks(text: str) -> str:
    return re.sub(r"^(```+|~~~+).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)


def _blocks(text: str) -> list[str]:
    """Return the fenced blocks that show a shell."""
    pattern = r"^(?P<fence>```+)(?:bash|console|sh)\n(?P<lines>.*?)^(?P=fence)"
    return [found["lines"] for found in re.finditer(pattern, text, re.DOTALL | re.MULTILINE)]


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_links_lead_somewhere(document: Path) -> None:
    text = _without_blocks(document.read_text(encoding="utf-8"))
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = document.parent / name if name else document
        if not path.exists() or (
            anchor
            and anchor not in map(_anchor, re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
        ):
            broken.append(target)

    assert not broken


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_files_named_exist(document: Path) -> None:
    text = _without_blocks(document.read_text(encoding="utf-8"))
    named = re.findall(r"`((?:vivek|tests|docs|benchmarks|\.ci|\.github)/[\w./-]*)`", text)

    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_architecture_walks_through_every_package() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = {path.parent.name for path in (ROOT / "vivek").glob("*/__init__.py")}
    files = set(re.findall(r"`(vivek/[\w/]+\.py)`", text))

    assert [package for package in sorted(packages) if f"vivek/{package}/" not in text] == []
    assert len(files) >= 20


def test_the_architecture_tells_each_room_in_the_words_of_its_docstring() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(vivek/\w+/\w+)/` \| (.+) \|$", text, re.MULTILINE))
    rooms = {
        path.parent.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").splitlines()[0].strip('"')
        for path in (ROOT / "vivek").glob("*/*/__init__.py")
    }

    assert told == rooms


def _commands() -> list[str]:
    """Return every command line of vivek that a document shows, in blocks and in running text."""
    found: set[str] = set()
    for document in _documents():
        text = document.read_text(encoding="utf-8")
        lines = [line for block in _blocks(text) for line in block.splitlines()]
        lines += re.findall(r"`(vivek(?: [^`]*)?)`", _without_blocks(text))
        for line in lines:
            for part in re.split(rf" (?:\||&&) {UNQUOTED}", re.sub(r"\s+#.*$", "", line)):
                command = part.strip().removeprefix("$ ").removeprefix(".venv/bin/")
                if re.match(r"vivek( |$)", command):
                    found.add(command)
    return sorted(found)


@cache
def _help(*words: str) -> str:
    """Return what `vivek WORDS --help` prints, "" where there is no such command."""
    child = subprocess.run(
        [sys.executable, "-m", "vivek", *words, "--help"],
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    usage = re.search(r"Usage: (.*)", child.stdout)
    called = usage is not None and re.search(rf"\b{re.escape(' '.join(words))}\b", usage[1]) is not None
    return child.stdout if child.returncode == 0 and called else ""


def _wrong_with(command: str) -> str:
    """Return why a command line cannot be typed, "" when it can."""
    words = shlex.split(re.split(r" [<>] ", command)[0])[1:]
    words = words[: words.index("--")] if "--" in words else words  # what follows is another program's
    path: tuple[str, ...] = ()
    for word in words:
        if not re.fullmatch(r"[a-z][a-z-]*", word) or not _help(*path, word):
            break
        path = (*path, word)
    shown = _help(*path) if path else _help() + _help("chat")  # `vivek --continue` is one of a chat
    if not shown:
        return "vivek gives no help"
    plain = [word for word in words[len(path) :] if not word.startswith("-")]
    takes_more = re.search(r"Usage: .*\[PATH\]", shown) is not None  # beside commands of its own
    if plain and "Commands:" in shown and not takes_more and not words[0].startswith("-"):
        return f"no command {plain[0]}"
    options = [word.partition("=")[0] for word in words if word.startswith("-") and word != "-"]
    missing = [option for option in options if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", shown)]
    return f"no option {missing[0]}" if missing else ""


@pytest.mark.parametrize("command", _commands())
def test_a_command_shown_can_be_typed(command: str) -> None:
    assert _wrong_with(command) == ""


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        ("vivek frobnicate", "no command frobnicate"),
        ("vivek threads frobnicate", "no command frobnicate"),
        ("vivek ask hello --colour red", "no option --colour"),
        ("vivek ask hello --mod red", "no option --mod"),
    ],
)
def test_a_command_that_cannot_be_typed_is_caught(command: str, wrong: str) -> None:
    assert _wrong_with(command) == wrong


def test_documents_show_commands() -> None:
    assert {"vivek", "vivek ask - --format json", "vivek threads list", "vivek undo"} <= set(_commands())


def test_the_readme_fits_a_few_screens() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 150


def test_the_changelog_knows_this_version() -> None:
    assert f"\n## {vivek.__version__}" in (ROOT / "docs" / "changelog.md").read_text(encoding="utf-8")


def test_no_project_text_names_a_package_registry() -> None:
    texts = {path: path.read_bytes() for path in _project_files()}

    assert [(_name(path), host) for path, text in texts.items() for host in REGISTRIES if host.encode() in text] == []


def test_every_decision_is_short_and_whole() -> None:
    for record in sorted((ROOT / "docs" / "adr").glob("*.md")):
        text = record.read_text(encoding="utf-8")
        parts = re.findall(r"^## (.+)$", text, re.MULTILINE)

        assert parts == ["Context", "Decision", "Consequences", "Alternatives"], _name(record)
        assert len(text.splitlines()) < 60, _name(record)
