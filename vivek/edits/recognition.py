"""Takes any reply apart, whatever dialects it is written in: what a model was told is not always what it does."""

from collections.abc import Collection

from vivek.edits.dialects.begin_patch import BEGIN_PATCH
from vivek.edits.dialects.region import REGION
from vivek.edits.dialects.search_replace import SEARCH_REPLACE
from vivek.edits.dialects.udiff import UDIFF
from vivek.edits.dialects.whole import WHOLE
from vivek.edits.page import read_page
from vivek.edits.reply import ParsedReply
from vivek.edits.scripts import SCRIPT


def recognise(reply: str, known: Collection[str]) -> ParsedReply:
    """Take a reply apart; its blocks may be of several dialects.

    Args:
        reply: The whole text of a model.
        known: The files of the project, relative to its root.
    """
    return read_page(reply, known, (SEARCH_REPLACE, BEGIN_PATCH, UDIFF), (SCRIPT, REGION, WHOLE))
