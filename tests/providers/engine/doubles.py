"""A child that follows a script, for what a real one does only once in a blue moon."""

import asyncio
from collections.abc import Mapping, Sequence


class ScriptedChild:
    """A child whose answer, end and complaints are given; an answer of None never comes."""

    def __init__(self, answer: bytes | None = b"", code: int | None = None, errors: str = "") -> None:
        self.pid = 4_711
        self.written: list[bytes] = []
        self.stopped = False
        self.released = False
        self._answer = answer
        self._code = code
        self._errors = errors

    async def write_line(self, line: bytes) -> None:
        self.written.append(line)

    async def read_line(self, timeout: float) -> bytes:
        if self._answer is None:
            async with asyncio.timeout(timeout):
                await asyncio.Event().wait()
        return self._answer or b""

    def diagnostics(self) -> str:
        return self._errors

    def returncode(self) -> int | None:
        return self._code

    async def wait(self, timeout: float) -> int | None:
        return self._code

    async def stop(self, grace: float = 2.0) -> None:
        self.stopped = True

    def release(self) -> None:
        self.released = True


class ScriptedLauncher:
    """Hands out children in turn and remembers how they were asked for."""

    def __init__(self, *children: ScriptedChild) -> None:
        self.children = list(children)
        self.calls: list[tuple[list[str], dict[str, str]]] = []

    async def __call__(self, argv: Sequence[str], *, env: Mapping[str, str] | None = None) -> ScriptedChild:
        self.calls.append((list(argv), dict(env or {})))
        return self.children.pop(0)
