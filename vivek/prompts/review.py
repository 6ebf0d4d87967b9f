"""What a model is told that reviews a change: rules, a piece of the change with what is known around it, one question.

All questions about a piece begin with the same words, so that a server reads them once; how to reply comes first.
"""

from collections.abc import Sequence
from typing import Final

from vivek.analysis.findings.chunks import Chunk
from vivek.prompts.fence import fenced, one_line
from vivek.prompts.parts import Part, always
from vivek.prompts.shrinking import start_of
from vivek.prompts.templates import SHIPPED, Templates
from vivek.schema.budget import Count, Section
from vivek.schema.changes import ChangedFile
from vivek.schema.findings import CONFIDENCES, SEVERITIES, FileVerdict, Finding
from vivek.schema.reviewing import MATTERS, Finder, Rule

MOST: Final = 5
"""Findings of one reply."""

QUOTE, SCENARIO, TITLE, FIX, TRACE, CHANGED, PROMISE = 300, 400, 160, 400, 400, 600, 300
"""Characters of the strings of a reply."""

FINDINGS_ROOM, VERDICT_ROOM, SUMMARY_ROOM = 1_024, 320, 384
"""Tokens that are kept free for each kind of reply."""

_STATIC, _DIFF, _MESSAGE = 45, 50, 60
_FILES_SHARE, _MESSAGE_SHARE = 8, 6  # one part in so many of the window
_TOLD = 12  # findings of tools that are named; more of them are not read


def _text(longest: int, least: int = 0) -> dict[str, object]:
    return {"type": "string", "minLength": least, "maxLength": longest}


def _one_of(words: Sequence[str]) -> dict[str, object]:
    return {"type": "string", "enum": list(words)}


def _closed(properties: dict[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _matters(rules: Sequence[Rule] = ()) -> list[str]:
    """Return what a finding may be about: a rule where rules are what is asked about, else anything but that."""
    return [matter for matter in MATTERS if (matter == "rule") == bool(rules)]


def findings_schema(rules: Sequence[Rule] = ()) -> dict[str, object]:
    """Return the schema of a reply with findings.

    The code comes first, then how it goes wrong, then the verdicts, so that each can follow from what stands before it.

    Args:
        rules: The rules of the project that a finding must name one of, where they are what is asked about.
    """
    properties: dict[str, object] = {
        "quote": _text(QUOTE, 1),
        "scenario": _text(SCENARIO, 1),
        "title": _text(TITLE, 1),
        "matter": _one_of(_matters(rules)),
        "severity": _one_of(list(SEVERITIES)),
        "confidence": _one_of(list(CONFIDENCES)),
        "fix": _text(FIX),
    }
    if rules:
        properties["cites"] = _one_of([rule.id for rule in rules])
    return _closed({"findings": {"type": "array", "items": _closed(properties), "maxItems": MOST}})


FINDINGS_SCHEMA: Final = findings_schema()
"""The schema of a reply to every question but that about the project's rules."""

VERDICT_SCHEMA: Final = _closed(
    {"trace": _text(TRACE, 1), "verdict": _one_of(["holds", "refuted", "unsure"]), "counter": _text(QUOTE)}
)
"""The schema of a second look."""

SUMMARY_SCHEMA: Final = _closed({"changed": _text(CHANGED, 1), "promise": _text(PROMISE)})
"""The schema of a summary."""


def review_system(templates: Templates = SHIPPED) -> str:
    """Return the system message of a review."""
    grades = "\n".join(f"- {severity}: {meaning}" for severity, meaning in SEVERITIES.items())
    return templates.render("review/system", severities=grades)


def form_section(*, count: Count, templates: Templates = SHIPPED) -> Section:
    """Return how findings are written down; it stands before every piece, so that a server reads it once for all."""
    said = templates.render(
        "review/reply", most=str(MOST), matters=", ".join(_matters()), severities=", ".join(SEVERITIES)
    )
    return always("form", said).measured(count)


def chunk_sections(
    chunk: Chunk, file: ChangedFile, context: Sequence[Section], static: Sequence[Finding], *, count: Count
) -> tuple[Section, ...]:
    """Return what every question about a piece of a change begins with, what is known around it before the piece.

    The piece itself is never shortened: what does not fit is not read, and must not be called so.

    Args:
        chunk: The piece.
        file: The file it is of.
        context: What is known around it.
        static: What tools found in the file; those within the piece are named, so that nobody repeats them.
        count: Tokens of a text.
    """
    known = _known(chunk, static)
    said = [always("diff", fenced(_label(chunk, file), _shown(chunk), "diff"))]
    if known:
        said.append(Part("static", known, _STATIC))
    return (*context, *(part.measured(count) for part in said))


def finder_sections(
    finder: Finder, rules: Sequence[Rule] = (), *, count: Count, templates: Templates = SHIPPED
) -> tuple[Section, ...]:
    """Return one question about the piece of a change that was shown before it.

    Args:
        finder: The question.
        rules: The rules of the project for this file, where the question is about them.
        count: Tokens of a text.
        templates: The templates of the session.
    """
    asked_of = tuple(rules) if finder.when == "rules" else ()
    parts = [always(f"rule:{rule.id}", f"Rule `{one_line(rule.id)}`:\n{rule.text.strip()}") for rule in asked_of]
    said = [finder.text, templates.render("review/answer")]
    if asked_of:
        said.append(templates.render("review/cites"))
    return tuple(part.measured(count) for part in (*parts, always("instruction", "\n\n".join(said))))


def verify_sections(finding: Finding, *, count: Count, templates: Templates = SHIPPED) -> tuple[Section, ...]:
    """Return the request to trace a finding again, in the piece of a change that was shown before it.

    Args:
        finding: The finding.
        count: Tokens of a text.
        templates: The templates of the session.
    """
    claim = f"{finding.title}\nIn these lines:\n{finding.quote}\nScenario: {finding.scenario}"
    parts = (
        always("claim", fenced("A defect that somebody claims to have found:", claim)),
        always("instruction", templates.render("review/verify")),
    )
    return tuple(part.measured(count) for part in parts)


def summary_sections(
    message: str,
    files: Sequence[FileVerdict],
    diffs: Sequence[tuple[str, str]],
    *,
    window: int = 0,
    count: Count,
    templates: Templates = SHIPPED,
) -> tuple[Section, ...]:
    """Return what a model is told that is to say what a change does.

    Args:
        message: What its author says it does, "" for nothing.
        files: Its files, each with what happened to it.
        diffs: Path and text of its pieces, the weightiest first; those that do not fit are left out.
        window: Tokens the model holds: list and message may take their share of them; 0 when that is not known.
        count: Tokens of a text.
        templates: The templates of the session.
    """
    listed = "\n".join(f"{one_line(file.path)}: {file.kind}, +{file.added} -{file.removed}" for file in files)
    parts = (
        _data("files", "Files of the change:", listed, _MESSAGE, window // _FILES_SHARE),
        *(_data(f"diff:{path}", f"{path}:", text, _DIFF, tag="diff") for path, text in diffs),
        _data("message", "What its author says it does:", message.strip(), _MESSAGE, window // _MESSAGE_SHARE),
        always("instruction", templates.render("review/summary")),
    )
    return tuple(part.measured(count) for part in parts if part.text)


def _data(name: str, label: str, text: str, priority: int, most: int = 0, tag: str = "") -> Part:
    """Return a text that nobody vouches for; shorter, its beginning."""

    def say(part: str, missing: str) -> str:
        return f"{fenced(label, part, tag)}\n{missing}"

    return Part(name, fenced(label, text, tag) if text else "", priority, maximum=most, shrink=start_of(text, say))


def _label(chunk: Chunk, file: ChangedFile) -> str:
    match file.kind:
        case "added":
            return f"The change: {chunk.path}, a new file"
        case "deleted":
            return f"The change: {chunk.path} is deleted"
        case "renamed" | "copied":
            return f"The change: {chunk.path}, {file.kind} from {file.old_path}"
        case "whole":
            return f"The code to review, every line with a `+` before it: {chunk.path}"
        case _:
            return f"The change: {chunk.path}"


def _shown(chunk: Chunk) -> str:
    """Return the lines of a piece; line numbers are left out, because a model would copy them."""
    hunks = ("".join(f"{line.sign}{line.text}\n" for line in hunk.lines) for hunk in chunk.hunks)
    return "@@\n".join(hunks)


def _known(chunk: Chunk, static: Sequence[Finding]) -> str:
    lines = {line.new for hunk in chunk.hunks for line in hunk.lines if line.new}
    found = [each for each in static if each.path == chunk.path and each.line in lines and not each.old][:_TOLD]
    if not found:
        return ""
    told = "\n".join(f"- {one_line(each.title)}" for each in found)
    return fenced("Known already, found by tools; do not repeat it:", told)
