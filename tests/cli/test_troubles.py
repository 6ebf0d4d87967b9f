"""What the page about errors is good for in a terminal: an error leads to it, and it is read without a browser."""

import pytest

from tests.house.messages import messages
from vivek.cli.troubles import load_troubles, topic_of


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("There is no prompt.", "settings-and-the-command-line"),
        ("There is no thread 'calm-otter-7' here.", "threads"),
        ("`frob/x` names no provider.", "no-model-answers"),
        ("http://127.0.0.1:9 does not answer: nothing listens there.", "no-model-answers"),
        ("The prompt has 5,120 tokens, the window of local/a.gguf holds 4,096.", "the-answer-is-not-usable"),
        ("The turn has used its limit of 7 model calls.", "the-answer-is-not-usable"),
        ("/tmp/c.toml, line 12, column 1: no TOML.", "settings-and-the-command-line"),
        ("Everything is fine.", ""),
        ("", ""),
    ],
)
def test_a_message_leads_to_the_heading_it_stands_under(said: str, topic: str) -> None:
    assert topic_of(said) == topic


def test_every_row_of_the_page_is_the_message_of_some_error() -> None:
    said = [message.text.replace("{}", "x") for message in messages()]
    heard = [trouble for trouble in load_troubles() if any(topic_of(each) for each in said)]

    assert len(heard) == len(load_troubles()) > 40
