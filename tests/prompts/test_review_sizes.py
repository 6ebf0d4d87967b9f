"""Every prompt of a review in every window: that it fits with its reply, what it weighs, and how it reads."""

from collections.abc import Callable

import pytest

from tests.prompts.reviewed import ASKED, asked, tokens_of
from vivek.prompts.build import join_sections
from vivek.prompts.finders import finders
from vivek.prompts.review import finder_sections, review_system
from vivek.providers.profiles import profile_for
from vivek.schema.models import ModelInfo

WINDOWS = {"4k": 4_096, "8k": 8_192, "32k": 32_768}
SHOWN = 30
"""Lines of a long section that a golden file shows."""


def _brief(text: str) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[:SHOWN], f"(... {len(lines) - SHOWN} lines ...)"]) if len(lines) > SHOWN + 1 else text


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", ASKED)
def test_every_prompt_fits_with_its_reply_and_keeps_the_change_and_the_question(name: str, window: str) -> None:
    for crowded in (False, True):
        fitted, room = asked(name, WINDOWS[window], crowded=crowded)
        said = tokens_of(review_system()) + tokens_of(join_sections(fitted.kept))
        kept = {section.name for section in fitted.kept}

        assert said + room <= WINDOWS[window]
        assert "instruction" in kept
        assert {"diff", "diff:till/prices.py"} & kept
        if not crowded:
            assert (fitted.dropped, fitted.shrunk) == ((), ())


@pytest.mark.parametrize("window", WINDOWS)
def test_a_crowded_question_reads_as_it_should(window: str, golden: Callable[[str, str], None]) -> None:
    fitted, room = asked("find_rules", WINDOWS[window], crowded=True)
    parts = [f"# review in {window}, {room} tokens for the reply", f"## system: {tokens_of(review_system())} tokens"]
    parts.append(review_system())
    for section in fitted.kept:
        parts += [f"## {section.name}: {section.tokens} tokens", _brief(section.text)]
    parts += [f"## left out: {section.name}, {section.tokens} tokens" for section in fitted.dropped]

    golden(f"windows/review_{window}.md", "\n\n".join(parts) + "\n")


@pytest.mark.parametrize("name", ["verify", "summary", "find_lines"])
def test_an_ordinary_question_reads_as_it_should(name: str, golden: Callable[[str, str], None]) -> None:
    fitted, _ = asked(name, WINDOWS["8k"], crowded=False)

    golden(f"review_{name}.md", join_sections(fitted.kept) + "\n")


@pytest.mark.parametrize("name", ["qwen2.5-coder:1.5b", "qwen2.5-coder:7b", "qwen2.5-coder:32b"])
def test_the_rules_keep_to_the_weight_that_a_model_of_this_size_can_bear(name: str) -> None:
    assert tokens_of(review_system()) <= profile_for(ModelInfo(name)).fixed_tokens


def test_a_question_is_short_enough_to_be_followed_step_by_step() -> None:
    for finder in finders("deep"):
        assert tokens_of(finder.text) <= 120, finder.id
        assert "1. " in finder.text or finder.text.startswith("Go through"), finder.id
        [question] = finder_sections(finder, count=tokens_of)
        assert question.tokens <= 160, finder.id
