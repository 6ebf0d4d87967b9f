"""One changed file as the validators see it: its texts, what was added, what was removed. Worked out once."""

import ast
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from vivek.edits.codec import Undecodable, decode
from vivek.edits.lines import compare, split_lines
from vivek.schema.concerns import Concern, Level
from vivek.syntax.languages import language_of

_PIECE = 4_000


@dataclass(frozen=True)
class Changed:
    """A file before and after.

    Attributes:
        path: Relative to the root.
        before: Its text, None when it is new or no text.
        after: Its new text, None when it is deleted or no text.
        created: Whether it is new.
        deleted: Whether it goes.
        unreadable: Why one side is no text, or "".
    """

    path: str
    before: str | None
    after: str | None
    created: bool
    deleted: bool
    unreadable: str = ""

    @classmethod
    def of(cls, path: str, before: bytes | None, after: bytes | None) -> "Changed":
        """Return a changed file from its bytes."""
        texts: list[str | None] = []
        unreadable = ""
        for data in (before, after):
            text = None if data is None else decode(data)
            if isinstance(text, Undecodable):
                unreadable = unreadable or text.reason
                text = None
            texts.append(None if text is None else text.plain)
        return cls(path, texts[0], texts[1], before is None, after is None, unreadable)

    @cached_property
    def language(self) -> str | None:
        """The language it is written in, None when its name does not tell."""
        return language_of(self.path)

    @cached_property
    def added(self) -> tuple[tuple[int, str], ...]:
        """The lines that are new, each with its number in the new text; a very long one comes in pieces."""
        return tuple(line for _, added in self.blocks for line in added)

    @cached_property
    def removed(self) -> tuple[str, ...]:
        """The lines that are gone."""
        return tuple(line for removed, _ in self.blocks for line in removed)

    @cached_property
    def blocks(self) -> tuple[tuple[tuple[str, ...], tuple[tuple[int, str], ...]], ...]:
        """What takes the place of what: lines that are gone, and the new ones there, as in `removed` and `added`."""
        return tuple(self._differing())

    @cached_property
    def tree_before(self) -> ast.Module | None:
        """The syntax tree of the old text, None when it is no Python or does not parse."""
        return self._tree(self.before)

    @cached_property
    def tree(self) -> ast.Module | None:
        """The syntax tree of the new text, None when it is no Python or does not parse."""
        return self._tree(self.after)

    @cached_property
    def nodes_before(self) -> Sequence[ast.AST]:
        """Every node of `tree_before`; walking is what costs, so it is done once."""
        return nodes_of(self.tree_before)

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """Every node of `tree`."""
        return nodes_of(self.tree)

    def is_said(self, number: int, start: int, end: int) -> bool:
        """Tell whether a part of a line of the new text stands within a string, as words and not as code; Python only.

        Args:
            number: The line, from 1.
            start: Where the part begins in the line.
            end: Where it ends.
        """
        return any(
            (first, at) <= (number, start) and (number, end) <= (last, to) for first, at, last, to in self._strings
        )

    @cached_property
    def _strings(self) -> Sequence[tuple[int, int, int, int]]:
        """Where strings begin and end; what is put into an f-string is code, so those do not count."""
        woven = {id(part) for node in self.nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        lines = (self.after or "").split("\n")

        def column(line: int, offset: int) -> int:
            return len(lines[line - 1].encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))

        return [
            (node.lineno, column(node.lineno, node.col_offset), last, column(last, node.end_col_offset or 0))
            for node in self.nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in woven
            for last in (node.end_lineno or node.lineno,)
        ]

    def doubt(self, check: str, level: Level, text: str, line: int | None = None) -> Concern:
        """Return a concern about this file."""
        return Concern(check, level, self.path, text, line)

    def _tree(self, text: str | None) -> ast.Module | None:
        return parse_python(text) if text is not None and self.language == "python" else None

    def _differing(self) -> Iterator[tuple[tuple[str, ...], tuple[tuple[int, str], ...]]]:
        old, new = split_lines(self.before or ""), split_lines(self.after or "")
        for step in compare(old, new):
            if step.tag == "equal":
                continue
            numbered = range(step.new_from, step.new_to)
            added = ((number + 1, piece) for number in numbered for piece in _pieces(new[number].rstrip("\n")))
            yield tuple(line.rstrip("\n") for line in old[step.old_from : step.old_to]), tuple(added)


def _pieces(line: str) -> list[str]:
    """Cut a line that is longer than people write, so that no pattern searches it over and over."""
    return [line[at : at + _PIECE] for at in range(0, len(line), _PIECE)] or [""]


def parse_python(text: str) -> ast.Module | None:
    """Return the syntax tree of a Python text, or None when it does not parse."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in the user's file is not our warning
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def nodes_of(tree: ast.Module | None) -> Sequence[ast.AST]:
    """Return every node of a syntax tree, outer ones first, without marks such as `ast.Load`.

    It does what `ast.walk` does in half the time, and walking is most of what the validators do.
    """
    found: list[ast.AST] = [tree] if tree is not None else []
    for node in found:
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
                found.append(value)
    return found


def imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Yield the modules that a Python text imports absolutely, each with its line."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
