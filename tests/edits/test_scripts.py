import pytest

from vivek.edits.recognition import recognise
from vivek.edits.reply import ToolLine

CODE = "from till.prices import discount\nprint(discount(100, 10))\n"
ASKED = (ToolLine("script", CODE),)


@pytest.mark.parametrize(
    "reply",
    [
        f"script: python\n```python\n{CODE}```",
        f"I try it out first.\n\n**script:** python\n\n```\n{CODE}```\n",
        f"Script: `python`\n~~~py\n{CODE}~~~\n",
        f"- script:\n```\n{CODE}```\nThen I will see.",
        f"```\nan example\n```\nscript: python\n```\n{CODE}```",
    ],
)
def test_a_fence_below_the_line_is_a_script(reply: str) -> None:
    parsed = recognise(reply, ["till/prices.py"])

    assert (parsed.asks, parsed.blocks) == (ASKED, ())
    assert "discount(100" not in parsed.prose


@pytest.mark.parametrize(
    "reply",
    [
        f"script: python\n```python\n{CODE}",
        "script: python\n```\n\n```",
        f"script: python\nas follows\n```\n{CODE}```",
        f"```\n{CODE}```",
        f"The script: it prints\n```\n{CODE}```",
        f"script: python\n\n\n\n```\n{CODE}```",
        "script: python",
    ],
)
def test_anything_else_is_none(reply: str) -> None:
    assert recognise(reply, []).asks == ()


def test_a_reply_that_changes_files_asks_for_no_script() -> None:
    parsed = recognise(f"a.py\n```\nx = 1\n```\nscript: python\n```\n{CODE}```", ["a.py"])

    assert (len(parsed.blocks), parsed.asks) == (1, ())


def test_a_file_named_like_the_line_stays_a_file() -> None:
    parsed = recognise(f"script.py\n```\n{CODE}```", [])

    assert (len(parsed.blocks), parsed.asks) == (1, ())
