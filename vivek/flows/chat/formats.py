"""How edits are to be written in a step: an edit dialect for each file, and the words that say so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vivek.edits.registry import load_dialect
from vivek.flows.chat.desk import Desk
from vivek.flows.context import NodeContext
from vivek.prompts.steps import AT_THE_START

WHOLE = "whole"
"""The dialect that the system text explains; it serves new files always."""

PATCHING = "search_replace"
"""The dialect for a file that the model has seen in part."""

GROWTH = 1.25
"""A rewritten file is expected to be at most this much longer."""

PATCH_ROOM = 1_024
"""Tokens that the edits of one file may take when it is not given whole."""

_NAMES = {"search_replace": "SEARCH/REPLACE blocks", "region": "single functions"}


@dataclass(frozen=True, slots=True)
class EditFormats:
    """What a step says about edits.

    Attributes:
        by_path: The dialect of each file that lies before the model.
        words: How edits are to be written, in a few words.
        text: The dialects to be explained now, or "".
        told: The dialects that are explained once this is said.
    """

    by_path: Mapping[str, str]
    words: str
    text: str
    told: tuple[str, ...]

    def room(self, sizes: Mapping[str, int]) -> int:
        """Return the tokens that edits of all these files may take.

        Args:
            sizes: The tokens of each file.
        """
        whole = sum(size for path, size in sizes.items() if self.by_path[path] == WHOLE)
        patched = sum(min(size, PATCH_ROOM) for path, size in sizes.items() if self.by_path[path] != WHOLE)
        return int(GROWTH * whole) + patched


def choose_formats(desk: Desk, told: Collection[str], ctx: NodeContext) -> EditFormats:
    """Choose a dialect for each file before the model.

    Args:
        desk: The files.
        told: Dialects explained before in this generation.
        ctx: Says what suits the model.
    """
    by_path = {
        path: PATCHING if path in desk.partly else ctx.choose_dialect(data.count(b"\n"), desk.sizes[path])
        for path, data in desk.current.items()
    }
    for path in desk.large:
        by_path[path] = PATCHING
    others = dict.fromkeys(dialect for dialect in by_path.values() if dialect != WHOLE)
    if not others:
        return EditFormats(by_path, AT_THE_START, "", tuple(told))
    clauses = []
    for dialect in others:
        paths = ", ".join(path for path, chosen in by_path.items() if chosen == dialect)
        clauses.append(f"as {_NAMES[dialect]} for {paths}")
    clauses.append("as whole files, as described at the start, for all others")
    new = [dialect for dialect in others if dialect not in told]
    text = "\n\n".join(load_dialect(dialect).INSTRUCTION.strip() for dialect in new)
    return EditFormats(by_path, "; ".join(clauses), text, (*told, *new))
