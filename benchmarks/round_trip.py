"""Whether an edit touches a byte it did not mean to: files of forty mixes of encoding and line ends."""

import codecs
import random
import stat
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from benchmarks.measure import Result, report
from vivek.edits.codec import Text, decode, encode, with_ends_of
from vivek.workspace.files import Files

FILES = 5_000
WIDE = "aZ09 _-=()[]{}#'\"\t\x0b\x0céßжあ漢字한🦦\u2028\x85\xa0e\u0301"


@dataclass(frozen=True, slots=True)
class Form:
    """An encoding: the mark the file begins with, a first line that declares it, and letters that it has."""

    name: str
    mark: bytes = b""
    first: str = ""
    letters: str = WIDE


FORMS = (
    Form("utf-8"),
    Form("utf-8", codecs.BOM_UTF8),
    Form("utf-16-le", codecs.BOM_UTF16_LE),
    Form("utf-16-be", codecs.BOM_UTF16_BE),
    Form("utf-32-le", codecs.BOM_UTF32_LE),
    Form("cp1252", first="# -*- coding: cp1252 -*-", letters="az 09\t\x0c'€éß”ž"),
    Form("iso8859-1", first="<?xml version='1.0' encoding='latin-1'?>", letters="az 09\t\x0b\x85\xa0éÿ"),
    Form("koi8-r", first="# vim: set fileencoding=koi8-r :", letters="az 09\tжЯ═"),
    Form("shift_jis", first="# coding: shift_jis", letters="az 09\tあ漢字ソ表ｱ"),
    Form("gb18030", first="# coding=gb18030", letters="az 09\t汉字€🦦é"),
)
ENDS = (("\n",), ("\r\n",), ("\r",), ("\n", "\r\n", "\r"))
MODES = (0o644, 0o755, 0o600, 0o664)


@dataclass(frozen=True, slots=True)
class Sample:
    """A generated file: its form, and its lines with their ends; the last may have none."""

    form: Form
    lines: tuple[tuple[str, str], ...]
    mode: int
    linked: bool

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return self.form.mark + "".join(line + end for line, end in self.lines).encode(self.form.name)


def samples(count: int, seed: int = 0) -> Iterator[Sample]:
    """Yield files, every mix of encoding and line ends in turn."""
    dice = random.Random(seed)
    for number in range(count):
        form = FORMS[number % len(FORMS)]
        ends = ENDS[number // len(FORMS) % len(ENDS)]
        lines: list[tuple[str, str]] = [(form.first, dice.choice(ends))] if form.first else []
        for at in range(dice.randint(1, 40)):
            text = "".join(dice.choices(form.letters, k=dice.randint(0, 30)))
            # A carriage return, an empty line and a line feed would be read as one end.
            if lines and lines[-1][1] == "\r" and not text:
                text = str(at)
            lines.append((text, dice.choice(ends)))
        if dice.random() < 0.3:
            lines[-1] = (lines[-1][0] or "x", "")
        yield Sample(form, tuple(lines), dice.choice(MODES), dice.random() < 0.2)


def changed(sample: Sample, dice: random.Random) -> tuple[str, bytes]:
    """Return a real edit of a file: the whole new text as a model writes it, and the bytes that must come of it."""
    first = 1 if sample.form.first else 0
    at = dice.randrange(first, len(sample.lines))
    lines = list(sample.lines)
    kind = dice.choice(("replace", "insert", "delete"))
    if kind == "replace" or len(lines) - first < 2 or at == len(lines) - 1:
        lines[at] = (f"put here {dice.random()}", lines[at][1])
    elif kind == "insert":
        lines.insert(at, (f"put in {dice.random()}", lines[at - 1][1] if at else lines[0][1]))
    elif lines[at][0] in {line for line, _ in lines[max(at - 1, 0) : at] + lines[at + 1 : at + 2]}:
        lines[at] = ("which of two equal lines goes cannot be known", lines[at][1])
    elif at and lines[at - 1][1] == "\r" and not lines[at + 1][0] and lines[at + 1][1] == "\n":
        lines[at] = ("else two ends would become one", lines[at][1])
    else:
        del lines[at]
    plain = "".join(line + ("\n" if end else "") for line, end in lines)
    return plain, Sample(sample.form, tuple(lines), sample.mode, sample.linked).data


def compare(count: int, folder: Path, seed: int = 0) -> dict[str, int]:
    """Put files through an edit that changes nothing and one that does; return how often anything else came of it.

    Args:
        count: Files.
        folder: An empty folder; each file is written there and read back, every fifth through a link.
        seed: Makes the same files again.
    """
    files, dice = Files(folder), random.Random(seed + 1)
    wrong = {"unread": 0, "same edit": 0, "real edit": 0, "mode or link": 0}
    for number, sample in enumerate(samples(count, seed)):
        place = folder / f"{number % 50}/{number}.txt"
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(sample.data)
        place.chmod(sample.mode)
        name = f"{number % 50}/{number}.link" if sample.linked else f"{number % 50}/{number}.txt"
        if sample.linked:
            (folder / name).symlink_to(place.name)
        text = decode(files.read(name) or b"")
        if not isinstance(text, Text):
            wrong["unread"] += 1
            continue
        files.write(name, encode(with_ends_of(text.plain, text), text))
        wrong["same edit"] += place.read_bytes() != sample.data
        plain, wanted = changed(sample, dice)
        files.write(name, encode(with_ends_of(plain, text), text))
        wrong["real edit"] += place.read_bytes() != wanted
        kept = stat.S_IMODE(place.stat().st_mode) == sample.mode and (folder / name).is_symlink() == sample.linked
        wrong["mode or link"] += not kept
    return wrong


def main() -> int:
    """Compare, and write down what came of it."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        started = process_time()
        wrong = compare(FILES, Path(folder))
        seconds = process_time() - started
    mixes = f"{len(FORMS) * len(ENDS)} mixes of encoding and line ends"
    results = [
        Result(f"files that could not be read, of {FILES}", wrong["unread"], "", 0, mixes),
        Result("files not byte-identical after an edit that changes nothing", wrong["same edit"], "", 0),
        Result("files with a byte changed that the edit did not mean", wrong["real edit"], "", 0),
        Result("files that lost their mode or their link", wrong["mode or link"], "", 0),
        Result("CPU a file, two edits written", seconds / FILES * 1000, "ms"),
    ]
    return report("round_trip", "Bytes that an edit does not touch", results)


if __name__ == "__main__":
    sys.exit(main())
