"""The questions of a review, each a template: which ones there are, and which make sense for a piece of a change."""

import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Final, cast, get_args

from vivek.analysis.findings.chunks import Chunk
from vivek.config.front_matter import split_page
from vivek.prompts.review import FINDINGS_SCHEMA, form_section, review_system
from vivek.prompts.templates import SHIPPED, Templates, shipped_text, template_names
from vivek.schema.reviewing import EFFORTS, Condition, Finder, ReviewEffort
from vivek.syntax.languages import is_prose, language_of

FOLDER: Final = "review/finders/"
"""Where the questions lie among the templates; the front matter of each says from which effort on it is asked."""

_FIELD = re.compile(r"(\w+): *(\w+)")
# Words of code that several may run at a time, in the languages people mostly write.
_CONCURRENT = re.compile(
    r"(?i)\b(?:async\w*|await|threads?|threading|locks?|mutex\w*|rwmutex|synchronized|volatile|atomic\w*|chan|goroutines?"
    r"|promise|settimeout|setinterval|tokio|spawn\w*|semaphore\w*|multiprocessing|concurrent\w*|executors?|transaction\w*"
    r"|signal|waitgroup|pthread_\w+|queue\w*)\b|\bgo func\b|\bgo \w+\("
)


def finders(effort: ReviewEffort, templates: Templates = SHIPPED) -> tuple[Finder, ...]:
    """Return the questions that are asked at an effort, those first that are asked at less effort as well.

    Args:
        effort: How much is to be spent.
        templates: The templates of the session.
    """
    grades = list(EFFORTS)
    known = [_finder(name, templates) for name in template_names() if name.startswith(FOLDER)]
    asked = [finder for finder in known if grades.index(finder.effort) <= grades.index(effort)]
    return tuple(sorted(asked, key=lambda finder: (grades.index(finder.effort), finder.id)))


def suits(finder: Finder, chunk: Chunk, *, callers: bool = True, rules: bool = False, around: str = "") -> bool:
    """Tell whether a question makes sense for a piece of a change; asking it anyway costs time and yields noise.

    Args:
        finder: The question.
        chunk: The piece.
        callers: Whether code that uses what the piece changes can be shown.
        rules: Whether the project has rules for the file.
        around: What else of the code is shown.
    """
    match finder.when:
        case "always":
            return True
        case "rules":
            return rules
        case "removed":
            return any(line.sign == "-" and line.text.strip() for hunk in chunk.hunks for line in hunk.lines)
        case "callers":
            return callers and _is_code(chunk.path)
        case "concurrent":
            return _is_code(chunk.path) and _CONCURRENT.search(f"{chunk.text}\n{around}") is not None
        case "code":
            return _is_code(chunk.path)


def _is_code(path: str) -> bool:
    return language_of(path) is not None and not is_prose(path)


def _finder(name: str, templates: Templates) -> Finder:
    text = split_page(templates.render(name)).body.strip()
    matter = _matter(name)
    effort, when = matter["effort"], matter.get("when", "always")
    if effort not in EFFORTS or when not in get_args(Condition):
        msg = f"Template `{name}`: there is no effort `{effort}` or no condition `{when}`."
        raise ValueError(msg)
    digest = hashlib.blake2b(digest_size=8)
    form = form_section(count=len, templates=templates).text
    asked = (templates.render("review/answer"), templates.render("review/cites"))
    for part in (text, review_system(templates), form, *asked, json.dumps(FINDINGS_SCHEMA)):
        digest.update(part.encode() + b"\0")
    named = name.removeprefix(FOLDER)
    return Finder(named, digest.hexdigest(), text, effort, cast(Condition, when))


@cache
def _matter(name: str) -> Mapping[str, str]:
    """Return the front matter as it ships: who brings another text for a question says what is asked, not when."""
    found = (_FIELD.fullmatch(line.strip()) for line in split_page(shipped_text(name)).matter)
    return {field[1]: field[2] for field in found if field}
