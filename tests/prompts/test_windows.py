"""Whatever lies before a node, its prompt keeps to the room that the window leaves it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prompts.scenes import AWKWARD
from vivek.errors import ContextWindowExceededError
from vivek.prompts.budget import fit, measured
from vivek.prompts.build import executor_sections, join_sections, planner_sections, reviewer_sections
from vivek.prompts.diffs import cut_diff
from vivek.prompts.estimate import bound
from vivek.prompts.parts import listing
from vivek.prompts.steps import ExecutorStep, ShownFile, ShownResult
from vivek.prompts.tokens import count
from vivek.schema.budget import Section
from vivek.schema.checks import Check
from vivek.schema.index import Snippet
from vivek.schema.plan import Plan

WINDOWS = (4_096, 8_192, 32_768, 131_072)
PLAN = Plan("change", ("Rename the function", "Follow its callers"), ("a.py",), "peer")


def _sections(node: str, text: str, window: int) -> tuple[Section, ...]:
    if node == "planner":
        return planner_sections(
            "Rename it.", mode="peer", files_listing=listing([text[:4_000]] * 200, window, bound), notes_changed=text,
            window=window, count=bound,
        )  # fmt: skip
    if node == "reviewer":
        return reviewer_sections(
            diff=cut_diff(f"diff --git a/a.py b/a.py\n@@ -1 +1 @@\n{text}", window // 4, bound),
            checks=(Check("tests", "failed", text),),
            count=bound,
        )
    step = ExecutorStep(
        PLAN,
        request="Rename it.",
        list_plan=True,
        files=(ShownFile("a.py", text), ShownFile("b.txt", text, again=True)),
        files_listing=listing([text[:4_000]] * 200, window, bound),
        evidence=text,
        notes_changed=text,
        results=(ShownResult("read c.py", text), ShownResult("", text, "a note")),
        snippets=(Snippet("d.py", text[:8_000], 1, 9),),
        card="A card.",
        window=window,
    )
    return executor_sections(step, bound)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("node", ["planner", "executor", "reviewer"])
@pytest.mark.parametrize("text", AWKWARD.values(), ids=AWKWARD)
def test_no_prompt_exceeds_what_the_window_leaves_it(node: str, text: str, window: int) -> None:
    sections = [measured(section, count) for section in _sections(node, text, window)]
    for room in (window - 1_000, 400):
        try:
            held = fit(sections, room, count=count)
        except ContextWindowExceededError:
            # Only a part of a change that nothing can cut may be too much.
            assert node == "reviewer"
            assert max(s.tokens for s in sections if s.name.startswith("diff")) > room - 300
            continue

        assert sum(section.tokens for section in held.kept) <= room
        assert count(join_sections(held.kept)) <= room
        assert {"request", "instruction"} & {section.name for section in held.kept}


@given(
    texts=st.lists(st.text(max_size=600), min_size=6, max_size=6),
    window=st.sampled_from(WINDOWS),
    used=st.floats(0, 0.95),
)
def test_no_mix_of_texts_exceeds_any_window(texts: list[str], window: int, used: float) -> None:
    file, other, evidence, notes, result, request = (text * 20 for text in texts)
    step = ExecutorStep(
        PLAN,
        request=request[:200],
        list_plan=True,
        files=(ShownFile("a.py", file), ShownFile("b.md", other)),
        evidence=evidence,
        notes_changed=notes,
        results=(ShownResult("", result),),
        window=window,
    )
    room = int(window * (1 - used))
    sections = [measured(section, count) for section in executor_sections(step, bound)]
    least = sum(section.floor for section in sections if section.required)

    if least > room:
        with pytest.raises(ContextWindowExceededError):
            fit(sections, room, count=count)
    else:
        assert count(join_sections(fit(sections, room, count=count).kept)) <= room


def test_what_has_room_is_said_whole() -> None:
    sections = [measured(section, count) for section in _sections("executor", "short", 32_768)]

    assert fit(sections, 32_768, count=count).kept == tuple(sections)


def test_each_section_keeps_to_its_share_of_the_window() -> None:
    sections = [measured(section, count) for section in _sections("executor", AWKWARD["ten thousand lines"], 32_768)]
    held = {section.name: section.tokens for section in fit(sections, 1_000_000, count=count).kept}

    assert held["notes"] <= 32_768 // 8
    assert held["evidence"] <= 32_768 // 6
    assert held["file:a.py"] > 32_768
