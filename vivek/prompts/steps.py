"""What there is to say to the executor in one step, as values."""

from dataclasses import dataclass

from vivek.schema.index import Snippet
from vivek.schema.plan import Plan

AT_THE_START = "exactly in the format described at the start"
"""How edits are to be written where the system text explains their format."""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file whose text is shown.

    Attributes:
        path: Relative to the root.
        text: Its exact text, without line numbers: it is there to be copied.
        again: Whether an older text of it was shown or written in this generation.
    """

    path: str
    text: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class ShownResult:
    """What came of a request of the model.

    Attributes:
        label: What it is, in one line.
        text: Text of the project or of a program, shown as data; or vivek's own words if there is no label.
        note: What is to be said below it, or "".
    """

    label: str
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ExecutorStep:
    """What there is to say to the executor in one step.

    Attributes:
        plan: Its mode and kind choose the instruction: an answer, or a change where the mode allows one.
        request: The user's words, or "" if a message of this turn said them already.
        list_plan: Whether to list the plan's steps: in the first step of a turn.
        files: Files to show.
        files_listing: The project's files, see `listing`; "" if a message of this turn listed them already.
        evidence: What a check reported, or "".
        notes_changed: The project's notes if they differ from those last said, else "".
        notice: What happened since the last message (a refused edit, a failed check), or "".
        results: What was asked for and what came of it, in order.
        edit_format: How edits are to be written this time, in a few words.
        format_text: The edit format itself, or "" if a message of this generation explained it already.
        snippets: Parts of files that may help, the best first.
        card: One piece of advice for this step, or "".
        card_name: What it is called.
        orientation: One line on the project, or "" if a message of this generation said it already.
        window: Tokens the model holds: a section may take its share of them; 0 when that is not known.
    """

    plan: Plan
    request: str = ""
    list_plan: bool = False
    files: tuple[ShownFile, ...] = ()
    files_listing: str = ""
    evidence: str = ""
    notes_changed: str = ""
    notice: str = ""
    results: tuple[ShownResult, ...] = ()
    edit_format: str = AT_THE_START
    format_text: str = ""
    snippets: tuple[Snippet, ...] = ()
    card: str = ""
    card_name: str = ""
    orientation: str = ""
    window: int = 0
