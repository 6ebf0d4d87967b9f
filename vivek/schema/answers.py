"""Questions about known names that the index answers, and the answers."""

from dataclasses import dataclass
from typing import Literal

LookupKind = Literal["where", "callers", "importers", "contents", "impact", "tour"]


@dataclass(frozen=True, slots=True)
class AnswersSpec:
    """What is answered without a model.

    Attributes:
        enabled: Whether questions about known names are answered from the index.
        confidence: How sure it must be that the index is meant; below that the model is asked.
        patterns: More forms of such questions: regular expressions for a whole message, each with one group whose name
            is what is asked (`where`, `callers`, `importers`, `contents`, `impact`) and which holds the name that is
            meant.
    """

    enabled: bool = True
    confidence: float = 0.7
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One place of an answer.

    Attributes:
        path: The file, relative to the root.
        line: The line, from 1; 0 for the file as a whole.
        text: What is there, or "".
    """

    path: str
    line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class IndexAnswer:
    """What the index says.

    Attributes:
        kind: What was asked.
        subject: The name or the file that was asked about, as the index knows it; "" for the project as a whole.
        confidence: How sure it is that this was meant, above 0 and at most 1.
        lines: The places, as many as are worth showing.
        total: How many there are.
        notes: What limits the answer.
    """

    kind: LookupKind
    subject: str
    confidence: float
    lines: tuple[AnswerLine, ...]
    total: int
    notes: tuple[str, ...] = ()
