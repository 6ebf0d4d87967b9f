"""Finds the place of a function, method or class that a reply gives in full, and fits it in there.

The place is the whole definition: one symbol of exactly that name, and nothing else in its lines. What comes there
must define that symbol again and leave every other one where it was; both are proven by reading the result.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import takewhile

from vivek.edits.bodies import Body, indented, is_comment, read_body, without_imports
from vivek.edits.feedback import refuse
from vivek.edits.fitting import AGAIN, proven
from vivek.edits.glance import Claim, glance, opening, plainly_one
from vivek.edits.lines import split_lines
from vivek.edits.reply import RegionBlock
from vivek.edits.spans import Span
from vivek.schema.edits import Refusal
from vivek.syntax.languages import language_of
from vivek.syntax.outline import Symbol, outline

_WHOLE = "Answer again with the path of the file on a line of its own and the whole file in a fence."
_LISTED = 8
_LOOKED_AT = 2_000


def place_region(path: str, text: str, block: RegionBlock) -> Span | Refusal:
    r"""Return where a region goes and what it becomes there, or why it cannot be placed.

    - Decorators that the reply leaves out stay; where it gives any, they replace those that are there.
    - Comments above the definition stay, and those of the reply that repeat them are not written twice.
    - The text is moved as a whole to the indentation of its place.
    - Imports that the file has are left out; others are refused, because they belong elsewhere.
    - A name without its class counts if it is the only one and the definition begins with the very same line.
    - Further definitions may follow in the fence as long as the file has none of their names.

    Args:
        path: The file.
        text: Its present text, lines ended by `\n`.
        block: What the reply gives.
    """
    symbols = outline(path, text)
    if symbols is None:
        known = language_of(path) == "python"
        what = "it does not parse now" if known else "nothing here can read its language"
        advice = _WHOLE
        return refuse(path, "symbols unknown", f"{what}, so the place of `{block.symbol}` is unknown.", advice=advice)
    lines = split_lines(text)
    symbol = _meant(path, lines, symbols, block)
    if isinstance(symbol, Refusal):
        return symbol
    return _placed(path, text, symbols, symbol, block)


def place_at_sight(path: str, text: str, block: RegionBlock) -> tuple[Span, Claim] | None:
    """Return the same for a definition that is found by its own lines, with what then is left to be proven.

    None where the whole file has to be read, also for whatever would be refused.
    """
    symbols = glance(path, split_lines(text), text, block)
    if symbols is None:
        return None
    span = _placed(path, text, symbols, symbols[0], block)
    if isinstance(span, Refusal) or not plainly_one(span, symbols[0]):
        return None
    return span, Claim(block.symbol, span, opening(span, symbols[0]))


def _placed(path: str, text: str, symbols: Sequence[Symbol], symbol: Symbol, block: RegionBlock) -> Span | Refusal:
    lines = split_lines(text)
    body = _fitted(path, text, lines, _holder(lines, symbols, symbol), symbol, block)
    if isinstance(body, Refusal):
        return body
    return proven(path, lines, symbols, symbol, _span(path, lines, symbol, body))


def _meant(path: str, lines: Sequence[str], symbols: Sequence[Symbol], block: RegionBlock) -> Symbol | Refusal:
    """Return the one symbol a block names, told apart from others of its name by its decorators alone."""
    found = [symbol for symbol in symbols if symbol.name == block.symbol]
    if not found:
        found = _by_header(path, lines, symbols, block)
    if not found:
        return _unknown(path, lines, symbols, block)
    if len(found) > 1:
        own = _decorators(read_body(path, block.text, _holder(lines, symbols, found[0])))
        same = [each for each in found if own and own == _stripped(lines[each.start : each.head])]
        found = same if len(same) == 1 else found
    if len(found) > 1:
        numbers = ", ".join(str(symbol.head + 1) for symbol in found[:_LISTED])
        what = f"it defines `{block.symbol}` {len(found)} times, in lines {numbers}:"
        quoted = [lines[symbol.head].rstrip("\n") for symbol in found]
        return refuse(path, "several places", what, quoted=quoted, advice=_WHOLE)
    if not found[0].alone:
        what = f"`{block.symbol}` shares its line with other code:"
        return refuse(path, "shared line", what, quoted=[lines[found[0].start].rstrip("\n")], advice=_WHOLE)
    return found[0]


def _by_header(path: str, lines: Sequence[str], symbols: Sequence[Symbol], block: RegionBlock) -> list[Symbol]:
    """Return the only symbol whose last name a block gives, if the first line of its definition is the same, too."""
    found = [symbol for symbol in symbols if symbol.last == block.symbol.rpartition(".")[2]]
    if len(found) != 1:
        return []
    body = read_body(path, block.text, "")
    code = body.lines[body.comments :]
    first = code if body.decorated else code[:1]
    return found if lines[found[0].head].strip() in _stripped(first) else []


def _unknown(path: str, lines: Sequence[str], symbols: Sequence[Symbol], block: RegionBlock) -> Refusal:
    last = block.symbol.rpartition(".")[2]
    names = list(dict.fromkeys(symbol.name for symbol in symbols))[:_LOOKED_AT]
    near = [name for name in names if name.rpartition(".")[2] == last]
    near += [name for name in get_close_matches(block.symbol, names, n=_LISTED, cutoff=0.6) if name not in near]
    what = f"it has no symbol `{block.symbol}`" + (
        ". Those most like it:" if near else ". It has:" if names else " and defines nothing by name."
    )
    advice = (
        "Answer again with the exact name of a symbol that is there. To add a new one, give a symbol that is there "
        "and put the new definition below it into the same fence."
    )
    quoted = (near or names)[:_LISTED]
    return refuse(path, "no such symbol", what, quoted=quoted, advice=advice if names else _WHOLE)


def _fitted(
    path: str, text: str, lines: Sequence[str], holder: str, symbol: Symbol, block: RegionBlock
) -> Body | Refusal:
    body = read_body(path, block.text, holder)
    if language_of(path) == "python":
        body, new = without_imports(body, text)
        if new:
            what = f"only `{symbol.name}` goes there, and your fence also holds imports that the file lacks:"
            advice = AGAIN.format(path=path, symbol=symbol.name) + " Import what you need within it."
            return refuse(path, "imports", what, quoted=new, advice=advice)
    if body.comments == len(body.lines):
        what = f"your fence for `{symbol.name}` holds no definition."
        advice = AGAIN.format(path=path, symbol=symbol.name)
        return refuse(path, "emptied", what, advice=advice)
    present = {line.rstrip("\n") for line in lines[symbol.start : symbol.end]}
    moved = indented(path, body, symbol.indent, present)
    if moved is None:
        what = f"some lines of `{symbol.name}` are indented less than its first line."
        return refuse(path, "uneven indentation", what, advice=AGAIN.format(path=path, symbol=symbol.name))
    return moved


def _span(path: str, lines: Sequence[str], symbol: Symbol, body: Body) -> Span:
    comments, code = list(body.lines[: body.comments]), list(body.lines[body.comments :])
    kept = [] if body.decorated else [line.rstrip("\n") for line in lines[symbol.start : symbol.head]]
    start = symbol.start
    if comments:
        above = start
        while above > 0 and is_comment(path, lines[above - 1].rstrip("\n")):
            above -= 1
        given = set(_stripped(comments))
        start = next((index for index in range(above, start) if lines[index].strip() in given), start)
    new = [line + "\n" for line in (*comments, *kept, *code)]
    if symbol.end == len(lines) and not lines[-1].endswith("\n"):
        new[-1] = new[-1].removesuffix("\n")
    return Span(start, symbol.end, tuple(new), "; ".join(body.notes))


def _holder(lines: Sequence[str], symbols: Sequence[Symbol], symbol: Symbol) -> str:
    """Return the line that opens what a symbol lies in, or "" for one at the top."""
    around = [each for each in symbols if each.start < symbol.start and symbol.end <= each.end]
    if around or not symbol.indent:
        return lines[around[-1].head] if around else ""
    # What holds methods without being a symbol itself, as `impl` in Rust: the nearest line that is indented less.
    above = (line for line in reversed(lines[: symbol.start]) if line.strip())
    return next((line for line in above if len(line) - len(line.lstrip()) < len(symbol.indent)), "")


def _decorators(body: Body) -> list[str]:
    """Return the one-line decorators a body begins with."""
    code = body.lines[body.comments :]
    return _stripped(takewhile(lambda line: line.lstrip().startswith(("@", "#[")), code)) if body.decorated else []


def _stripped(lines: Iterable[str]) -> list[str]:
    return [line.strip() for line in lines]
