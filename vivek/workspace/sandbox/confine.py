"""The launcher of sandboxed commands: a process of its own that gives up what a command may not have and becomes it.

vivek never calls it, but starts it as `python -I -S` with the words that `sandbox_command` writes. It imports nothing
that is slow to import: every command waits for it. That is why it uses `posix`, of which `os` is made.
"""

import posix
import sys
from _signal import (  # type: ignore[import-not-found] # what `signal` is made of
    SIG_DFL,
    SIGKILL,
    SIGPIPE,
    SIGTERM,
    SIGXFSZ,
    signal,
)

from vivek.workspace.sandbox.confine_calls import call, filter_calls, give_up_capabilities, word
from vivek.workspace.sandbox.confine_mounts import (
    NEW_NETWORK,
    arrange,
    bring_up_loopback,
    enter_namespaces,
    lay_over,
    put,
    show_processes,
)
from vivek.workspace.sandbox.confine_orders import Orders
from vivek.workspace.sandbox.landlock import restrict

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module takes a tenth of the start to import
    from collections.abc import Callable

FAILED = 125
"""Exit status when the sandbox could not be made; the command was not run then."""

FILTER_HANDLE = 9
"""Where bubblewrap finds the filter of system calls."""

_NOT_FOUND, _NOT_EXECUTABLE = 127, 126
_BY_SIGNAL = 128
_ENDS_WITH_PARENT, _UNSEEN, _ADOPTS, _NO_NEW_PRIVILEGES = 1, 4, 36, 38  # prctl


def main() -> None:
    """Do what the words on the command line say; never returns."""
    launch(sys.argv[1:])


def launch(words: list[str]) -> None:
    """Confine this process as the words say, and become the command; never returns."""
    try:
        _confine(Orders(words))
    except OSError as error:
        posix.write(2, f"vivek-confine: {error}\n".encode(errors="replace"))
    posix._exit(FAILED)


def _confine(orders: Orders) -> None:
    _quietly(lambda: put("/proc/self/oom_score_adj", "1000"))  # when memory runs out, this goes first
    call("prctl", _ENDS_WITH_PARENT, SIGKILL, 0, 0, 0)
    if orders.namespaces:
        enter_namespaces(orders.namespaces)
    _limit(orders)
    if not (orders.namespaces or orders.wrapped):
        _watch(orders)
    if orders.overlay:
        lay_over(*orders.overlay)
    posix.chdir("/")  # the old folder still lies beneath the mounts
    call("prctl", _ENDS_WITH_PARENT, SIGKILL, 0, 0, 0)
    if not orders.wrapped:
        _in_child(lambda: _be_first(orders))
    elif orders.pids:
        _in_child(lambda: _wrap(orders))
    _wrap(orders)


def _in_child(work: "Callable[[], None]") -> None:
    """Do the work in a child that dies with this process, and end as it does."""
    child = posix.fork()
    if child:
        _end_as(posix.waitpid(child, 0)[1])
    call("prctl", _ENDS_WITH_PARENT, SIGKILL, 0, 0, 0)
    work()


def _wrap(orders: Orders) -> None:
    """Become bubblewrap."""
    _bound_processes(orders)
    reading, writing = posix.pipe()
    posix.write(writing, orders.filter)
    posix.close(writing)
    posix.dup2(reading, FILTER_HANDLE)
    posix.close(reading)
    _become(orders.command)


def _be_first(orders: Orders) -> None:
    """Be the first process of the namespaces: make them ready, start the command, and end when it ends."""
    _bound_processes(orders)
    if orders.namespaces & NEW_NETWORK:
        bring_up_loopback()
    show_processes()
    arrange(orders.mounts)
    give_up_capabilities()
    call("prctl", _UNSEEN, 0, 0, 0, 0)  # its memory is none of the command's business
    child = posix.fork()
    if not child:
        _run(orders)
    while True:
        ended, status = posix.waitpid(-1, 0)
        if ended == child:
            _end_as(status)


def _watch(orders: Orders) -> None:
    """Start the command where there are no namespaces, and leave nothing running behind it.

    This process may be killed with its group; the one that cleans up is not in it, and notices.
    """
    parent = posix.getpid()
    watcher = posix.fork()
    if watcher:
        _end_as(posix.waitpid(watcher, 0)[1])

    def stop(number: int, _: object) -> None:
        _end_children()
        posix._exit(_BY_SIGNAL + number)

    signal(SIGTERM, stop)
    posix.setsid()
    call("prctl", _ADOPTS, 1, 0, 0, 0)
    call("prctl", _ENDS_WITH_PARENT, SIGTERM, 0, 0, 0)
    if posix.getppid() != parent:
        posix._exit(FAILED)
    child = posix.fork()
    if not child:
        signal(SIGTERM, SIG_DFL)
        call("prctl", _ENDS_WITH_PARENT, SIGKILL, 0, 0, 0)
        give_up_capabilities()
        _run(orders)
    while True:
        ended, status = posix.waitpid(-1, 0)
        if ended == child:
            _end_children()
            _end_as(status)


def _run(orders: Orders) -> None:
    """Give up the rest and become the command."""
    posix.setsid()
    call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if orders.writable is not None:
        restrict(orders.writable, tcp=orders.tcp)
    if orders.filter:
        filter_calls(orders.filter)
    posix.chdir(orders.folder)
    _become(orders.command)


def _become(command: list[str]) -> None:
    """Become a program, looked for on the PATH as a shell does; ends as a shell does when it cannot."""
    name = command[0]
    search = posix.environ.get(b"PATH", b"").decode(sys.getfilesystemencoding(), "surrogateescape")
    places = [name] if "/" in name else [f"{folder}/{name}" for folder in search.split(":") if folder.startswith("/")]
    status, why = _NOT_FOUND, "command not found"
    for number in (SIGPIPE, SIGXFSZ):
        signal(number, SIG_DFL)  # Python ignores them, and what is ignored stays so in the command
    for place in places:
        try:
            posix.execve(place, command, posix.environ)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            status, why = _NOT_EXECUTABLE, "permission denied"
        except OSError as error:
            status, why = _NOT_EXECUTABLE, f"cannot be run: {error.strerror}"
            break
    posix.write(2, f"{name}: {why}\n".encode(errors="replace"))
    posix._exit(status)


def _end_children() -> None:
    """Kill all that descends from this process; orphans become its children."""
    try:
        while True:
            for child in _descendants(posix.getpid()):
                _quietly(lambda child=child: posix.kill(child, SIGKILL))  # type: ignore[misc] # bound at once
            posix.waitpid(-1, 0)
    except ChildProcessError:
        return


def _descendants(parent: int) -> list[int]:
    found: list[int] = []
    try:
        with open(f"/proc/{parent}/task/{parent}/children", "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            children = [int(number) for number in file.read().split()]
    except OSError:
        return found
    for child in children:
        found += [child, *_descendants(child)]
    return found


def _limit(orders: Orders) -> None:
    for number, value in orders.limits:
        _quietly(lambda number=number, value=value: call("setrlimit", number, word(value) * 2))  # type: ignore[misc] # bound at once


def _bound_processes(orders: Orders) -> None:
    if orders.pids:
        _quietly(lambda: put("/proc/sys/kernel/pid_max", str(orders.pids)))


def _quietly(work: "Callable[[], object]") -> None:
    """Do what an older kernel may not know, or what a stricter limit has already done."""
    try:
        work()
    except OSError:
        return


def _end_as(status: int) -> None:
    if posix.WIFSIGNALED(status):
        posix._exit(_BY_SIGNAL + posix.WTERMSIG(status))
    posix._exit(posix.WEXITSTATUS(status))
