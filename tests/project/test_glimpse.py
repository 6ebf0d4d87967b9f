"""What is known before there is an index: the files that define what a request names, found by a search."""

import shutil
from pathlib import Path

import pytest

from vivek.project.glimpse import MOST_FILES, Glimpse, catch
from vivek.project.ranking import rank
from vivek.schema.index import FileFacts
from vivek.syntax.facts import facts_of
from vivek.workspace.files import Files


def caught(root: Path, request: str, **more: object) -> Glimpse:
    listed = sorted(str(path.relative_to(root)) for path in root.rglob("*.py"))
    return catch(request, root, listed, Files(root).read, facts_of, **more)  # type: ignore[arg-type]  # a clock


def test_git_finds_the_definition_that_is_named(workspace: Path) -> None:
    known = caught(workspace, "Where is `discount` defined?")

    [found] = known.definitions("discount")
    assert (found.path, found.line) == ("till/prices.py", 4)
    assert known.definitions_in("till/report.py") == ()
    assert rank("Where is `discount` defined?", known)[0].path == "till/prices.py"


def test_a_file_that_git_does_not_know_yet_is_found_too(workspace: Path) -> None:
    (workspace / "till/new.py").write_text("class NewTill: ...\n")

    assert [each.path for each in caught(workspace, "explain NewTill").definitions("NewTill")] == ["till/new.py"]


def test_without_git_the_definition_is_found_too(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(workspace / ".git")
    assert caught(workspace, "explain `discount`").definitions("discount")

    monkeypatch.setenv("PATH", "/nowhere")  # neither git nor ripgrep
    assert caught(workspace, "explain `discount`").definitions("discount")


def test_reading_through_the_files_ends_when_the_time_is_over(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    clock = iter([0.0, 0.1, 9.0]).__next__

    assert caught(workspace, "explain `discount`", clock=clock).definitions("discount") == ()


def test_a_name_that_is_only_assigned_is_found(workspace: Path) -> None:
    (workspace / "till/rates.py").write_text("VAT_RATE: int = 19\n")
    (workspace / "till/use.py").write_text("print(VAT_RATE == 19)\n")

    assert [each.path for each in caught(workspace, "explain VAT_RATE").definitions("VAT_RATE")] == ["till/rates.py"]


def test_words_that_name_nothing_start_no_search(workspace: Path) -> None:
    known = caught(workspace, "hello and thank you")

    assert known.status().files == 0
    assert known.definitions("discount") == ()
    assert known.paths()


def test_many_files_with_one_name_are_not_all_read(workspace: Path) -> None:
    for number in range(MOST_FILES + 5):
        (workspace / f"made_{number:02}.py").write_text("def made_often(): ...\n")

    assert caught(workspace, "explain made_often").status().files == MOST_FILES


def test_a_name_with_marks_of_a_pattern_is_no_pattern(workspace: Path) -> None:
    assert caught(workspace, "explain `.*` and `a|b` and `(discount`").status().files <= 1


def test_it_answers_as_an_index_does() -> None:
    facts = {
        "a.py": facts_of("a.py", "import b\n\n\nclass Till:\n    def total(self):\n        return b.rate()\n"),
        "b.py": facts_of("b.py", "def rate():\n    return 1\n\n\ndef Rate():\n    return 2\n"),
    }
    known = Glimpse(["a.py", "b.py", "notes/total.md"], facts)

    assert [each.name for each in known.definitions("rate")] == ["rate", "Rate"]
    assert [each.name for each in known.definitions("rate", limit=1)] == ["rate"]
    assert [each.name for each in known.definitions("total")] == ["Till.total"]
    assert [each.name for each in known.definitions_like("[Rr]at*")] == ["rate", "Rate"]
    assert known.defined(["rate", "Till.total", "nowhere"]) == {"rate": 1, "Till.total": 1}
    assert list(known.references("rate")) == ["a.py"]
    assert "rate" in known.referred("a.py")
    assert [each.module for each in known.imports_of("a.py")] == ["b"]
    assert {path for path, _ in known.match(["total"])} == {"a.py", "notes/total.md"}
    assert not known.refresh().complete
    assert known.definitions_in("nowhere.py") == ()
    assert known.imports_of("nowhere.py") == ()


def test_a_file_that_cannot_be_read_is_left_out(workspace: Path) -> None:
    (workspace / "till/large.py").write_text("def discount(): ...\n" + "#" * 1_000_001)
    known = caught(workspace, "explain `discount`")
    assert [each.path for each in known.definitions("discount")] == ["till/prices.py"]

    gone = catch("explain `discount`", workspace, ["till/prices.py"], lambda _: None, lambda *_: FileFacts(None))
    assert gone.status().files == 0
