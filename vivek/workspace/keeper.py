"""Ends what vivek started when vivek is gone, killed included: a small process that waits for the end of a pipe."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from vivek.errors import WorkspaceError
from vivek.workspace.process import start_companion

# It reads `+ GROUP` and `- GROUP`; at the end of its input every group that is left is killed.
_SCRIPT = """
groups=
while read -r sign group; do
  rest=
  for each in $groups; do [ "$each" = "$group" ] || rest="$rest $each"; done
  groups=$rest
  [ "$sign" = + ] && groups="$groups $group"
done
for each in $groups; do kill -s KILL -- "-$each"; done
"""


class _Keeper:
    """The one keeper of this process; it starts with the first group."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._pipe: int | None = None
        self._owner = 0

    def add(self, group: int) -> None:
        self._groups.add(group)
        self._tell(f"+ {group}\n")

    def remove(self, group: int) -> None:
        self._groups.discard(group)
        self._tell(f"- {group}\n")

    def _tell(self, line: str) -> None:
        if self._pipe is not None and self._owner == os.getpid():  # a fork does not speak to its parent's keeper
            with suppress(BrokenPipeError):
                os.write(self._pipe, line.encode())
                return
            os.close(self._pipe)
        self._pipe, self._owner = _start(), os.getpid()
        os.write(self._pipe, "".join(f"+ {group}\n" for group in self._groups).encode())


def _start() -> int:
    """Start the process; return what feeds it."""
    reader, writer = os.pipe()
    try:
        start_companion(["/bin/sh", "-c", _SCRIPT], reader)
    except WorkspaceError:
        os.close(writer)
        raise
    finally:
        os.close(reader)
    return writer


_keeper = _Keeper()


@contextmanager
def guarded(group: int) -> Iterator[None]:
    """See to it that a group of processes ends with vivek, whatever ends vivek."""
    _keeper.add(group)
    try:
        yield
    finally:
        _keeper.remove(group)
