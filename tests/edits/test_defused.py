"""A file that really holds control tokens of a chat template is shown with marks, and edited without them."""

import pytest

from vivek.edits.engine import read_reply
from vivek.prompts.fence import fenced

TEXT = 'STOP = "<|im_end|>"\nBEGIN = "[INST]"\n'


@pytest.mark.covers("J03")
def test_what_a_model_copies_from_a_marked_file_is_written_without_the_marks() -> None:
    shown = fenced("chat.py", TEXT, "python")
    assert "<|im_end|>" not in shown
    reply = shown[shown.index("chat.py") :].replace("STOP", "END")

    outcome = read_reply(reply, current={"chat.py": TEXT.encode()}, exists=["chat.py"], shown=["chat.py"])

    assert outcome.files == {"chat.py": TEXT.replace("STOP", "END").encode()}


@pytest.mark.covers("J06", "K04")
@pytest.mark.parametrize(
    "edit",
    [
        "a.py\n```python\nKEY = '⟦secret:1⟧'\nSIZE = 3\n```\n",
        "a.py\n<<<<<<< SEARCH\nSIZE = 2\n=======\nSIZE = 3  # ⟦secret:1⟧\n>>>>>>> REPLACE\n",
    ],
)
def test_a_placeholder_of_a_secret_is_never_written(edit: str) -> None:
    before = b"KEY = 'hunter2hunter2'\nSIZE = 2\n"

    outcome = read_reply(edit, current={"a.py": before}, exists=["a.py"], shown=["a.py"])

    assert outcome.files == {}
    [refusal] = outcome.refusals
    assert refusal.reason == "hidden secret"
    assert "⟦secret:1⟧ stands for a secret" in refusal.feedback


def test_a_line_beside_a_hidden_secret_can_be_changed() -> None:
    before = b"KEY = 'hunter2hunter2'\nSIZE = 2\nMARK = '\xe2\x9f\xa6secret:1\xe2\x9f\xa7'\n"
    edit = "a.py\n<<<<<<< SEARCH\nSIZE = 2\n=======\nSIZE = 3\n>>>>>>> REPLACE\n"

    outcome = read_reply(edit, current={"a.py": before}, exists=["a.py"], shown=["a.py"])

    assert outcome.files == {"a.py": before.replace(b"2\n", b"3\n")}
