"""Takes any reply apart, whatever dialects it is written in: what a model was told is not always what it does."""

from collections.abc import Collection

from vivek.edits.dialects.begin_patch import BEGIN_PATCH
from vivek.edits.dialects.region import REGION
from vivek.edits.dialects.search_replace import SEARCH_REPLACE
from vivek.edits.dialects.udiff import UDIFF
from vivek.edits.dialects.whole import WHOLE
from vivek.edits.page import FenceReader, MarkedReader, read_page
from vivek.edits.registry import AUTO
from vivek.edits.reply import ParsedReply
from vivek.edits.scripts import SCRIPT

_MARKED: dict[str, MarkedReader] = {"search_replace": SEARCH_REPLACE, "begin_patch": BEGIN_PATCH, "udiff": UDIFF}
_FENCED: dict[str, FenceReader] = {"region": REGION, "whole": WHOLE}


def recognise(reply: str, known: Collection[str], dialect: str = AUTO) -> ParsedReply:
    """Take a reply apart; its blocks may be of several dialects.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
        dialect: The only one whose blocks are taken; with `auto` those of all are.
    """
    marked = [reader for name, reader in _MARKED.items() if dialect in (AUTO, name)]
    fenced = [reader for name, reader in _FENCED.items() if dialect in (AUTO, name)]
    return read_page(reply, known, marked, [SCRIPT, *fenced])
