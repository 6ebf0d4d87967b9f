"""Reads a page as a browser would, without one: what opens must close, and what stands in it can be asked for."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

_EMPTY = frozenset({"wbr", "meta", "br", "rect", "circle", "path", "input", "link", "img"})


@dataclass
class Element:
    name: str
    attributes: dict[str, str | None]
    children: list["Element"] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(self.said)

    def every(self, name: str) -> list["Element"]:
        """Return the elements of a name beneath it, in order."""
        found = [each for child in self.children for each in child.every(name)]
        return [self, *found] if self.name == name else found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"an attribute of <{tag}> is there twice"
        self.open[-1].children.append(element)
        if tag not in _EMPTY:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.said.append(data)


def parse(lines: list[str]) -> Element:
    """Return the page, in which everything that was opened was closed."""
    reader = _Reader()
    reader.feed("".join(f"{line}\n" for line in lines))
    reader.close()
    assert [each.name for each in reader.open] == ["page"]
    return reader.open[0]
