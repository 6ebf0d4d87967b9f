"""Who is asked, and how: the shapes that questions share."""

from collections.abc import Sequence
from typing import Protocol

from vivek.cli.render.safe_text import FRAME


class Asker(Protocol):
    """Somebody who answers."""

    async def ask(self, question: str) -> str:
        """Return one line.

        Raises:
            EOFError: If there is nobody any more.
            KeyboardInterrupt: If they do not want to answer now.
        """
        ...

    def discard(self) -> None:
        """Forget what was typed before the question could be read."""
        ...


class TextEditor(Protocol):
    """Lets the user edit a text."""

    async def __call__(self, path: str, digest: str) -> str | None:
        """Return the new text of a staged file as the user left it, None when it is unchanged.

        Args:
            path: The file.
            digest: SHA-256 (hex) of its staged bytes.

        Raises:
            VivekError: If there is no editor, or it leaves no text behind.
        """
        ...


async def choose(asker: Asker, question: str, letters: Sequence[str], default: str) -> str:
    """Return the letter of an answer, or "?" for anything that is none of them.

    Args:
        asker: Who answers.
        question: What is asked; the letters are added to it.
        letters: What can be answered; a word that begins an answer counts by its first letter.
        default: What Enter means, shown as a capital.
    """
    shown = "/".join(letter.upper() if letter == default else letter for letter in letters)
    answer = (await asker.ask(f"{FRAME} {question} [{shown}/?] ")).strip().lower()
    if not answer:
        return default
    whole = {"yes": "y", "no": "n"}.get(answer, answer)
    return whole if whole in letters else "?"
