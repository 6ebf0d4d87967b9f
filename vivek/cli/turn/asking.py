"""Who is asked, and how: the shapes that questions share."""

from collections.abc import Callable, Sequence
from typing import Protocol

from vivek.cli.render.safe_text import FRAME
from vivek.schema.edits import FileChange


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

    async def settle(self, tell: Callable[[str], None]) -> None:
        """Let a message be finished that was begun before a question came up; `tell` shows lines."""
        ...

    def queue(self, text: str) -> bool:
        """Keep a message until the turn has ended; False where nobody waits for that."""
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

    def difference(self, change: FileChange, text: str) -> tuple[str, FileChange]:
        """Return what a text would change in a file: as a unified diff, and as the change that this is.

        Raises:
            VivekError: If the file cannot be read.
        """
        ...


async def choose(asker: Asker, question: str, letters: Sequence[str], default: str) -> str:
    """Return the letter of an answer, or "?" for anything that is none of them.

    Several words answer nothing: they are a message, kept until the turn has ended, and the question is asked again.

    Args:
        asker: Who answers.
        question: What is asked; the letters are added to it.
        letters: What can be answered; a word that begins an answer counts by its first letter.
        default: What Enter means, shown as a capital.
    """
    shown = "/".join(letter.upper() if letter == default else letter for letter in letters)
    prompt = f"{FRAME} {question} [{shown}/?] "
    said = (await asker.ask(prompt)).strip()
    while len(said.split()) > 1 and asker.queue(said):
        said = (await asker.ask(f"{FRAME} Queued until the turn has ended.\n{prompt}")).strip()
    answer = said.lower()
    if not answer:
        return default
    whole = {"yes": "y", "no": "n"}.get(answer, answer)
    return whole if whole in letters else "?"
