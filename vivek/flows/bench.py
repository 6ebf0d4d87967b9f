"""What a node may do beyond talking: run commands apart from the user's files, and know what the user allows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from vivek.project.index.base import Lookup
from vivek.project.past.cochange import History
from vivek.project.tooling.commands import Tooling
from vivek.schema.answers import IndexAnswer
from vivek.schema.checks import Check
from vivek.schema.commands import Judgement, Ran
from vivek.schema.concerns import Concern
from vivek.schema.events import Event
from vivek.schema.index import Definition
from vivek.schema.sandbox import SandboxStatus

TrustAnswer = Literal["yes", "no", "ask"]
Staged = Mapping[str, bytes | None]
"""What edits come to so far: the bytes of each file, None for one that is to go."""


class Bench(Protocol):
    """The place where a thread's commands run; what they write is not kept."""

    @property
    def interactive(self) -> bool:
        """Whether there is somebody who can be asked."""
        ...

    async def sandbox(self, emit: Callable[[Event], None]) -> SandboxStatus:
        """Return how commands are held back here, tried out at the first call; that nothing does is told once."""
        ...

    async def run(
        self,
        argv: Sequence[str],
        staged: Staged,
        *,
        timeout: float,
        on_output: Callable[[bytes], None] | None = None,
    ) -> Ran:
        """Run a command on the project as it would be with the staged files, without a network.

        Raises:
            WorkspaceError: If it cannot be run apart from the user's files.
        """
        ...

    def judge(self, command: str | Sequence[str], *, sandboxed: bool) -> Judgement:
        """Say whether a command may run."""
        ...

    def tooling(self) -> Tooling:
        """Return the project's own commands, found by reading files only."""
        ...

    def trusts(self, command: str, source: str) -> TrustAnswer:
        """Return whether the user lets a command of the project run after edits."""
        ...

    def trust(self, command: str, source: str, *, approved: bool, always: bool) -> None:
        """Remember whether a command of the project may run: for this session, or always in this folder."""
        ...

    def allow(self, key: str) -> None:
        """Remember for this session what a judgement named in `remember`."""
        ...

    def hear(self, key: str, answer: str) -> None:
        """Take the user's answer to a question on a command; it holds for this turn."""
        ...

    def heard(self, key: str) -> str | None:
        """Return the user's answer to a question of this turn: `yes`, `no` or `no: REASON`; None before."""
        ...

    def tree(self) -> str:
        """Return a digest that changes when a file of the project changes on the disk."""
        ...

    def recall(self, key: str) -> Check | None:
        """Return the result of a check that ran before on the same input, None for none."""
        ...

    def keep(self, key: str, check: Check) -> None:
        """Keep the result of a check."""
        ...

    def may_read(self, path: str) -> str | None:
        """Return why a file is not shown to the model, or None."""
        ...

    def narrow(self, text: str, staged: Collection[str]) -> frozenset[str] | None:
        """Return the files that may hold a text, staged ones among them; None when nobody can tell."""
        ...

    def busy(self) -> str:
        """Return what git has begun here and not ended, such as `merge`, or ""."""
        ...

    def doubts(self, before: Staged, after: Staged, *, request: str, reply: str) -> tuple[Concern, ...]:
        """Return what is doubtful about a change set, given the user's words and the prose of the model."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """What answers questions about the code of the project.

    Attributes:
        lookup: What is asked.
        name: What it is: the index, or what a search found for one request before there is one.
        history: What git's history tells, as far as it was read by then.
        near: Files by how near a part of them is to the request in meaning, the best first; higher is nearer.
    """

    lookup: Lookup
    name: Literal["index", "search"]
    history: History = field(default_factory=History)
    near: tuple[tuple[str, float], ...] = ()


class Knowledge(Protocol):
    """What is known of the project's code."""

    async def look(self, request: str, emit: Callable[[Event], None]) -> Source | None:
        """Return what answers questions about a request, brought up to date as far as a short time allows.

        What went wrong with the index is told once; None where there is no project.
        """
        ...

    def definitions(self, name: str) -> Sequence[Definition]:
        """Return the definitions of a name in the files as they are on the disk; it is called in a thread."""
        ...

    def chart(self, folder: str, tokens: int, count: Callable[[str], int]) -> str:
        """Return a map of a folder (its name ends with a slash; "" is all), "" where no index is complete."""
        ...

    def explain(self, question: str) -> IndexAnswer | None:
        """Return what an index says to a question of a known form; None where none is complete, or it does not know."""
        ...


class Ignorance:
    """A `Knowledge` that knows nothing."""

    async def look(self, request: str, emit: Callable[[Event], None]) -> Source | None:
        """Return nothing."""
        return None

    def definitions(self, name: str) -> Sequence[Definition]:
        """Return nothing."""
        return ()

    def chart(self, folder: str, tokens: int, count: Callable[[str], int]) -> str:
        """Return nothing."""
        return ""

    def explain(self, question: str) -> IndexAnswer | None:
        """Return nothing."""
        return None
