"""Code in the colours of its language, part by part; one may begin inside a string or a comment."""

from collections.abc import Sequence

from rich.syntax import Syntax
from rich.text import Text

from vivek.cli.render.safe_text import visible

THEME = "ansi_dark"  # the terminal's own colours
_TAB = 4
_MOST_BEFORE = 4_000  # characters of an open string or comment that the next part is read together with
_OPEN, _CLOSE = "/*", "*/"
_Kind = tuple[str, ...]
_Token = tuple[_Kind, str]


class Colours:
    """Colours the parts of one piece of code.

    Args:
        language: The word behind the fence; code in one that nobody knows stays as it is.
    """

    def __init__(self, language: str) -> None:
        self._lexer = Syntax("", language or "text", tab_size=_TAB).lexer
        self._theme = Syntax.get_theme(THEME)
        self._before = ""

    def part(self, text: str) -> Text:
        """Return the next whole lines without padding, so that they can be copied."""
        shown = visible(text).expandtabs(_TAB)
        drawn = Text(overflow="fold", no_wrap=False)
        drawn.append_tokens((token, self._theme.get_style_for_token(kind)) for kind, token in self._tokens(shown))
        drawn.rstrip()
        return drawn

    def _tokens(self, text: str) -> list[_Token]:
        source = self._before + text
        tokens = self._read(source)
        open_from = _open_from(tokens)
        behind = _behind(tokens, len(self._before))
        self._before = "" if open_from is None else source[open_from:]
        if len(self._before) > _MOST_BEFORE:
            self._before = self._before.partition("\n")[0] + "\n"  # how it began is enough
        return behind

    def _read(self, source: str) -> list[_Token]:
        """Take code apart; a comment that is still open is read as if it ended here."""
        if self._lexer is None:
            return [((), source)]
        if source.rfind(_OPEN) > source.rfind(_CLOSE):
            closed: list[_Token] = list(self._lexer.get_tokens(source + _CLOSE))
            last = next((kind for kind, token in reversed(closed) if _CLOSE in token), None)
            if last is not None and "Comment" in tuple(last):
                return _upto(closed, len(source))
        return list(self._lexer.get_tokens(source))


def _open_from(tokens: Sequence[_Token]) -> int | None:
    """Return the character at which a string or comment begins that the last token leaves open."""
    place = end = sum(len(token) for _, token in tokens)
    for kind, token in reversed(tokens):
        if not ("String" in tuple(kind) or kind[:2] == ("Comment", "Multiline")):
            break
        place -= len(token)
    return place if place < end and tokens[-1][1].endswith("\n") else None


def _behind(tokens: Sequence[_Token], skipped: int) -> list[_Token]:
    """Return tokens without so many characters at their begin."""
    kept: list[_Token] = []
    for kind, token in tokens:
        rest = token[skipped:]
        skipped = max(0, skipped - len(token))
        if rest:
            kept.append((kind, rest))
    return kept


def _upto(tokens: Sequence[_Token], size: int) -> list[_Token]:
    """Return tokens up to so many characters."""
    kept: list[_Token] = []
    for kind, token in tokens:
        kept.append((kind, token[:size]))
        size -= len(token)
        if size <= 0:
            break
    return kept
