"""What a model said of a repository, as sections of a page: only what its citations prove, and how much that was."""

from collections.abc import Iterable, Iterator

from vivek.cli.render.architecture import counted
from vivek.cli.render.html.elements import Raw, code_of, list_of, section, text_of
from vivek.schema.architecture import Sentence
from vivek.schema.narrative import Narrative, Passage


def told(narrative: Narrative) -> Iterator[str]:
    """Yield what was said, each sentence with what it stands on, and what was removed."""
    facts = {fact.id: fact.told for fact in narrative.facts}
    about = f"Told by {narrative.model}; sentences without a proof were removed." if narrative.model else ""
    yield from section("told", "What a model says of it", about, _body(narrative, facts))


def _body(narrative: Narrative, facts: dict[str, str]) -> Iterator[str]:
    for passage in narrative.whole:
        yield from _passage(passage, facts)
    if any(passage.sentences for passage in narrative.parts):
        yield "<details><summary>Package by package</summary>"
        for passage in narrative.parts:
            yield from _passage(passage, facts)
        yield "</details>"
    if not narrative.kept:
        yield '<p class="none">No sentence held.</p>'
    yield "<ul>"
    removed = sum(narrative.removed.values())
    reasons = ", ".join(f"{text_of(reason)}: {number:,}" for reason, number in sorted(narrative.removed.items()))
    left_out = f"{counted(removed, 'was', 'were')} removed{f' ({reasons})' if reasons else ''}"
    yield f"<li>{counted(narrative.kept, 'sentence')} held, {left_out}.</li>"
    if narrative.status == "incomplete":
        yield "<li>This is not all: the model could not be asked about everything.</li>"
    yield from (f"<li>{text_of(line)}</li>" for line in narrative.told)
    yield "</ul>"


def _passage(passage: Passage, facts: dict[str, str]) -> Iterator[str]:
    if passage.sentences:
        yield f"<h3>{text_of(passage.title)}</h3>"
        yield f"<p>{' '.join(_sentences(passage.sentences, facts))}</p>"


def _sentences(sentences: Iterable[Sentence], facts: dict[str, str]) -> Iterator[str]:
    for sentence in sentences:
        cites = [Raw(f'<cite title="{text_of(facts.get(cite, ""))}">{code_of(cite)}</cite>') for cite in sentence.cites]
        yield f"{text_of(sentence.text)}{f' [{list_of(cites)}]' if cites else ''}"
