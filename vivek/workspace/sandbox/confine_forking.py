"""A launcher of sandboxed commands that is loaded once and forks for each command, because loading it costs the most.

vivek starts it as it starts `confine`, with one end of a socket as its standard input. Each message there is what is
to be done, with two descriptors: where the command writes, and where its number and its end are told. When the other
end is closed it ends, and every process of it dies with its parent.
"""

import posix
import sys
from _signal import (  # type: ignore[import-not-found] # as in `confine`
    SIG_DFL,
    SIGCHLD,
    SIGKILL,
    set_wakeup_fd,
    signal,
)
from _socket import AF_UNIX, CMSG_LEN, SOCK_SEQPACKET, socket
from select import POLLIN, poll

from vivek.workspace.sandbox.confine import FAILED, launch
from vivek.workspace.sandbox.confine_calls import SYSCALL_CLOSE_RANGE, call, word
from vivek.workspace.sandbox.confine_orders import LARGEST, NUMBER_SIZE

_FIRST = 3  # descriptor after the streams
_ENDS_WITH_PARENT = 1  # prctl
_CLOSED_BY_EXEC = 0x40000000  # MSG_CMSG_CLOEXEC


def main() -> None:
    """Launch what is asked for until nobody can ask any more; never returns."""
    _close_all()  # whatever vivek itself was started with
    door = socket(AF_UNIX, SOCK_SEQPACKET, 0, posix.dup(0))
    posix.dup2(posix.open("/dev/null", posix.O_RDONLY), 0)
    posix.chdir("/")
    ended, writing = posix.pipe()
    posix.set_blocking(writing, False)
    set_wakeup_fd(writing)
    signal(SIGCHLD, lambda *_: None)
    waiting = poll()
    for handle in (door.fileno(), ended):
        waiting.register(handle, POLLIN)
    running: dict[int, int] = {}  # where the news of a child go
    while True:
        for handle, _ in waiting.poll():
            if handle == ended:
                posix.read(ended, LARGEST)
                _tell_ends(running)
            else:
                _take(door, running)


def _take(door: socket, running: dict[int, int]) -> None:
    """Take a message and fork for it; at the end of all messages, end."""
    orders, told, _, _ = door.recvmsg(LARGEST, CMSG_LEN(2 * NUMBER_SIZE), _CLOSED_BY_EXEC)
    if not orders:
        posix._exit(0)
    output, news = _numbers(b"".join(data for _, _, data in told))
    server = posix.getpid()
    try:
        child = posix.fork()
        if not child:
            _launch(server, orders, output, news)
        running[child] = news
    except OSError:
        posix.close(news)  # the end without a number: there are too many processes
    posix.close(output)


def _tell_ends(running: dict[int, int]) -> None:
    while running:
        child, status = posix.waitpid(-1, posix.WNOHANG)
        if not child:
            return
        news = running.pop(child)
        try:
            posix.write(news, word(status, NUMBER_SIZE))
        except BrokenPipeError:
            continue  # nobody listens any more
        finally:
            posix.close(news)


def _launch(server: int, orders: bytes, output: int, news: int) -> None:
    """Become the launcher of one command, with nothing of what the others have; never returns."""
    try:
        set_wakeup_fd(-1)
        signal(SIGCHLD, SIG_DFL)
        call("prctl", _ENDS_WITH_PARENT, SIGKILL, 0, 0, 0)
        if posix.getppid() != server:
            return  # too late to be told of its end
        posix.setsid()
        posix.write(news, word(posix.getpid(), NUMBER_SIZE))
        posix.dup2(output, 1)
        posix.dup2(output, 2)
        _close_all()
        count, *words = orders.split(b"\0")
        posix.environ.clear()
        for variable in words[int(count) :]:
            name, _, value = variable.partition(b"=")
            posix.environ[name] = value
        launch([raw.decode(sys.getfilesystemencoding(), "surrogateescape") for raw in words[: int(count)]])
    finally:
        posix._exit(FAILED)


def _numbers(data: bytes) -> list[int]:
    starts = range(0, len(data), NUMBER_SIZE)
    return [int.from_bytes(data[start : start + NUMBER_SIZE], sys.byteorder) for start in starts]


def _close_all() -> None:
    """Close every descriptor but the three streams."""
    try:
        call("syscall", SYSCALL_CLOSE_RANGE, _FIRST, 0xFFFFFFFF, 0)
    except OSError:  # an older kernel
        posix.closerange(_FIRST, posix.sysconf("SC_OPEN_MAX"))
