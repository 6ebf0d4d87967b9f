"""What a tool is, what it works with and what it gives back; no tool touches a file or starts a process by itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from vivek.schema.answers import IndexAnswer
from vivek.schema.commands import Ran
from vivek.schema.index import Definition
from vivek.schema.tools import ToolCard

Risk = Literal["read", "edit", "command"]
"""What a call may do at worst: look, propose a change of files, start a program."""

Command = str | tuple[str, ...]
"""A line for a shell as a model wrote it, or a program with its arguments."""


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a tool may use.

    Attributes:
        read: Returns the bytes of a file as the model knows it: the staged ones if there are any, else the user's; None
            where there is no file.
        may_read: Returns why a file is not shown (it is secret, ignored, outside), or None.
        list_files: Returns the files of the project, staged ones included.
        run: Runs a command that has been judged already, on the staged files; a refusal is a `ToolDeniedError`.
        count: Returns the tokens of a text.
        room: Tokens that one result may have.
        keep: Puts a text aside and returns a short handle for it.
        recall: Returns the text of a handle, or None.
        shown: Notes that the whole text of a file lies before the model now.
        seen: Tells whether the present text of a file lies before it.
        python: How the project's own Python is started.
        chart: Returns a map of a folder (its name ends with a slash) within so many tokens, or "" when nobody can draw
            one; it is called in a thread.
        narrow: Returns the files that may hold a text in any letter case, found by a quicker program, or None when
            nobody can tell; it is called in a thread.
        define: Returns the definitions of a name, staged files as they are staged; None where nobody knows any. It is
            called in a thread.
        explain: Returns what an index says to a question about the project, None where it does not know; None where
            nobody knows any. It is called in a thread.
    """

    read: Callable[[str], bytes | None]
    may_read: Callable[[str], str | None]
    list_files: Callable[[], Sequence[str]]
    run: Callable[[Command], Awaitable[Ran]]
    count: Callable[[str], int]
    room: int
    keep: Callable[[str], str]
    recall: Callable[[str], str | None]
    shown: Callable[[str], None]
    seen: Callable[[str], bool]
    python: tuple[str, ...] = ("python3",)
    narrow: Callable[[str], frozenset[str] | None] | None = None
    chart: Callable[[str, int], str] | None = None
    define: Callable[[str], Sequence[Definition]] | None = None
    explain: Callable[[str], IndexAnswer | None] | None = None


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came of a call.

    Attributes:
        text: For the model. If `ok`, it is text of the project or of a program: data, to be put into a fence. If not,
            it is vivek's own words on what is wrong and what to do.
        told: One line for the user.
        ok: Whether the tool did what was asked.
        label: What `text` is, in one line that goes above the fence, or "".
        note: Vivek's own words that go below it, such as how to see the rest, or "".
        edits: New bytes of the files to be staged, None for a file that goes.
        placed: How quoted lines were found that are not the exact ones, for the user.
        command: What was run, if anything was.
    """

    text: str
    told: str
    ok: bool = True
    label: str = ""
    note: str = ""
    edits: Mapping[str, bytes | None] = field(default_factory=dict)
    placed: tuple[str, ...] = ()
    command: Command | None = None

    @property
    def plain(self) -> str:
        """All of it for the model without a fence, for whoever makes none."""
        return "\n".join(part for part in (self.label, self.text.rstrip("\n"), self.note) if part)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that can be carried out.

    Attributes:
        tool: The tool's name.
        arguments: As its card asks for.
    """

    tool: str
    arguments: Mapping[str, object]


class Tool(Protocol):
    """Something a model may do; a module of `tools/builtin` is one."""

    @property
    def CARD(self) -> ToolCard:  # noqa: N802 - a constant of a module
        """What the model is told."""
        ...

    @property
    def RISK(self) -> Risk:  # noqa: N802 - a constant of a module
        """What a call may do at worst."""
        ...

    async def run(self, arguments: Mapping[str, object], desk: Desk) -> ToolResult:
        """Do what was asked.

        Args:
            arguments: As `CARD` asks for, checked by `arguments.settle`.
            desk: All that may be used.
        """
        ...
