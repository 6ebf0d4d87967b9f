"""The texts that tell a model why its edit was not taken and what to do; each is 25 lines at most."""

from collections.abc import Iterable, Sequence

from vivek.schema.edits import Refusal

_WIDTH = 160
_QUOTED_LINES = 8

"""The reason of a refusal that showing the file would mend."""

NOT_SHOWN = "not shown"
"""The reason of an edit of a file that the model has not seen: not to be mended, but to be shown."""
AGAIN = "Answer again with its path on a line of its own and the whole file in a fence."


def refuse(
    path: str,
    reason: str,
    what: str,
    *,
    quoted: Iterable[str] = (),
    advice: str = AGAIN,
    verdict: str = "was not changed",
) -> Refusal:
    """Return a refusal whose feedback says what is wrong, shows the lines in question and gives one instruction.

    Args:
        path: The file as the model named it.
        reason: A few words for the user.
        what: Why, in one sentence for the model.
        quoted: Lines of a text, shown as they are and without numbers, which a model would copy.
        advice: What to do now.
        verdict: What became of the file.
    """
    shown = [f"| {_cut(line)}" for line in quoted]
    if len(shown) > _QUOTED_LINES:
        shown = [*shown[:_QUOTED_LINES], f"| ({len(shown) - _QUOTED_LINES} more lines)"]
    text = "\n".join([f"`{path}` {verdict}: {what}", *shown, advice])
    # Half of a surrogate pair, which JSON can smuggle in, cannot be stored.
    return Refusal(path, reason, text.encode(errors="backslashreplace").decode())


def not_shown(path: str) -> Refusal:
    """Refuse an edit of a file whose text the model cannot know."""
    what = "the file exists, and you have not been shown its present text."
    return refuse(path, NOT_SHOWN, what, advice=f"Ask for it with the line\nneed: {path}\nand change it then.")


def cut_off(path: str) -> Refusal:
    """Refuse an edit of a reply that did not reach its end."""
    return refuse(path, "cut off", "your answer was cut off before its end.", advice=f"{AGAIN} Be brief besides.")


def unclosed(path: str) -> Refusal:
    """Refuse a file whose fence has no end."""
    what = "the fence that holds it is never closed."
    return refuse(path, "unclosed fence", what, advice=f"{AGAIN}\n{_LONGER}")


def doubtful(path: str) -> Refusal:
    """Refuse a file whose fence could end at two places."""
    what = "it is not clear which ``` line ends it, because it may contain ``` lines itself."
    return refuse(path, "unclear end", what, advice=_LONGER)


def outside(path: str, why: str) -> Refusal:
    """Refuse a path that is never written."""
    return refuse(path, "not allowed", f"{why}.", advice="Use a path relative to the project, such as src/example.py.")


def twice(path: str) -> Refusal:
    """Refuse a file that one reply gives in two versions."""
    return refuse(path, "given twice", "your answer holds it more than once.", advice=f"{AGAIN} Give it once.")


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
    return refuse(path, "already shown", what, advice="Go on with that text.", verdict="was not shown again")


def unchanged(path: str) -> Refusal:
    """Refuse a file that is given as it already is."""
    what = "what you gave is exactly what it already holds."
    return refuse(path, "unchanged", what, advice="Change it, or leave it out of your answer.")


def not_text(path: str, why: str) -> Refusal:
    """Refuse a file that cannot be edited as text."""
    return refuse(path, "not editable", f"{why}.", advice="Leave this file alone and say so.")


def lacking(path: str, encoding: str, characters: str) -> Refusal:
    """Refuse characters that the encoding of the file cannot hold."""
    what = f"its encoding is {encoding}, which lacks these characters: {characters}"
    return refuse(path, "characters its encoding lacks", what, advice=f"{AGAIN} Do without them, or escape them.")


_LONGER = "Put the whole file into a fence of four backticks (````)."


def _cut(line: str) -> str:
    return line if len(line) <= _WIDTH else line[:_WIDTH] + " ..."
