"""Threads that change files, with a model that says what the test wants."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from vivek.providers.adapters.scripted import ScriptedProvider
from vivek.schema.events import TurnDone
from vivek.schema.report import TurnReport
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

THREAD = "calm-otter-7"
Contents = dict[str, str | None]


def reply_of(wanted: Mapping[str, str | None]) -> str:
    """Return the reply that makes, changes and deletes files; an answer when there is nothing to do."""
    said = [f"delete: {path}\n" if text is None else f"{path}\n````\n{text}````\n" for path, text in wanted.items()]
    return "\n".join(said) or "Nothing of that kind."


def request_of(wanted: Mapping[str, str | None]) -> str:
    """Return what a user asks to get that."""
    return f"Change {', '.join(wanted)}" if wanted else "What is this for?"


async def talk(
    root: Path, *turns: Mapping[str, str | None], thread: str = THREAD, approve: str = "all"
) -> tuple[list[TurnReport], ScriptedProvider]:
    """Open a session and take turns that change files; return their reports, and who was asked."""
    provider = ScriptedProvider([reply_of(wanted) for wanted in turns])
    choices = Choices(interactive=True, approve=approve, depth="fast", thread=thread)  # type: ignore[arg-type]  # a name
    reports: list[TurnReport] = []
    async with open_session(open_place(root), choices, provider=provider) as session:
        for wanted in turns:
            reports += [event.report async for event in session.send(request_of(wanted)) if isinstance(event, TurnDone)]
    return reports, provider


def tree_of(root: Path) -> dict[str, tuple[str, int]]:
    """Return every file beneath a folder with the hash of its bytes and its rights; git's and vivek's own left out."""
    return {
        str(path.relative_to(root)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode & 0o777)
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {".git", ".vivek"} & set(path.relative_to(root).parts)
    }
