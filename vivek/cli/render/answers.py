"""What the index answered, as lines for people."""

from vivek.cli.render.safe_text import one_line
from vivek.schema.answers import IndexAnswer

_ASKED = {
    "where": "where {} is",
    "callers": "who uses {}",
    "importers": "who imports {}",
    "contents": "what is in {}",
    "impact": "what a change of {} may break",
    "tour": "where to begin reading",
}


def answer_text(answer: IndexAnswer) -> str:
    """Return an answer with its label: a line for each place, as editors and `grep` users read them."""
    lines = [f"from the index: {_ASKED[answer.kind].format(one_line(answer.subject))}", *place_lines(answer)]
    return "\n".join([*lines, *(f"  {line}" for line in remarks_of(answer))])


def place_lines(answer: IndexAnswer) -> list[str]:
    """Return `PATH:LINE: TEXT` for each place."""
    return [
        one_line(f"{each.path}{f':{each.line}' if each.line else ''}{f': {each.text}' if each.text else ''}")
        for each in answer.lines
    ]


def remarks_of(answer: IndexAnswer) -> list[str]:
    """Return what limits an answer."""
    more = answer.total - len(answer.lines)
    return [*([f"and {more:,} more"] if more > 0 else []), *map(one_line, answer.notes)]
