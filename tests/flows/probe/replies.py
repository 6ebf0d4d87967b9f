"""Right answers to the cases of the probe, in every dialect that is tried."""

from vivek.edits.registry import DIALECTS
from vivek.flows.probe.cases import EDIT_CASES, EditCase


def whole(case: EditCase) -> str:
    return f"Done.\n\n{case.path}\n```python\n{case.after}```\n"


def regions(case: EditCase) -> str:
    """Give the functions that change, or the file when none does."""
    before, after = (text.split("\n\n\n") for text in (case.before, case.after))
    changed = [new.rstrip() for old, new in zip(before, after, strict=True) if old != new and new.startswith("def ")]
    blocks = [f"{case.path}::{part[4 : part.index('(')]}\n```python\n{part}\n```\n" for part in changed]
    return "\n".join(blocks) or whole(case)


def search_replace(case: EditCase) -> str:
    """Give a block for every group of lines that is parted by blank ones and changes."""
    before, after = (text.split("\n\n") for text in (case.before, case.after))
    blocks = [
        f"<<<<<<< SEARCH\n{old.strip()}\n=======\n{new.strip()}\n>>>>>>> REPLACE\n"
        for old, new in zip(before, after, strict=True)
        if old != new
    ]
    return f"{case.path}\n```python\n{''.join(blocks)}```\n"


_WRITERS = {"whole": whole, "region": regions, "search_replace": search_replace}
EDITS = {dialect: [_WRITERS[dialect](case) for case in EDIT_CASES] for dialect in DIALECTS}
