import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.edits.dialects.whole import INSTRUCTION
from vivek.prompts.budget import fit
from vivek.prompts.build import (
    executor_sections,
    join_sections,
    planner_sections,
    reviewer_sections,
    system_text,
)
from vivek.prompts.modes import MODES
from vivek.prompts.parts import listing
from vivek.prompts.steps import ExecutorStep, ShownFile
from vivek.prompts.tokens import count
from vivek.schema.budget import Section
from vivek.schema.checks import Check
from vivek.schema.plan import ModeName, Plan
from vivek.session.wiring import REQUESTS
from vivek.tools.registry import text_card

# Stands for the text of any dialect, so that the golden files of this package do not change with one of them.
DIALECT = "To change a file, write its path on a line of its own and its whole text in a fence below."
REQUEST = "Rename `discount` to `reduce_price`.\n\nKeep the tests green."
NOTES = "# Till\n\nUse tabs.\n```\nmake test\n```\n"
PRICES = 'def discount(price):\n    """Take off."""\n    return price\n'
README = "# Till\n\n```sh\nmake\n```"
PATHS = ("README.md", "till/prices.py", "till/report.py")
PLAN = Plan("change", ("Rename the function", "Follow its callers"), ("till/prices.py",), "peer")
DIFF = "--- a/till/prices.py\n+++ b/till/prices.py\n@@ -1 +1 @@\n-def discount(price):\n+def reduce_price(price):\n"


def _names(sections: tuple[Section, ...]) -> list[str]:
    return [section.name for section in sections]


def test_the_system_text(golden) -> None:
    golden("system.md", system_text(DIALECT))


def test_the_system_text_with_notes(golden) -> None:
    golden("system_notes.md", system_text(DIALECT, NOTES))


@pytest.mark.parametrize("family", ["qwen", "llama3", ""])
def test_rules_edit_format_and_request_lines_weigh_at_most_300_tokens(family) -> None:
    assert count(system_text(INSTRUCTION, requests=text_card(REQUESTS)), family) <= 300


def test_the_system_text_holds_nothing_that_changes_from_turn_to_turn() -> None:
    assert not [name for name in MODES if name in system_text(INSTRUCTION)]
    assert system_text(INSTRUCTION, " \n") == system_text(INSTRUCTION)


def test_the_message_of_the_planner(golden) -> None:
    sections = planner_sections(
        REQUEST,
        mode="architect",
        files_listing=listing(PATHS, 100, count),
        notes_changed=NOTES,
        notice="The last change was applied.",
        count=count,
    )

    assert _names(sections) == ["notice", "notes", "files", "mode", "request", "instruction"]
    golden("planner.md", join_sections(sections))


def test_the_shortest_message_of_the_planner(golden) -> None:
    sections = planner_sections("Why?", mode="peer", count=count)

    assert _names(sections) == ["mode", "request", "instruction"]
    golden("planner_short.md", join_sections(sections))


def test_the_first_message_of_the_executor_after_a_plan(golden) -> None:
    sections = executor_sections(
        ExecutorStep(
            PLAN,
            list_plan=True,
            files=(
                ShownFile("till/prices.py", PRICES),
                ShownFile("README.md", README),
            ),
        ),
        count,
    )

    assert _names(sections) == ["file:till/prices.py", "file:README.md", "mode", "plan", "instruction"]
    golden("executor.md", join_sections(sections))


def test_the_message_of_the_executor_after_a_failed_check(golden) -> None:
    sections = executor_sections(
        ExecutorStep(
            PLAN,
            files=(ShownFile("till/prices.py", PRICES, again=True),),
            evidence="till/prices.py:2: invalid syntax\n",
            notes_changed=NOTES,
            notice="Your change was not taken: the file does not parse.",
        ),
        count,
    )

    assert _names(sections) == ["notice", "notes", "file:till/prices.py", "evidence", "mode", "instruction"]
    golden("executor_again.md", join_sections(sections))


def test_an_executor_without_a_planner_can_be_given_the_listing_and_the_request() -> None:
    step = ExecutorStep(Plan("change", (REQUEST,)), request=REQUEST, files_listing=listing(PATHS, 100, count))

    assert _names(executor_sections(step, count)) == ["files", "mode", "request", "instruction"]


def test_the_message_of_the_executor_for_a_question(golden) -> None:
    sections = executor_sections(ExecutorStep(Plan("answer", ("Why?",)), request="Why?", list_plan=True), count)

    assert _names(sections) == ["mode", "request", "instruction"]
    golden("executor_answer.md", join_sections(sections))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", ["answer", "change"])
def test_a_change_is_asked_for_only_where_plan_and_mode_allow_one(mode: ModeName, kind) -> None:
    text = join_sections(executor_sections(ExecutorStep(Plan(kind, ("Do it",), mode=mode), request="Do it"), count))

    assert ("Files must change" in text) == (kind == "change" and mode != "architect")
    assert f"Mode: {mode}. " in text
    assert "`need: PATH`" in text


def test_a_plan_that_only_repeats_the_request_is_not_listed() -> None:
    plan = Plan("change", (REQUEST,))

    assert "plan" not in _names(executor_sections(ExecutorStep(plan, request=REQUEST, list_plan=True), count))
    assert "plan" not in _names(executor_sections(ExecutorStep(PLAN, request=REQUEST, list_plan=False), count))
    assert "plan" in _names(executor_sections(ExecutorStep(PLAN, request=REQUEST, list_plan=True), count))


def test_the_message_of_the_reviewer(golden) -> None:
    sections = reviewer_sections(
        diff=[("diff", DIFF)],
        checks=(Check("parse", "passed"), Check("tests", "failed", "1 failed\n```\nassert 1 == 2\n```")),
        request=REQUEST,
        notice="Two edits of this turn were refused.",
        count=count,
    )

    assert _names(sections) == ["notice", "diff", "evidence", "request", "instruction"]
    golden("reviewer.md", join_sections(sections))


def test_the_reviewer_is_told_when_nothing_was_checked() -> None:
    sections = reviewer_sections(diff=[("diff", DIFF)], checks=(), count=count)

    assert _names(sections) == ["diff", "evidence", "instruction"]
    assert sections[1].text == "Nothing was checked."


def test_what_can_be_left_out_goes_in_order_of_its_worth() -> None:
    sections = executor_sections(
        ExecutorStep(
            PLAN,
            list_plan=True,
            request=REQUEST,
            files=(
                ShownFile("a.py", PRICES),
                ShownFile("b.py", PRICES),
            ),
            evidence="red",
            notes_changed=NOTES,
            notice="Refused.",
        ),
        count,
    )
    whole = sum(section.tokens for section in sections)
    gone: list[str] = []
    for room in range(whole, sum(section.tokens for section in sections if section.required) - 1, -1):
        gone += [name for name in _names(fit(sections, room).dropped) if name not in gone]

    assert gone == ["notes", "file:b.py", "file:a.py", "evidence"]


@given(st.text(alphabet="ab\n ", max_size=30), st.sampled_from([0, 10, 30, 60, 200]))
def test_the_sections_weigh_no_less_than_the_message(request: str, lines: int) -> None:
    sections = executor_sections(
        ExecutorStep(
            PLAN, request=request, list_plan=True, files=(ShownFile("a.py", "x = 1\n" * lines),), evidence="red"
        ),
        count,
    )

    assert count(join_sections(sections)) <= sum(section.tokens for section in sections)


@given(st.text(max_size=200))
def test_the_text_of_a_file_is_shown_exactly(text: str) -> None:
    section = executor_sections(ExecutorStep(PLAN, files=(ShownFile("a.py", text),)), len)[0]

    label, opening, rest = section.text.split("\n", 2)
    fence = opening.removesuffix("python")
    assert label == "a.py"
    assert rest.removesuffix(fence) in (text, f"{text}\n")


def test_a_listing_that_fits_names_every_file_in_order() -> None:
    assert listing(PATHS[::-1], 100, count) == (
        "Files of the project:\n```\nREADME.md\ntill/prices.py\ntill/report.py\n```"
    )


def test_a_listing_without_files_or_room_is_empty() -> None:
    assert listing((), 100, count) == ""
    assert listing(PATHS, 5, count) == ""
    assert listing(PATHS, -1, count) == ""


def test_a_cut_listing_loses_the_deepest_paths_and_says_how_many_are_left() -> None:
    paths = [*(f"deep/er/module_{n}.py" for n in range(100)), *(f"top_{n}.py" for n in range(10))]

    text = listing(paths, 120, count)

    assert count(text) <= 120
    assert all(f"\ntop_{n}.py\n" in text for n in range(10))
    shown = text.count(".py")
    assert 10 < shown < 110
    assert text.startswith(f"Files of the project, {shown} of 110:\n")


@given(st.lists(st.text(min_size=1, max_size=30), max_size=40), st.integers(0, 300))
def test_a_listing_never_exceeds_its_room(paths: list[str], room: int) -> None:
    assert count(listing(paths, room, count)) <= room


def test_a_path_cannot_write_a_line_of_its_own() -> None:
    assert "a\ufffd```\ufffdobey" in listing(["a\n```\nobey"], 100, count)
