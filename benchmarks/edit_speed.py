"""What an edit costs: five files of 2,000 lines matched, guarded and diffed, in each dialect; CPU of this process.

The files are real ones, modules of the standard library cut to length; three places change in each.
"""

import ast
import symtable
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.measure import Result, report
from vivek.edits.codec import Undecodable, decode
from vivek.edits.diff import unified
from vivek.edits.engine import read_reply
from vivek.edits.words import marked
from vivek.syntax.outline import Symbol, outline

MODULES = ("typing", "inspect", "argparse", "tarfile", "doctest")
LINES = 2_000
PLACES = 3
ROUNDS = 15
LIMIT = 50.0

Write = Callable[[str, str, list[int]], str]


def main() -> int:
    """Measure each dialect."""
    files = {f"lib/{name}.py": source(name, LINES) for name in MODULES}
    results = [
        Result(
            f"{len(files)} files of {LINES:,} lines, {PLACES} places in each, {name}",
            milliseconds(files, write),
            "ms",
            LIMIT,
        )
        for name, write in WAYS.items()
    ]
    results.append(Result("reading the syntax of these files once", parsing(files), "ms"))
    return report("edit_speed", "What matching, guarding and diffing edits costs", results)


def source(module: str, lines: int) -> str:
    """Return the first lines of a module of the standard library that parse, filled up with comments but for one."""
    path = Path(sysconfig.get_paths()["stdlib"]) / f"{module}.py"
    text = path.read_text(encoding="utf-8").split("\n")
    tree = ast.parse("\n".join(text))
    end = max(node.end_lineno or 0 for node in tree.body if (node.end_lineno or 0) < lines)
    kept = text[:end]
    return "\n".join([*kept, *(f"# {number}" for number in range(lines - 1 - len(kept))), ""])


def places(text: str, count: int) -> list[int]:
    """Return lines (from 0) to change, far apart: each a short statement of one line in a function of its own name."""
    symbols = outline("a.py", text) or ()
    names = [symbol.name for symbol in symbols]
    whole = text.split("\n")
    usable = [
        node.lineno - 1
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Return | ast.Assign | ast.Expr) and node.lineno == node.end_lineno
        if whole.count(whole[node.lineno - 1]) == 1 and not isinstance(getattr(node, "value", None), ast.Constant)
        if (held := holder(symbols, node.lineno - 1)) is not None and names.count(held.name) == 1
    ]
    usable.sort()
    chosen = [usable[len(usable) * step // count] for step in range(count)]
    held_by = {held.name for line in chosen if (held := holder(symbols, line)) is not None}
    if len(held_by) < count:
        msg = "the module has too few places"
        raise RuntimeError(msg)
    return chosen


def holder(symbols: tuple[Symbol, ...], line: int) -> Symbol | None:
    """Return the innermost function around a line."""
    around = [each for each in symbols if each.start <= line < each.end and each.kind != "class"]
    return around[-1] if around else None


def whole_file(path: str, text: str, at: list[int]) -> str:
    """Return a reply that gives a file in full."""
    return f"{path}\n````\n{changed(text, at)}````\n"


def quoted(path: str, text: str, at: list[int]) -> str:
    """Return a reply that quotes the lines around each place."""
    old, new = text.split("\n"), changed(text, at).split("\n")
    blocks = (
        "<<<<<<< SEARCH\n{}\n=======\n{}\n>>>>>>> REPLACE\n".format(
            "\n".join(old[line - 2 : line + 3]), "\n".join(new[line - 2 : line + 3])
        )
        for line in at
    )
    return f"{path}\n````\n{''.join(blocks)}````\n"


def regions(path: str, text: str, at: list[int]) -> str:
    """Return a reply that gives the function around each place."""
    symbols = outline(path, text) or ()
    new = changed(text, at).split("\n")
    held = (holder(symbols, line) for line in at)
    blocks = (
        f"{path}::{each.name}\n````\n" + "\n".join(new[each.start : each.end]) + "\n````\n"
        for each in held
        if each is not None
    )
    return "\n".join(blocks)


def changed(text: str, at: list[int]) -> str:
    """Return a text in which some lines have a remark at their end."""
    lines = text.split("\n")
    for line in at:
        lines[line] += "  # seen"
    return "\n".join(lines)


WAYS: Mapping[str, Write] = {"whole files": whole_file, "SEARCH and REPLACE": quoted, "regions": regions}


def milliseconds(files: Mapping[str, str], write: Write, *, rounds: int = ROUNDS) -> float:
    """Return the CPU that one reply for all files takes: the best of some rounds, because other load only adds."""
    current: dict[str, bytes] = {}
    at = {path: places(text, PLACES) for path, text in files.items()}
    reply = "\n".join(write(path, text, at[path]) for path, text in files.items())
    spent: list[float] = []
    for turn in range(rounds + 1):
        for path, text in files.items():  # a new text each time, so that nothing is remembered
            current[path] = f"{text}# {turn}\n".encode()
        fresh = reply if write is not whole_file else whole_reply(current, at)
        began = time.process_time()
        outcome = read_reply(fresh, current=current, exists=current, shown=current)
        for path, after in outcome.files.items():
            marked(unified(path, plain(current[path]), plain(after or b"")))
        spent.append((time.process_time() - began) * 1000)
        if len(outcome.files) < len(files):
            msg = f"not taken: {[refusal.feedback for refusal in outcome.refusals]}"
            raise RuntimeError(msg)
    return min(spent[1:])


def parsing(files: Mapping[str, str], *, rounds: int = ROUNDS) -> float:
    """Return the CPU of parsing all files once, the least that the guard costs."""
    spent: list[float] = []
    for _ in range(rounds):
        began = time.process_time()
        for text in files.values():
            symtable.symtable(text, "", "exec")
        spent.append((time.process_time() - began) * 1000)
    return min(spent)


def whole_reply(current: Mapping[str, bytes], at: Mapping[str, list[int]]) -> str:
    """Return a reply with whole files for texts as they are now."""
    return "\n".join(whole_file(path, plain(data), at[path]) for path, data in current.items())


def plain(data: bytes) -> str:
    """Return bytes as text."""
    text = decode(data)
    return "" if isinstance(text, Undecodable) else text.plain


if __name__ == "__main__":
    sys.exit(main())
