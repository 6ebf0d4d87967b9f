"""A desk over files in memory, with a count of three characters a token and commands that answer from a list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vivek.schema.answers import IndexAnswer
from vivek.schema.commands import Ran
from vivek.schema.index import Definition
from vivek.tools.base import Command, Desk


@dataclass
class MemoryDesk:
    """What a desk works on, and what was done at it."""

    files: dict[str, bytes] = field(default_factory=dict)
    hidden: dict[str, str] = field(default_factory=dict)
    room: int = 500
    ran: list[Command] = field(default_factory=list)
    results: list[Ran | Exception] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    reads: list[str] = field(default_factory=list)
    narrow: Callable[[str], frozenset[str] | None] | None = None
    define: Callable[[str], Sequence[Definition]] | None = None
    chart: Callable[[str, int], str] | None = None
    explain: Callable[[str], IndexAnswer | None] | None = None

    def desk(self) -> Desk:
        """Return it as tools see it."""
        return Desk(
            read=self._read,
            may_read=self.hidden.get,
            list_files=self._list,
            run=self._run,
            count=tokens,
            room=self.room,
            keep=self._keep,
            recall=self._recall,
            shown=self.shown.append,
            seen=self.seen.__contains__,
            python=(".venv/bin/python",),
            narrow=self.narrow,
            define=self.define,
            chart=self.chart,
            explain=self.explain,
        )

    def _list(self) -> Sequence[str]:
        return sorted(self.files)

    def _read(self, path: str) -> bytes | None:
        self.reads.append(path)
        return self.files.get(path)

    def _keep(self, text: str) -> str:
        self.kept.append(text)
        return str(len(self.kept))

    def _recall(self, handle: str) -> str | None:
        at = int(handle) - 1 if handle.isdecimal() else -1
        return self.kept[at] if 0 <= at < len(self.kept) else None

    async def _run(self, command: Command) -> Ran:
        self.ran.append(command)
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


def tokens(text: str) -> int:
    """Return a count that grows with every third character."""
    return (len(text) + 2) // 3
