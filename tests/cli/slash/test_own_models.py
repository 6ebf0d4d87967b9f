"""Pages that bring a model or a window: a mode keeps them while it is in force, a command for one turn."""

from pathlib import Path

from tests.cli.slash.talking import real_chat
from vivek.config.folders import config_folder


def bring(kind: str, name: str, text: str) -> None:
    path = config_folder() / kind / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


async def test_a_mode_works_with_its_own_window_until_another_one_is_chosen(workspace: Path) -> None:
    bring("modes", "small", "---\nabout: says little\nwindow: 8k\n---\nSay little.\n")
    async with real_chat(workspace, "One.", "Two.", "Three.") as talk:
        await talk.types("what is in the till?")
        assert "32k window" in await talk.types("/status")
        assert "8k window" in await talk.types("/mode small")
        await talk.types("and then?")
        assert "of 8,192 tokens" in await talk.types("/status")
        assert "32k window" in await talk.types("/mode peer")
        await talk.types("what is in the till now?")

        assert [report.answer for report in talk.reports] == ["One.", "Two.", "Three."]
        assert len({report.thread_id for report in talk.reports}) == 1


async def test_a_mode_works_with_its_own_window_for_one_turn(workspace: Path) -> None:
    bring("modes", "small", "---\nwindow: 8k\n---\nSay little.\n")
    async with real_chat(workspace, "One.", "Two.", "Three.") as talk:
        await talk.types("what is in the till?")
        await talk.types("/mode small and then?")
        assert "of 8,192 tokens" in await talk.types("/status")
        await talk.types("what is in the till now?")
        assert "of 32,768 tokens" in await talk.types("/status")
        assert "Say little." in talk.prompt(1)
        assert "Say little." not in talk.prompt(2)


async def test_a_mode_names_the_model_that_its_session_is_opened_with(workspace: Path) -> None:
    bring("modes", "deep", "---\nmodel: ollama/deep:7b\n---\nThink.\n")
    async with real_chat(workspace, "One.", "Two.") as talk:
        await talk.types("what is in the till?")
        opened = len(talk.opener.asked)
        await talk.types("/mode deep")
        assert [each.mode for each in talk.opener.asked[opened:]] == ["deep"]
        await talk.types("and then?")
        assert talk.reports[-1].answer == "Two."


async def test_the_model_of_a_command_works_for_its_turn_alone(workspace: Path) -> None:
    bring("commands", "deep", "---\nabout: thinks\nmodel: ollama/deep:7b\n---\nThink about $ARGUMENTS.\n")
    async with real_chat(workspace, "One.", "Two.", "Three.", model="scripted/usual") as talk:
        await talk.types("what is in the till?")
        await talk.types("/deep the till")
        await talk.types("what is in it now?")

        assert [each.model for each in talk.opener.asked] == ["scripted/usual", "ollama/deep:7b", "scripted/usual"]
        assert "Think about the till." in talk.prompt(1)
        assert len({report.thread_id for report in talk.reports}) == 1
