"""What is known of a repository's code without a model: definitions, references, imports, places."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Definition:
    """Something a file defines by name; lines count from 1.

    Attributes:
        name: Its qualified name within the file, such as `Till.total`; parts are joined by `.` in every language.
        kind: What it is in its language's own word: `function`, `method`, `class`, `struct`, `constant` ...
        path: The file, relative to the root.
        line: Its first line, decorators included.
        end_line: Its last line.
        signature: Its head on one line as it is written, without the body: `def total(self, vat: int) -> int`.
        doc: The first line of its docstring or of the comment that documents it, or "".
    """

    name: str
    kind: str
    path: str
    line: int
    end_line: int
    signature: str = ""
    doc: str = ""

    @property
    def last(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Imported:
    """One import as the file writes it.

    Attributes:
        module: What is imported from, as written: `till.prices`, `./prices`, `<stdio.h>`, `crate::prices`; for a
            relative import of Python the dots stand before it.
        names: The names taken from it; empty for the module itself, `("*",)` for all.
        line: Where, from 1.
    """

    module: str
    names: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What one text says about itself.

    Attributes:
        language: As `syntax.languages` names it, None when its name does not tell.
        definitions: In the order of the text, outer before inner; their `path` is the file's.
        references: Names that are used (called, read, inherited from, imported) to the lines where they are, from 1;
            what a file defines counts only where it is used.
        imports: In the order of the text.
        lines: How many the text has.
        read: Which reader read it: `ast`, `grammar`, `ctags`, `pattern`; "" when nobody here reads the language.
        fault: Why it could be read in part only, or "".
    """

    language: str | None
    definitions: tuple[Definition, ...] = ()
    references: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    imports: tuple[Imported, ...] = ()
    lines: int = 0
    read: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class TextHit:
    """A line that holds a text; lines count from 1."""

    path: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """How far the index is.

    Attributes:
        files: Files that are indexed.
        listed: Files of the project that are to be indexed.
        definitions: Definitions known.
        skipped: Files that are not read, by reason: `binary`, `too large`, `unusable name`, `generated` ...
        unread: Files whose language nobody here reads, by language.
        faults: Files that were read in part only.
        text: Whether text can be searched by the index; False where SQLite lacks FTS5.
        complete: Whether all listed files are in it, as they were when it was last brought up to date.
        told: What is to be told once, such as a damaged index that was made anew.
        embeddings: The model that finds code by its meaning, "" where words alone do.
        pieces: Pieces of files that have a vector of this model.
    """

    files: int = 0
    listed: int = 0
    definitions: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    unread: Mapping[str, int] = field(default_factory=dict)
    faults: int = 0
    text: bool = True
    complete: bool = False
    told: tuple[str, ...] = ()
    embeddings: str = ""
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Snippet:
    """A part of a file that may help, cut at the borders of definitions.

    Attributes:
        path: The file.
        text: The exact text, without line numbers.
        line: Its first line, from 1; 0 for a list of signatures, which is no text of the file.
        end_line: Its last line.
        why: Why it was chosen, in a few words: `defines Till`, `imports till.prices`.
    """

    path: str
    text: str
    line: int = 0
    end_line: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A file that was chosen for a request.

    Attributes:
        path: The file.
        score: How well it fits; only the order of the scores of one choice means something.
        why: Why it was chosen, the strongest reason first: `defines Till`, `imports till/prices.py`.
        definitions: What matters in it, the best first; empty when the file as a whole does.
    """

    path: str
    score: float
    why: tuple[str, ...] = ()
    definitions: tuple[Definition, ...] = ()


@dataclass(frozen=True, slots=True)
class ContextGathered:
    """An event: parts of files were chosen for the prompt.

    Attributes:
        source: Who found them: `index`, or `search` before the project is indexed.
        parts: Path, first line, last line and reason of each; lines count from 1, 0 for a list of names.
        tokens: About how many tokens they have.
    """

    source: str
    parts: tuple[tuple[str, int, int, str], ...]
    tokens: int
