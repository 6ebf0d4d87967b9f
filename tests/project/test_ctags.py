"""Definitions by universal-ctags, where it is installed; what it answers is a stranger's word."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from vivek.errors import WorkspaceError
from vivek.project.ctags import Ctags, joined
from vivek.schema.index import Definition, FileFacts
from vivek.syntax.pattern_facts import pattern_facts
from vivek.workspace.process import Finished

LUA = "-- A till.\nfunction Till.add(self, coin)\n  return coin\nend\nfunction Till:open() end\n"


class FakeCtags:
    """Answers as a ctags would, with lines that a test gives."""

    def __init__(
        self, *lines: object, version: str = "Universal Ctags 6.1.0, Copyright", features: str = "json x"
    ) -> None:
        self.asked: list[bytes] = []
        self._lines = lines
        self._said = {"--version": version, "--list-features": features}

    def __call__(self, argv: Sequence[str], *, cwd: Path, input: bytes | None, timeout: float) -> Finished:  # noqa: A002
        if argv[-1] in self._said:
            return Finished(0, self._said[argv[-1]].encode(), b"")
        self.asked.append(input or b"")
        if not self._lines:
            raise WorkspaceError("`ctags` took longer than 10 seconds.")
        lines = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in self._lines]
        return Finished(0, b"\n".join(lines), b"")


@pytest.fixture
def real(tmp_path: Path) -> Ctags:
    ctags = Ctags(tmp_path)
    if not ctags.version:
        pytest.skip("universal-ctags is not installed")
    return ctags


def test_the_real_ctags_reads_a_language_whose_grammar_is_not_installed(real: Ctags, tmp_path: Path) -> None:
    (tmp_path / "till.lua").write_text(LUA)

    found = real.read_batch(["till.lua", "gone.lua"])

    assert list(found) == ["till.lua"]
    facts = joined(pattern_facts("till.lua", "lua", LUA), found["till.lua"])
    assert [(each.name, each.kind, each.line, each.end_line, each.signature) for each in facts.definitions] == [
        ("Till.add", "function", 2, 4, "function Till.add(self, coin)"),
        ("Till.open", "function", 5, 5, "function Till:open() end"),
    ]
    assert (facts.read, facts.lines) == ("ctags", 5)
    assert "coin" in facts.references


def test_no_file_of_a_project_configures_it(real: Ctags, tmp_path: Path) -> None:
    (tmp_path / ".ctags.d").mkdir()
    (tmp_path / ".ctags.d" / "evil.ctags").write_text("--map-Lua=-.lua\n--output-format=u-ctags\n")
    (tmp_path / ".ctags").write_text("--map-Lua=-.lua\n")
    (tmp_path / "till.lua").write_text(LUA)

    assert "till.lua" in real.read_batch(["till.lua"])


def test_a_link_is_not_followed(real: Ctags, tmp_path: Path) -> None:
    (tmp_path / "till.lua").write_text(LUA)
    (tmp_path / "link.lua").symlink_to("till.lua")

    assert real.read_batch(["link.lua"]) == {}


def test_lines_that_are_no_tags_are_passed_over(tmp_path: Path) -> None:
    tag = {"_type": "tag", "name": "add", "path": "a.lua", "line": 2, "kind": "function", "pattern": "/^  add\\/x {$/"}
    scoped = {**tag, "name": "b", "line": 1, "end": 9, "scope": "Shop::Till", "kind": "class"}
    odd: list[object] = [
        {**tag, "name": 3},
        {**tag, "line": "x"},
        {**tag, "kind": "local"},
        {"_type": "ptag"},
        [],
        b'{"cut',
    ]
    ctags = Ctags(tmp_path, run=FakeCtags(*odd, tag, scoped, {**tag, "path": "unasked.lua"}))

    assert ctags.read_batch(["a.lua"]) == {
        "a.lua": FileFacts(
            "lua",
            (
                Definition("Shop.Till.b", "class", "a.lua", 1, 9, "add/x"),
                Definition("add", "function", "a.lua", 2, 2, "add/x"),
            ),
            read="ctags",
        )
    }


@pytest.mark.parametrize(
    "fake",
    [
        FakeCtags(b"", version="Exuberant Ctags 5.8, Copyright"),
        FakeCtags(b"", features="wildcards  can use glob matching"),
    ],
)
def test_another_ctags_is_not_asked(fake: FakeCtags, tmp_path: Path) -> None:
    assert Ctags(tmp_path, run=fake).version == ""
    assert Ctags(tmp_path, run=fake).read_batch(["a.lua"]) == {}
    assert fake.asked == []


def test_one_that_takes_too_long_is_not_asked_again(tmp_path: Path) -> None:
    fake = FakeCtags()
    ctags = Ctags(tmp_path, run=fake)

    assert ctags.read_batch([f"{number}.lua" for number in range(500)]) == {}
    assert ctags.read_batch(["a.lua"]) == {}
    assert len(fake.asked) == 1


def test_names_of_files_with_line_ends_are_left_out(tmp_path: Path) -> None:
    fake = FakeCtags(b"")

    Ctags(tmp_path, run=fake).read_batch(["a\n--options=evil.lua", "b.lua"])

    assert fake.asked == [b"b.lua\n"]
