"""Renders the Markdown templates of the prompts, strictly. Knows no node and no value of its own."""

import re
from functools import cache
from importlib.resources import files

_PLACE = re.compile(r"\{\{(\w+)\}\}")


@cache
def _load_template(name: str) -> str:
    return (files("vivek.prompts") / "templates" / f"{name}.md").read_text(encoding="utf-8").strip("\n")


def render(name: str, **values: str) -> str:
    """Fill the places `{{name}}` of a template.

    What a value contains is never read as a place, so that a file's text cannot ask for another value.

    Args:
        name: The template's file below `templates/`, without `.md`: `planner`, `modes/peer`.
        values: One text for each place, no more and no fewer.

    Raises:
        ValueError: If a place has no value or a value has no place: a mistake in the program, not in the prompt.
    """
    template = _load_template(name)
    wanted = set(_PLACE.findall(template))
    if wanted != values.keys():
        missing, unknown = sorted(wanted - values.keys()), sorted(values.keys() - wanted)
        msg = f"Template `{name}`: no value for {missing}, no place for {unknown}."
        raise ValueError(msg)
    return _PLACE.sub(lambda place: values[place[1]], template)
