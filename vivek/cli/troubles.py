"""The page about errors that ships with vivek: what it says of a message, and under which heading."""

import re
from pathlib import Path

from vivek.schema.report import TurnReport
from vivek.schema.trouble import Trouble

_ROW = re.compile(r"^\| (`+) ?(?P<message>.+?) ?\1 \| (?P<why>.+) \|$")
_HOLE = re.compile(r"\b(?!TOML\b|UTF\b|HTTP\b)[A-Z]{2,}\b|\d+")


def load_troubles() -> list[Trouble]:
    """Return what the page says, in its order; nothing where the page is missing."""
    troubles, heading = [], ""
    for line in _page().splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif row := _ROW.match(line):
            topic = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
            troubles.append(Trouble(topic, heading, row["message"], row["why"]))
    return troubles


def says(trouble: Trouble, text: str) -> bool:
    """Tell whether a text that was read somewhere is the message of a trouble."""
    pattern = ".+".join(re.escape(part) for part in _HOLE.split(trouble.message))
    return re.fullmatch(pattern, " ".join(text.split())) is not None


def topic_of(text: str) -> str:
    """Return the topic of a message, or "" where the page does not know it."""
    return next((trouble.topic for trouble in load_troubles() if says(trouble, text)), "")


def link_to(text: str) -> str:
    """Return the line that leads from a message to what else is known of it, or ""."""
    topic = topic_of(text)
    return f"more: `vivek explain {topic}`" if topic else ""


def link_of(report: TurnReport) -> str:
    """Return the line that leads from a failed turn to what else is known of its error, or ""."""
    return link_to(report.error.message) if report.error is not None and report.status == "failed" else ""


def _page() -> str:
    """Return the page: beside this file where vivek is installed, among the documents in a checkout."""
    for path in (Path(__file__).with_name("troubleshooting.md"), Path(__file__).parents[2] / "docs/troubleshooting.md"):
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""
