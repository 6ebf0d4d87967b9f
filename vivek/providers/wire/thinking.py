"""Thoughts that a server leaves in the text of a reply, between `<think>` and `</think>`, told apart. Pure.

Ollama and llama.cpp do this themselves for models they know; other servers hand the tags on. A thought must not be
taken for the answer: it may hold drafts of edits.
"""

from typing import Literal

_OPEN, _CLOSE = "<think>", "</think>"


class ThoughtSplitter:
    """Splits the text of one reply; only a reply that begins with the tag has thoughts."""

    def __init__(self) -> None:
        self._state: Literal["start", "thinking", "after", "text"] = "start"
        self._held = ""

    def split(self, text: str) -> tuple[str, str]:
        """Return (text, thinking) of one piece; the end of a piece that may begin a tag waits for the next."""
        if self._state == "text" or not text:
            return text, ""
        self._held += text
        if self._state == "start" and not self._begin():
            return "", ""
        thinking = self._think() if self._state == "thinking" else ""
        if self._state == "after":
            self._held = self._held.lstrip()
            self._state = "text" if self._held else "after"
        if self._state != "text":
            return "", thinking
        rest, self._held = self._held, ""
        return rest, thinking

    def flush(self) -> tuple[str, str]:
        """Return what waited for more, at the end of the reply."""
        rest, self._held = self._held, ""
        return ("", rest) if self._state == "thinking" else (rest, "")

    def _begin(self) -> bool:
        """Decide whether the reply begins with a thought; return whether that can be told already."""
        start = self._held.lstrip()
        if start.startswith(_OPEN):
            self._state, self._held = "thinking", start.removeprefix(_OPEN)
        elif not _OPEN.startswith(start):
            self._state = "text"
        return self._state != "start"

    def _think(self) -> str:
        thought, found, rest = self._held.partition(_CLOSE)
        if found:
            self._state, self._held = "after", rest
            return thought
        kept = next((size for size in range(len(_CLOSE) - 1, 0, -1) if thought.endswith(_CLOSE[:size])), 0)
        self._held = thought[len(thought) - kept :]
        return thought[: len(thought) - kept]
