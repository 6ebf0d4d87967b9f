"""What an examination of this machine found."""

from dataclasses import dataclass
from typing import Literal

Mark = Literal["good", "note", "poor", "broken"]
Topic = Literal["vivek", "machine", "folders", "project", "terminal", "network", "servers", "model", "sandbox"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        topic: What it belongs to.
        name: What it is.
        mark: `good`; `note` for what may be as it is; `poor` for what works badly; `broken` for what does not work.
        text: What was found.
        hint: What to do about it, "" when nothing needs to be done.
        makes_faster: Whether following the hint makes turns faster.
    """

    topic: Topic
    name: str
    mark: Mark
    text: str
    hint: str = ""
    makes_faster: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """All findings, in the order of the screen.

    Attributes:
        findings: What was found.
        settings_readable: Whether the settings could be read.
        model_usable: Whether a model can answer.
    """

    findings: tuple[Finding, ...]
    settings_readable: bool
    model_usable: bool
