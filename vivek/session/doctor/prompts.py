"""Looks at the prompts that stand in for those that ship, and what they cost."""

from collections.abc import Iterator

from vivek.errors import VivekError
from vivek.prompts.templates import shipped_text
from vivek.schema.doctor import Finding
from vivek.session.pages.templates import load_templates
from vivek.session.place import Place
from vivek.session.trust import Trust


def look_at_prompts(place: Place | None) -> Iterator[Finding]:
    """Yield each template of the user's or of the project with its tokens against those of the one that ships."""
    if place is None:
        return
    try:
        loaded = load_templates(place, Trust.open())
    except VivekError as error:
        yield Finding("folders", "prompts", "broken", error.message, error.hint)
        return
    for each in loaded.own:
        yield Finding("folders", f"prompt {each.name}", "note", f"{_cost(each.name, each.text)} ({each.origin})")
    for notice in loaded.notices:
        yield Finding("folders", "prompts", "note", notice.text, notice.hint)


def _cost(name: str, text: str) -> str:
    from vivek.prompts.tokens import count

    return f"{count(text.strip()):,} tokens instead of {count(shipped_text(name)):,}"
