"""A plan covers every changed line once, whatever the window, and shows what it can."""

from collections import Counter

import pytest

from vivek.analysis.findings.chunks import pieces
from vivek.flows.review.planning import MOST_PIECES, TOO_LARGE, TOO_MANY, Around, Window, plan_review, reply_room
from vivek.prompts.estimate import bound, rough
from vivek.prompts.finders import finders
from vivek.schema.budget import Section
from vivek.schema.changes import ChangedFile, Changes, DiffLine, Hunk, ReviewScope
from vivek.schema.findings import FileVerdict, ReviewReport

SCOPE = ReviewScope("worktree", "the working tree against HEAD")


def closer(text: str) -> int:
    return round(rough(text)) + 1


def added(path: str, lines: int, text: str = "value = compute(value)") -> ChangedFile:
    rows = tuple(DiffLine("+", f"{text}  # {number}", 0, number) for number in range(1, lines + 1))
    return ChangedFile(path, "added", (Hunk(0, 1, rows),), new_text="".join(f"{row.text}\n" for row in rows))


def planned(*files: ChangedFile, room: int = 6_000, around: Around | None = None, **risks: float):  # type: ignore[no-untyped-def]  # a plan
    static = ReviewReport(
        SCOPE,
        "done",
        files=tuple(
            FileVerdict(file.path, file.kind, file.added, 0, 1.0, risks.get(file.path.removesuffix(".py"), 0.1))
            for file in files
        ),
    )
    changes = Changes(SCOPE, files)
    return plan_review(
        changes, static, finders("quick"), Window(room, bound, closer), lambda chunk, file: around or Around()
    )


@pytest.mark.parametrize("room", [1_200, 3_000, 20_000])
def test_every_changed_line_is_in_exactly_one_piece(room: int) -> None:
    files = (added("a.py", 700), added("b.py", 3), added("c.py", 40))

    plan = planned(*files, room=room)

    lines = Counter[str]()
    for file in files:
        for chunk in pieces(file, plan.budget):
            lines[file.path] += chunk.lines
    assert lines == {"a.py": 700, "b.py": 3, "c.py": 40}
    named = [piece.id for piece in plan.pieces] + [id_ for id_, _ in plan.left]
    assert sorted(named) == sorted(chunk.id for file in files for chunk in pieces(file, plan.budget))
    assert plan.left == ()
    assert all(piece.tokens <= room for piece in plan.pieces)
    shown = "\n".join(piece.shared for piece in plan.pieces)
    assert all(shown.count(f"# {number}\n") == 1 for number in range(41, 701))


def test_pieces_are_those_of_a_review_without_a_model_where_the_window_has_room() -> None:
    file = added("a.py", 700)

    plan = planned(file, room=14_000)

    assert [piece.id for piece in plan.pieces] == [chunk.id for chunk in pieces(file)]


def test_the_riskiest_file_comes_first() -> None:
    plan = planned(added("a.py", 3), added("b.py", 3), added("c.py", 3), b=0.9, c=0.5)

    assert [piece.path for piece in plan.pieces] == ["b.py", "c.py", "a.py"]


def test_a_single_line_that_fits_no_window_is_left_with_the_reason() -> None:
    plan = planned(added("a.py", 1, "x" * 40_000), added("b.py", 3), room=1_500)

    assert [piece.path for piece in plan.pieces] == ["b.py"]
    assert [why for _, why in plan.left] == [TOO_LARGE]


def test_a_change_of_very_many_pieces_is_read_as_far_as_can_be_said() -> None:
    plan = planned(*(added(f"f{number:04}.py", 1) for number in range(MOST_PIECES + 2)))

    assert len(plan.pieces) == MOST_PIECES
    assert [why for _, why in plan.left] == [TOO_MANY] * 2


def test_what_is_around_a_piece_gives_way_to_the_piece() -> None:
    more = Around((Section("uses", "unrelated words " * 2_000, 9_000, 10),))

    plan = planned(added("a.py", 3), room=2_000, around=more)

    assert "unrelated" not in plan.pieces[0].shared
    assert "value = compute(value)  # 3" in plan.pieces[0].shared


def test_a_reply_has_room_and_leaves_half_the_window_to_the_prompt() -> None:
    assert [reply_room(window, 0) for window in (2_048, 4_096, 65_536)] == [512, 1_024, 1_024]
    assert [reply_room(window, 1_024) for window in (2_048, 65_536)] == [1_024, 2_048]
