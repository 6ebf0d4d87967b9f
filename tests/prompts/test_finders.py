"""The questions of a review: how many at which effort, where each makes sense, and when its answers are outdated."""

import pytest

from vivek.analysis.findings.chunks import Chunk, pieces
from vivek.edits.unified import hunks_between
from vivek.prompts.finders import FOLDER, finders, suits
from vivek.prompts.templates import SHIPPED, template_names
from vivek.schema.changes import ChangedFile
from vivek.schema.reviewing import EFFORTS


def piece(path: str, old: str, new: str) -> Chunk:
    [chunk] = pieces(ChangedFile(path, "modified", hunks_between(old, new), old_text=old, new_text=new))
    return chunk


def suited(chunk: Chunk, **around: object) -> set[str]:
    return {finder.id for finder in finders("deep") if suits(finder, chunk, **around)}  # type: ignore[arg-type]  # flags


def test_more_effort_asks_the_same_questions_first_and_then_more() -> None:
    quick, normal, deep = (finders(effort) for effort in EFFORTS)

    assert [finder.id for finder in quick] == ["lines", "removed", "rules"]
    assert normal[: len(quick)] == quick
    assert deep[: len(normal)] == normal
    assert {finder.id for finder in deep} == {
        name.removeprefix(FOLDER) for name in template_names() if name.startswith(FOLDER)
    }
    assert len({finder.version for finder in deep}) == len(deep)


def test_a_question_has_no_front_matter_in_what_a_model_is_asked() -> None:
    assert all("effort:" not in finder.text and not finder.text.startswith("---") for finder in finders("deep"))


@pytest.mark.parametrize("changed", ["review/finders/lines", "review/system", "review/reply"])
def test_a_changed_text_makes_another_version(changed: str) -> None:
    text = SHIPPED.own.get(changed, "")
    places = {"review/system": "{{severities}}", "review/reply": "{{most}} {{matters}} {{severities}}"}
    own = SHIPPED.with_own(changed, f"{text} Look twice. {places.get(changed, '')}", "own.md")

    before, after = finders("quick")[0], finders("quick", own)[0]

    assert before.version != after.version
    assert (before.effort, before.when) == (after.effort, after.when), "a text of one's own says what, not when"
    assert finders("quick") == finders("quick", SHIPPED)


def test_a_question_is_asked_only_where_it_makes_sense() -> None:
    plain = piece("a.py", "x = 1\n", "x = 1\ny = 2\n")
    removed = piece("a.py", "x = 1\ny = 2\n", "x = 1\n")
    prose = piece("notes.md", "one\n", "one\ntwo\n")

    assert suited(plain) == {"lines", "boundaries", "callers", "errors", "security", "tests"}
    assert suited(plain, callers=False, rules=True) == {"lines", "boundaries", "errors", "security", "tests", "rules"}
    assert suited(removed) - suited(plain) == {"removed"}
    assert suited(prose, rules=True) == {"lines", "rules"}


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "await save(order)"),
        ("a.go", "go func() { count++ }()"),
        ("a.go", "go serve(conn)"),
        ("a.rs", "let held = self.mutex.lock();"),
        ("a.js", "setTimeout(retry, 10)"),
        ("A.java", "synchronized (this) {"),
        ("a.c", "pthread_create(&one, 0, run, 0);"),
    ],
)
def test_code_that_several_may_run_at_a_time_is_asked_about_it(path: str, line: str) -> None:
    assert "concurrency" in suited(piece(path, "x\n", f"x\n{line}\n"))
    assert "concurrency" in suited(piece(path, "x\n", "x\ny = 1\n"), around=line)
    assert "concurrency" not in suited(piece(path, "x\n", "x\ny = blocked(1)\n"))
