import pytest

from vivek.errors import ConfigError
from vivek.prompts.modes import MODES, SHIPPED_MODES, Modes, in_mode, mode_text
from vivek.prompts.templates import SHIPPED
from vivek.providers.profiles import profile_for
from vivek.schema.models import ModelInfo
from vivek.schema.modes import Mode
from vivek.schema.plan import ModeName
from vivek.schema.request import Sampling

GUARD = Mode("guard", "looks for holes", edits=False, tools=("search",), text="Look for holes only.")


def test_every_mode_is_known_by_its_own_name_and_says_what_it_is_for() -> None:
    assert all(mode.name == name and mode.summary for name, mode in MODES.items())


@pytest.mark.parametrize("name", MODES)
def test_the_text_of_a_mode_says_which_one_it_is(name: ModeName) -> None:
    assert mode_text(MODES[name]).startswith(f"Mode: {name}. ")


def test_no_two_modes_say_the_same() -> None:
    said = {mode_text(mode).replace(name, "") for name, mode in MODES.items()}

    assert len(said) == len(MODES)


def test_only_the_architect_may_not_edit_and_only_the_coder_explains_nothing() -> None:
    assert [mode.name for mode in MODES.values() if not mode.edits] == ["architect"]
    assert [mode.name for mode in MODES.values() if not mode.prose] == ["coder"]


def test_what_follows_from_the_data_of_an_own_mode_is_said_without_its_author() -> None:
    assert mode_text(GUARD) == (
        "Mode: guard. Look for holes only. Change no file. "
        "Only these request lines are answered: `need:`, `read:`, `search:`."
    )
    terse = Mode("terse", "is quick", prose=False, text="Work fast.\nNever ask.")
    assert mode_text(terse) == "Mode: terse. Work fast.\nNever ask.\nWith a change, at most one sentence."


def test_a_users_template_stands_in_for_the_words_of_a_mode_that_ships() -> None:
    templates = SHIPPED.with_own("modes/coder", "Mode: coder. Type, do not talk.", "coder.md")

    assert mode_text(MODES["coder"], templates) == "Mode: coder. Type, do not talk."


def test_a_mode_that_is_not_there_is_named_with_the_nearest_one() -> None:
    modes = Modes({"guard": GUARD})

    assert modes.check("guard") is GUARD
    assert modes.names == (*MODES, "guard")
    with pytest.raises(ConfigError, match="There is no mode `gaurd`") as caught:
        modes.check("gaurd")
    assert caught.value.hint.startswith("Did you mean `guard`?")
    with pytest.raises(ConfigError) as caught:
        SHIPPED_MODES.check("zzz")
    assert caught.value.hint == "There are: peer, architect, coder, sdet."


def test_a_mode_whose_page_is_gone_reads_only() -> None:
    assert not SHIPPED_MODES.of("guard").edits


def test_a_mode_changes_of_sampling_only_what_it_says() -> None:
    profile = profile_for(ModelInfo("some-7b"))
    changed = in_mode(profile, Mode("calm", "", sampling=Sampling(temperature=0.0, seed=7)))

    assert (changed.sampling.temperature, changed.sampling.seed) == (0.0, 7)
    assert changed.sampling.top_p == profile.sampling.top_p
    assert in_mode(profile, GUARD) is profile
