"""The parts of a node's message, each with what it loses first and its shorter form where one is of use."""

from collections.abc import Sequence
from dataclasses import dataclass

from vivek.project.note_parts import cut_notes
from vivek.prompts.bodies import AGAIN, REQUEST
from vivek.prompts.budget import JOINT
from vivek.prompts.fence import fenced, one_line
from vivek.prompts.shrinking import definitions_of, end_of, most, start_of
from vivek.prompts.steps import ShownFile, ShownResult
from vivek.schema.budget import Count, Section, Shrink
from vivek.schema.checks import Check
from vivek.schema.index import Snippet
from vivek.syntax.languages import language_of

# What a prompt loses first when it does not fit.
_CARD, _FILES, _FOUND, _NOTES, _SHOWN, _EVIDENCE, _DIFF, _ALWAYS = 5, 10, 15, 20, 30, 40, 50, 100

# One part in so many of the window that a section may take even when there is room for more.
FILES_SHARE, NOTES_SHARE, EVIDENCE_SHARE = 4, 8, 6

OUTLINE_SHARE = 6
"""The same for the shorter form of a file."""

_LISTED = "Files of the project"

_LEAST = 96
"""Tokens below which the shorter form of a section says nothing of use."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section before it is measured, with the fields of `Section`; a maximum of 0 is none."""

    name: str
    text: str
    priority: int = _ALWAYS
    required: bool = False
    maximum: int = 0
    shrink: Shrink | None = None

    def measured(self, count: Count) -> Section:
        """Return it as a section, with the blank line that joins it to the next one."""
        return Section(
            self.name,
            self.text,
            count(self.text) + JOINT,
            self.priority,
            required=self.required,
            minimum=_LEAST,
            maximum=self.maximum or None,
            shrink=self.shrink,
        )


def always(name: str, text: str) -> Part:
    """Return what no prompt can do without, and only as a whole."""
    return Part(name, text, required=True)


def request(text: str) -> Part:
    """Return the user's words."""
    return always("request", f"{REQUEST}\n{text}" if text else "")


def plan(steps: Sequence[str]) -> Part:
    """Return the steps of the plan."""
    return always("plan", "\n".join(["Plan:", *(f"{number}. {step}" for number, step in enumerate(steps, 1))]))


def card(name: str, text: str) -> Part:
    """Return a piece of advice."""
    return Part(f"card:{name}", text.strip(), _CARD)


def orientation(text: str) -> Part:
    """Return one line on the project; its words come from the project, and are data."""
    return Part("orientation", one_line(text), _CARD)


def notes(text: str, window: int) -> Part:
    """Return notes of the project that have changed; shorter, they end at a heading."""
    label = "The notes of this project have changed; these replace the earlier ones:"

    def shrink(room: int, count: Count) -> str:
        cut = cut_notes(text, room, lambda part: count(fenced(label, part))).text
        return fenced(label, cut) if cut else ""

    said = fenced(label, text) if text.strip() else ""
    return Part("notes", said, _NOTES, maximum=window // NOTES_SHARE, shrink=shrink)


def listing(paths: Sequence[str], room: int, count: Count) -> str:
    """Return the project's files, one path a line, at most `room` tokens; "" if not even one fits.

    When they do not all fit, paths deep in the tree go first, and how many are missing is said.
    """
    return _listing(paths, len(paths), room, count)


def files(text: str, window: int) -> Part:
    """Return a `listing`, shorter with fewer paths, or a map of the project in a fence, shorter without its end."""
    label, _, body = text.partition("\n")
    lines = body.split("\n")[1:-1]
    number = label.rstrip(":").rpartition(" of ")[2]
    total = int(number) if number.isdecimal() else len(lines)

    def shrink(room: int, count: Count) -> str:
        return _listing(lines, total, room, count)

    def say(part: str, missing: str) -> str:
        return f"{fenced(label, part)}\n{missing}"

    shorter = shrink if label.startswith(_LISTED) else start_of("\n".join(lines), say)
    return Part("files", text, _FILES, maximum=window // FILES_SHARE, shrink=shorter)


def found(snippet: Snippet) -> Part:
    """Return a part of a file that may help."""
    where = f"Part of {snippet.path}, from line {snippet.line}:" if snippet.line else f"Names in {snippet.path}:"
    text = fenced(where, snippet.text, language_of(snippet.path) or "")
    return Part(f"found:{snippet.path}:{snippet.line}", text, _FOUND)


def file(shown: ShownFile, words: frozenset[str], window: int = 0) -> Part:
    """Return the text of a file; shorter, what it defines and where, and what of it is among the words."""
    text = fenced(shown.path, shown.text, language_of(shown.path) or "")
    said = f"{AGAIN}\n\n{text}" if shown.again else text
    shorter = definitions_of(shown.path, shown.text, words)

    def shrink(room: int, count: Count) -> str:
        # An outline that fills the window leaves no room for the lines that are read because of it.
        return shorter(min(room, max(_LEAST, window // OUTLINE_SHARE)) if window else room, count)

    return Part(f"file:{shown.path}", said, _SHOWN, shrink=shrink)


def result(at: int, shown: ShownResult) -> Part:
    """Return what came of a request; shorter, its beginning."""

    def say(text: str, missing: str) -> str:
        body = fenced(shown.label, text) if shown.label else text.strip()
        return "\n".join(filter(None, (body, missing, shown.note)))

    return Part(f"result:{at}", say(shown.text, ""), _SHOWN, shrink=start_of(shown.text, say))


def evidence(text: str, window: int) -> Part:
    """Return what a check reported; shorter, its first line and its end."""

    def say(part: str) -> str:
        return fenced("Output of the check:", part)

    said = say(text) if text else ""
    return Part("evidence", said, _EVIDENCE, maximum=window // EVIDENCE_SHARE, shrink=end_of(text, say))


def diff(name: str, text: str, *, whole: bool, first: bool) -> Part:
    """Return the change, or a part of it; the first one is always said: without it there is nothing to judge."""
    label = "The change, not yet applied:" if whole else "A part of the change, not yet applied:"
    return Part(name, fenced(label, text, "diff"), _DIFF, required=first)


def verdicts(checks: Sequence[Check]) -> Part:
    """Return what was checked, and what failed in which way; shorter, the ends of the outputs."""
    if not checks:
        return always("evidence", "Nothing was checked.")
    head = "\n".join(["Checks of the change:", *(f"- {check.name}: {check.status}" for check in checks)])
    details = [check for check in checks if check.detail]
    whole = "\n\n".join([head, *(_detail(check.name, check.detail) for check in details)])

    def shrink(room: int, count: Count) -> str:
        share = (room - count(head)) // max(1, len(details)) - JOINT
        said = [head, *filter(None, (_shorter_detail(check, share, count) for check in details))]
        while said and count("\n\n".join(said)) > room:
            said.pop()
        return "\n\n".join(said)

    return Part("evidence", whole, _EVIDENCE, required=True, shrink=shrink)


def _detail(name: str, text: str) -> str:
    return fenced(f"{name}:", text)


def _shorter_detail(check: Check, room: int, count: Count) -> str:
    whole = _detail(check.name, check.detail)
    if count(whole) <= room:
        return whole
    return end_of(check.detail, lambda part: _detail(check.name, part))(room, count)


def _listing(paths: Sequence[str], total: int, room: int, count: Count) -> str:
    shallow_first = sorted(paths, key=lambda path: (path.count("/"), path))

    def say(kept: int) -> str:
        label = f"{_LISTED}:" if kept == total else f"{_LISTED}, {kept} of {total}:"
        return fenced(label, "\n".join(one_line(path) for path in sorted(shallow_first[:kept])))

    # A path is two tokens at the least: more than this many need not be measured.
    kept = most(min(len(paths), max(room, 0) // 2), max(room, 0), count, say)
    return say(kept) if kept else ""
