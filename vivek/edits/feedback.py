"""The texts that tell a model why its edit was not taken and what to do; each is 25 lines at most."""

from collections.abc import Iterable, Sequence

from vivek.edits.fences import read_mark
from vivek.schema.edits import Refusal

_WIDTH = 160
_QUOTED_LINES = 8

NOT_SHOWN = "not shown"
"""The reason of an edit of a file that the model has not seen: not to be mended, but to be shown."""
ALREADY_SHOWN = "already shown"
"""The reason of a request for a file whose present text was shown."""
UNCHANGED = "unchanged"
"""The reason of an edit that gives a file as it already is."""
AGAIN = "Answer again with its path on a line of its own and the whole file in a fence."
"""What to do about a file that was given in full."""
AGAIN_BLOCKS = "Answer again with its path on a line of its own and all its SEARCH/REPLACE blocks."
"""What to do about a file of which lines were quoted."""
AGAIN_REGION = "Answer again with its path, :: and the name on a line of their own and the whole definition in a fence."
"""What to do about a file of which a definition was given."""


def refuse(
    path: str,
    reason: str,
    what: str,
    *,
    quoted: Iterable[str] = (),
    copied: Sequence[str] = (),
    advice: str = AGAIN,
    verdict: str = "was not changed",
) -> Refusal:
    """Return a refusal whose feedback says what is wrong, shows the lines in question and gives one instruction.

    Args:
        path: The file as the model named it.
        reason: A few words for the user.
        what: Why, in one sentence for the model.
        quoted: Lines of a text, shown as they are and without numbers, which a model would copy.
        copied: Lines of the file that are to be copied; they are shown in a fence, without any decoration.
        advice: What to do now.
        verdict: What became of the file.
    """
    shown = [f"| {_cut(line)}" for line in quoted]
    if len(shown) > _QUOTED_LINES:
        shown = [*shown[:_QUOTED_LINES], f"| ({len(shown) - _QUOTED_LINES} more lines)"]
    fence = "`" * (3 + max((mark.length for line in copied if (mark := read_mark(line))), default=0))
    shown += [fence, *map(_cut, copied), fence] if copied else []
    text = "\n".join([f"`{path}` {verdict}: {what}", *shown, advice])
    # Half of a surrogate pair, which JSON can smuggle in, cannot be stored.
    return Refusal(path, reason, text.encode(errors="backslashreplace").decode())


def not_shown(path: str) -> Refusal:
    """Refuse an edit of a file whose text the model cannot know."""
    what = "the file exists, and you have not been shown its present text."
    return refuse(path, NOT_SHOWN, what, advice=f"Ask for it with the line\nneed: {path}\nand change it then.")


def shown_in_part(path: str) -> Refusal:
    """Refuse to replace as a whole what was shown in part."""
    what = "you have seen a part of it only, and what you give would replace the rest as well."
    return refuse(path, "shown in part", what, advice=f"{AGAIN_BLOCKS} Quote only lines that you were shown.")


def cut_off(path: str, again: str = AGAIN) -> Refusal:
    """Refuse an edit of a reply that did not reach its end."""
    return refuse(path, "cut off", "your answer was cut off before its end.", advice=f"{again} Be brief besides.")


def unclosed(path: str, again: str = AGAIN) -> Refusal:
    """Refuse a text that has no end."""
    if again == AGAIN_BLOCKS:
        what, advice = "a block of yours has no end.", f"{again} End every block with its last marker line."
    else:
        what, advice = "the fence that holds it is never closed.", f"{again}\n{_LONGER}"
    return refuse(path, "unclosed block" if again == AGAIN_BLOCKS else "unclosed fence", what, advice=advice)


def doubtful(path: str, again: str = AGAIN) -> Refusal:
    """Refuse a text that could end at two places."""
    if again == AGAIN_BLOCKS:
        what = "it is not clear where the two parts of a block are divided, because it holds ======= lines itself."
        advice = f"{again} Write the three markers of that block with nine signs: <<<<<<<<< SEARCH, =========."
        return refuse(path, "unclear end", what, advice=advice)
    what = "it is not clear which ``` line ends it, because it may contain ``` lines itself."
    return refuse(path, "unclear end", what, advice=_LONGER)


def undivided(path: str) -> Refusal:
    """Refuse a block whose two parts are not told apart."""
    what = "a block of yours has no ======= line between the lines that are there and those that take their place."
    return refuse(path, "undivided block", what, advice=AGAIN_BLOCKS)


def outside(path: str, why: str) -> Refusal:
    """Refuse a path that is never written."""
    return refuse(path, "not allowed", f"{why}.", advice="Use a path relative to the project, such as src/example.py.")


def twice(path: str, again: str = AGAIN) -> Refusal:
    """Refuse a file that one reply gives in two versions."""
    return refuse(path, "given twice", "your answer holds it more than once.", advice=f"{again} Give it once.")


def exists_already(path: str) -> Refusal:
    """Refuse a file that is given as a new one and exists."""
    what = "you give it as a new file, but it exists."
    advice = "Change the file that is there, or use another path."
    return refuse(path, "exists already", what, advice=advice)


def nameless(first: str, places: int) -> Refusal:
    """Refuse lines that come without a path and stand in no file that was shown, or in several."""
    where = "no file that you were shown holds its lines" if places == 0 else f"{places} places hold its lines"
    what = f"it begins with `{_cut(first)}`, you give no path for it, and {where}."
    text = f"A block of yours was not taken: {what}\nAnswer again with the path of the file on a line above the block."
    return Refusal("", "no path", text.encode(errors="backslashreplace").decode())


def unclear_name(path: str, names: Sequence[str]) -> Refusal:
    """Refuse a path that looks like a slip for one of `names`."""
    what = "there is no such file, but your text is much like that of:"
    advice = "Answer again with the exact path of the file you mean; if you mean a new file, write ./ before its path."
    return refuse(path, "unclear name", what, quoted=names, advice=advice)


def same_name(path: str, name: str) -> Refusal:
    """Refuse a path that differs from that of an existing file in case only."""
    what = "a file exists whose name differs from it in case only:"
    return refuse(path, "unclear name", what, quoted=[name], advice="Use exactly that path, or quite another one.")


def impossible(path: str, obstacle: str) -> Refusal:
    """Refuse a path that cannot exist beside what is there."""
    return refuse(path, "impossible path", f"{obstacle}.", advice="Use another path.")


def missing(path: str, names: Sequence[str]) -> Refusal:
    """Refuse to show or delete a file that does not exist; `names` are the files that may be meant."""
    what = "these files have a name like it:" if names else "no file has a name like it."
    advice = "Name a file that exists, or go on without it."
    return refuse(path, "no such file", what, quoted=names, advice=advice, verdict="does not exist")


def already_shown(path: str) -> Refusal:
    """Refuse to show a file again."""
    what = "you have its present text already."
    return refuse(path, ALREADY_SHOWN, what, advice="Go on with that text.", verdict="was not shown again")


def unchanged(path: str) -> Refusal:
    """Refuse a file that is given as it already is."""
    what = "what you gave is exactly what it already holds."
    return refuse(path, UNCHANGED, what, advice="Change it, or leave it out of your answer.")


def not_text(path: str, why: str) -> Refusal:
    """Refuse a file that cannot be edited as text."""
    return refuse(path, "not editable", f"{why}.", advice="Leave this file alone and say so.")


def lacking(path: str, encoding: str, characters: str, again: str = AGAIN) -> Refusal:
    """Refuse characters that the encoding of the file cannot hold."""
    what = f"its encoding is {encoding}, which lacks these characters: {characters}"
    return refuse(path, "characters its encoding lacks", what, advice=f"{again} Do without them, or escape them.")


_LONGER = "Put the whole file into a fence of four backticks (````)."


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[:_WIDTH] + " ..."
