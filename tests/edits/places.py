"""Edits that could land in the wrong place, made from real code: what is to be applied where, and what refused."""

import ast
import random
import re
import sysconfig
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = "module.py"

_MODULES = (
    *("argparse", "ast", "calendar", "cmd", "code", "configparser", "copy", "csv", "difflib", "fileinput", "fractions"),
    *("ftplib", "gettext", "heapq", "imaplib", "inspect", "mailbox", "mimetypes", "optparse", "pickle", "plistlib"),
    *("queue", "random", "sched", "shelve", "shlex", "smtplib", "statistics", "string", "tarfile", "textwrap"),
    *("threading", "timeit", "traceback", "typing", "uuid", "weakref", "zipfile"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One edit.

    Attributes:
        kind: What makes it dangerous.
        before: The file.
        reply: What the model wrote.
        after: The only right result; None where there is none, so that it must be refused.
    """

    kind: str
    before: str
    reply: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the standard library: its lines, without indentation."""

    name: str
    lines: tuple[str, ...]


@cache
def functions() -> tuple[Function, ...]:
    """Return functions of the standard library with at least eight lines and no odd layout."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    found = []
    for module in _MODULES:
        text = (folder / f"{module}.py").read_text(encoding="utf-8")
        lines = text.split("\n")
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.FunctionDef) or node.decorator_list or node.end_lineno is None:
                continue
            body = textwrap.dedent("\n".join(lines[node.lineno - 1 : node.end_lineno])).split("\n")
            if 8 <= len(body) <= 40 and _plain(body):
                found.append(Function(node.name, tuple(body)))
    return tuple(found)


def cases(count: int, seed: int = 1) -> Iterator[Case]:
    """Yield so many cases, all kinds in turn."""
    made = 0
    number = 0
    while made < count:
        rng = random.Random(f"{seed}-{number}")
        case = _KINDS[number % len(_KINDS)](rng)
        number += 1
        if case is not None:
            made += 1
            yield case


def search_replace(search: list[str], replace: list[str]) -> str:
    """Write an edit as a model does."""
    return "\n".join([PATH, "<<<<<<< SEARCH", *search, "=======", *replace, ">>>>>>> REPLACE", ""])


def _plain(lines: list[str]) -> bool:
    """Tell whether a function can be indented and cut freely: it parses as it stands, and has no long strings."""
    text = "\n".join(lines)
    if '"""' in "\n".join(lines[2:]) or "'''" in text or "\t" in text or text.count('"""') % 2:
        return False
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return not any(line.endswith((" ", "\\")) for line in lines)


def _pick(rng: random.Random) -> list[str]:
    return list(rng.choice(functions()).lines)


def _named(lines: list[str], name: str) -> list[str]:
    return [re.sub(r"def \w+\(", f"def {name}(", lines[0], count=1), *lines[1:]]


def _method(lines: list[str]) -> list[str]:
    return [f"    {line}" if line else "" for line in lines]


def _block(lines: list[str], rng: random.Random, size: int = 4) -> tuple[int, int] | None:
    """Return where a run of filled lines of one block of code stands, not the first line."""
    starts = [at for at in range(1, len(lines) - size + 1) if all(line.strip() for line in lines[at : at + size])]
    at = rng.choice(starts) if starts else None
    return None if at is None else (at, at + size)


def _edited(block: list[str]) -> list[str]:
    """Return a block with one more statement that changes nothing: it parses wherever the block does."""
    indent = block[0][: len(block[0]) - len(block[0].lstrip())]
    return [block[0], *block[1:], f"{indent}# edited"]


def _file(*parts: list[str]) -> str:
    return "\n\n\n".join("\n".join(part) for part in parts) + "\n"


def _once(text: str, block: list[str]) -> bool:
    return f"\n{text}".count("\n" + "\n".join(block) + "\n") == 1


def _replaced(text: str, block: list[str], new: list[str]) -> str:
    return ("\n" + text).replace("\n" + "\n".join(block) + "\n", "\n" + "\n".join(new) + "\n", 1)[1:]


def _unique(rng: random.Random) -> Case | None:
    """A block that is there once."""
    lines, other = _pick(rng), _pick(rng)
    where = _block(lines, rng)
    text = _file(_named(other, "other"), _named(lines, "this"))
    if where is None:
        return None
    block = lines[slice(*where)]
    if not _once(text, block):
        return None
    new = _edited(block)
    return Case("unique", text, search_replace(block, new), _replaced(text, block, new))


def _two_classes(rng: random.Random) -> Case | None:
    """The same method in two classes; its body alone names no place, with the line of its class it does."""
    lines = _named(_pick(rng), "run")
    method = _method(lines)
    first, second = rng.sample(["Reader", "Writer", "Store", "Panel"], 2)
    text = _file([f"class {first}:", *method], [f"class {second}:", *method])
    where = _block(lines, rng)
    if where is None:
        return None
    if rng.random() < 0.5:
        block = method[slice(*where)]
        return Case("same method in two classes", text, search_replace(block, _edited(block)), None)
    block = [f"class {second}:", *method[:3]]
    new = [block[0], "    # edited", *block[1:]]
    return Case("method with its class", text, search_replace(block, new), _replaced(text, block, new))


def _twins(rng: random.Random) -> Case | None:
    """Handlers that differ in one word; only the line with that word tells them apart."""
    lines = _pick(rng)
    verbs = rng.sample(["create", "read", "update", "delete", "list"], 3)
    parts = [_named(lines, f"{verb}_item") for verb in verbs]
    text = _file(*parts)
    if rng.random() < 0.5:
        where = _block(lines, rng, 3)
        if where is None:
            return None
        block = lines[slice(*where)]
        return Case("body of twins", text, search_replace(block, _edited(block)), None)
    part = rng.choice(parts)
    new = [*part[:3], "", *part[3:]]
    return Case("twin with its name", text, search_replace(part, new), _replaced(text, part, new))


def _equal_tests(rng: random.Random) -> Case | None:
    """Tests with equal bodies, edited as the model remembers them: without their names."""
    lines = _pick(rng)
    parts = [_named(lines, f"test_case_{number}") for number in range(1, rng.randint(3, 6))]
    body = lines[1:4]
    if not all(line.strip() for line in body):
        return None
    return Case("equal tests", _file(*parts), search_replace(body, _edited(body)), None)


def _two_depths(rng: random.Random) -> Case | None:
    """The same code at two depths of indentation; a text at a third depth could mean either."""
    lines = _pick(rng)
    where = _block(lines, rng)
    if where is None:
        return None
    deep = _method(lines)
    text = _file(_named(lines, "loose"), ["class Holder:", *_method(_named(lines, "held"))])
    block = lines[slice(*where)]
    if rng.random() < 0.5:
        third = [f"        {line}" for line in block]
        return Case("two depths, a third asked", text, search_replace(third, _edited(third)), None)
    held = deep[slice(*where)]
    if not _once(text, held) or not _once(text, block):
        return None
    new = _edited(held)
    return Case("two depths, one asked", text, search_replace(held, new), _replaced(text, held, new))


def _cases_of_letters(rng: random.Random) -> Case | None:
    """A block that is there in another case only."""
    lines = _pick(rng)
    where = _block(lines, rng)
    if where is None:
        return None
    block = lines[slice(*where)]
    other = [line.upper() for line in block]
    text = _file(_named(lines, "this"))
    if other == block or _once(text, other):
        return None
    return Case("another case", text, search_replace(other, _edited(other)), None)


def _drifted(rng: random.Random) -> Case | None:
    """One line inside differs from the file."""
    lines = _pick(rng)
    where = _block(lines, rng, 5)
    if where is None:
        return None
    block = lines[slice(*where)]
    wrong = list(block)
    indent = wrong[2][: len(wrong[2]) - len(wrong[2].lstrip())]
    wrong[2] = f"{indent}value = 99"
    return Case("drifted interior", _file(_named(lines, "this")), search_replace(wrong, _edited(wrong)), None)


def _hallucinated(rng: random.Random) -> Case | None:
    """First and last line are right, all between is made up."""
    lines, other = _pick(rng), _pick(rng)
    if len(lines) < 10:
        return None
    at = rng.randint(1, len(lines) - 7)
    block = lines[at : at + 6]
    made_up = [block[0], *other[2:6], block[-1]]
    text = _file(_named(lines, "this"))
    if _once(text, made_up):
        return None
    return Case("made-up interior", text, search_replace(made_up, _edited(made_up)), None)


def _stale(rng: random.Random) -> Case | None:
    """A text from before another edit."""
    lines = _pick(rng)
    where = _block(lines, rng)
    if where is None:
        return None
    block = lines[slice(*where)]
    now = [*lines]
    now[where[0] + 1] += "  # seen"
    return Case("stale text", _file(_named(now, "this")), search_replace(block, _edited(block)), None)


def _in_comments(rng: random.Random) -> Case | None:
    """The same lines stand in a comment and in a text as well; only the code is meant."""
    lines = _pick(rng)
    where = _block(lines, rng)
    if where is None:
        return None
    block = lines[slice(*where)]
    text = _file([f"# {line}" for line in block], _named(lines, "this"))
    if not _once(text, block):
        return None
    new = _edited(block)
    return Case("also in a comment", text, search_replace(block, new), _replaced(text, block, new))


def _shifted(rng: random.Random) -> Case | None:
    """The right text at another depth of indentation, and only one place that it can mean."""
    lines = _pick(rng)
    where = _block(lines, rng)
    if where is None:
        return None
    text = _file(["class Holder:", *_method(_named(lines, "held"))])
    block, held = lines[slice(*where)], _method(lines)[slice(*where)]
    if not _once(text, held) or _once(text, block):
        return None
    return Case("indentation", text, search_replace(block, _edited(block)), _replaced(text, held, _edited(held)))


def _loose_ends(rng: random.Random) -> Case | None:
    """Blanks at the ends of lines and empty lines around, which the file has not."""
    lines = _pick(rng)
    where = _block(lines, rng)
    text = _file(_named(lines, "this"))
    if where is None or not _once(text, lines[slice(*where)]):
        return None
    block = lines[slice(*where)]
    loose = ["", *[f"{line}  " if number % 2 else line for number, line in enumerate(block)], ""]
    new = _edited(block)
    return Case("loose ends", text, search_replace(loose, ["", *new, ""]), _replaced(text, block, new))


def _patch(text: str, at: int, size: int, new: list[str], *, claimed: int) -> str:
    """Write a hunk for lines `at:at + size` with three lines of context, said to begin at line `claimed`."""
    lines = text.split("\n")
    before, old, after = lines[max(0, at - 3) : at], lines[at : at + size], lines[at + size : at + size + 3]
    body = [f" {line}" for line in before] + [f"-{line}" for line in old] + [f"+{line}" for line in new]
    body += [f" {line}" for line in after]
    counts = f"-{claimed},{len(before) + size + len(after)} +{claimed},{len(before) + len(new) + len(after)}"
    return "\n".join(["```diff", f"--- a/{PATH}", f"+++ b/{PATH}", f"@@ {counts} @@", *body, "```", ""])


def _wrong_numbers(rng: random.Random) -> Case | None:
    """A patch whose lines are right and whose numbers are not."""
    text = _file(_named(_pick(rng), "other"), _named(_pick(rng), "this"))
    lines = text.split("\n")
    at = rng.randint(4, len(lines) - 6)
    if not all(line.strip() for line in lines[at : at + 2]) or not _once(text, lines[at - 3 : at + 5]):
        return None
    new = _edited(lines[at : at + 2])
    after = "\n".join([*lines[:at], *new, *lines[at + 2 :]])
    reply = _patch(text, at, 2, new, claimed=max(1, at + rng.randint(-40, 40)))
    return Case("patch with wrong numbers", text, reply, after)


def _patched_twins(rng: random.Random) -> Case | None:
    """A patch of the body of one twin; its number lies nearer to none of them."""
    lines = _pick(rng)
    parts = [_named(lines, name) for name in ("load", "save")]
    text = _file(*parts)
    at = rng.randint(4, len(lines) - 3)
    if not lines[at].strip() or at + 4 > len(lines):
        return None
    reply = _patch("\n".join(lines), at, 1, _edited([lines[at]]), claimed=1)
    return Case("patch of twins", text, reply, None) if at >= 4 else None


def _region(rng: random.Random) -> Case | None:
    """A method given whole, by the name of its class or without it; two classes have one of that name."""
    lines = _named(_pick(rng), "run")
    text = _file(["class Reader:", *_method(lines)], ["class Writer:", *_method(lines)])
    body = [*lines, "    # edited"]
    fenced = ["```python", *body, "```", ""]
    if rng.random() < 0.3:
        return Case("region without its class", text, "\n".join([f"{PATH}::run", *fenced]), None)
    head, tail = text.split("class Writer:\n")
    after = head + "class Writer:\n" + tail.rstrip("\n") + "\n        # edited\n"
    return Case("region with its class", text, "\n".join([f"{PATH}::Writer.run", *fenced]), after)


_KINDS: tuple[Callable[[random.Random], Case | None], ...] = (
    *(_unique, _two_classes, _twins, _equal_tests, _two_depths, _cases_of_letters, _drifted, _hallucinated),
    *(_stale, _in_comments, _shifted, _loose_ends, _wrong_numbers, _patched_twins, _region),
)
