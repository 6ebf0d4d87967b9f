"""Mermaid flowcharts: written from a diagram, and checked against the part of the language that is written here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from vivek.cli.render.safe_text import one_line

Kind = Literal["plain", "cycle", "against"]

_LONGEST = 80  # columns of a label
_MOST_TEXT, _MOST_LINKS = 50_000, 500  # what Mermaid draws without being told to take more
_PLAIN = frozenset(" _-./,+()")  # beside letters and digits; all else is written as a number
_STYLES: Final[dict[Kind, str]] = {"plain": "", "cycle": "stroke:#d33,stroke-width:2px", "against": "stroke:#d33"}
_ARROWS: Final[dict[Kind, str]] = {"plain": "-->", "cycle": "-->", "against": "-.->"}

_ID = r"n\d{1,4}"
_LABEL = r'"(?:[^"#&<>`{}\[\]|;:%@\\\x00-\x1f\x7f]|#\d{1,7};)+"'
_HEAD = re.compile(r"flowchart (?:TD|LR)")
_NODE = re.compile(rf"    (?P<id>{_ID})\[{_LABEL}\]")
_ENDS = 2
_LINK = re.compile(rf"    ({_ID}) (?:-->|-\.->)(?:\|{_LABEL}\|)? ({_ID})")
_CSS = "[a-z-]+:[#a-z0-9]+(?:,[a-z-]+:[#a-z0-9]+)*"
_NODE_STYLE = re.compile(rf"    style ({_ID}) {_CSS}")
_LINK_STYLE = re.compile(rf"    linkStyle (\d+(?:,\d+)*) {_CSS}")


@dataclass(frozen=True, slots=True)
class Node:
    """A box: what it stands for, its words, and whether it is part of a cycle."""

    name: str
    label: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow between two nodes; `cycle` is part of a cycle, `against` goes up where it should go down."""

    source: str
    target: str
    label: str = ""
    kind: Kind = "plain"


@dataclass(frozen=True, slots=True)
class Diagram:
    """What is drawn.

    Attributes:
        nodes: In their order.
        links: Between nodes that are there.
        told: What the picture leaves out, in sentences.
        down: Whether it is drawn from the top down; else from left to right.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    told: tuple[str, ...] = ()
    down: bool = True


def checked(diagram: Diagram) -> list[str]:
    """Return a diagram as the lines of a flowchart that Mermaid is known to draw.

    Raises:
        ValueError: If it would not, with the line; it never comes to that, and a broken picture is never printed.
    """
    lines = flowchart(diagram)
    if wrong := faults(lines):
        raise ValueError(wrong[0])
    return lines


def flowchart(diagram: Diagram) -> list[str]:
    """Return a diagram as the lines of a flowchart; names of others are quoted so that they say nothing to Mermaid."""
    ids = {node.name: f"n{at}" for at, node in enumerate(diagram.nodes)}
    lines = [f"flowchart {'TD' if diagram.down else 'LR'}"]
    lines += [f"    {ids[node.name]}[{quoted(node.label)}]" for node in diagram.nodes]
    for link in diagram.links:
        said = f"|{quoted(link.label)}|" if link.label else ""
        lines.append(f"    {ids[link.source]} {_ARROWS[link.kind]}{said} {ids[link.target]}")
    lines += [f"    style {ids[node.name]} stroke:#d33" for node in diagram.nodes if node.marked]
    for kind, style in _STYLES.items():
        numbers = [str(at) for at, link in enumerate(diagram.links) if link.kind == kind]
        if style and numbers:
            lines.append(f"    linkStyle {','.join(numbers)} {style}")
    return lines


def quoted(text: str) -> str:
    """Return a text as a label on one line; every character that could mean something is written by its number."""
    shown = one_line(text, _LONGEST) or "?"
    return f'"{"".join(_written(char) for char in shown)}"'


def faults(lines: Sequence[str]) -> list[str]:
    """Return what is wrong with a flowchart, line by line; nothing where Mermaid draws it as it is meant."""
    return [f"line {number}: {what}" for number, what in _faults(lines)]


def _faults(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    if not lines or _HEAD.fullmatch(lines[0]) is None:
        yield 1, "it does not begin with its kind"
    if sum(map(len, lines)) + len(lines) > _MOST_TEXT:
        yield 1, "it is too long"
    known: set[str] = set()
    links = 0
    for number, line in enumerate(lines[1:], 2):
        if node := _NODE.fullmatch(line):
            if node["id"] in known:
                yield number, f"{node['id']} is there twice"
            known.add(node["id"])
        elif named := _LINK.fullmatch(line) or _NODE_STYLE.fullmatch(line):
            links += len(named.groups()) == _ENDS
            yield from ((number, f"{end} is no node") for end in named.groups() if end not in known)
        elif style := _LINK_STYLE.fullmatch(line):
            if any(int(at) >= links for at in style[1].split(",")):
                yield number, "it styles an arrow that is not there"
        else:
            yield number, "it cannot be read"
    if links > _MOST_LINKS:
        yield len(lines), "it has too many arrows"


def _written(char: str) -> str:
    return char if char.isalnum() or char in _PLAIN else f"#{ord(char)};"
