from typing import get_args

import pytest

from vivek.prompts.modes import MODES, mode_text
from vivek.schema.plan import ModeName


def test_every_mode_that_can_be_named_is_described() -> None:
    assert tuple(MODES) == get_args(ModeName)
    assert all(mode.name == name for name, mode in MODES.items())


@pytest.mark.parametrize("name", MODES)
def test_the_text_of_a_mode_says_which_one_it_is(name: ModeName) -> None:
    assert mode_text(name).startswith(f"Mode: {name}. ")


def test_only_the_architect_may_not_edit_and_only_the_coder_explains_nothing() -> None:
    assert [mode.name for mode in MODES.values() if not mode.edits] == ["architect"]
    assert [mode.name for mode in MODES.values() if not mode.prose] == ["coder"]
