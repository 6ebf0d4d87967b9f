"""No connection beyond this machine, in the tests and in every Python process they start.

`tests/conftest.py` puts this folder on PYTHONPATH, so that an interpreter imports the module by itself.
It must stay cheap: start-up tests measure processes that carry it.
"""

import os
import sys

# A space-separated list of hosts that a live test may reach besides loopback.
VARIABLE = "TESTS_MAY_REACH"

_ADDRESSES = ("socket.connect", "socket.sendto", "socket.bind")
_NAMES = ("socket.getaddrinfo", "socket.gethostbyname")


class NetworkGuardError(RuntimeError):
    """A test tried to reach beyond loopback."""


def is_local(host: str) -> bool:
    """Tell whether a host name or address is this machine, or one that a live test asked for."""
    return host in ("localhost", "::1") or host.startswith("127.") or host in os.environ.get(VARIABLE, "").split()


def _refuse_what_is_far(event: str, arguments: tuple[object, ...]) -> None:
    if event in _ADDRESSES:
        address = arguments[1]
        # Only internet addresses are tuples that begin with text; AF_UNIX and the like cannot leave the machine.
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in _NAMES:
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if isinstance(host, str) and not is_local(host):
        msg = f"{event} to {host!r}: tests talk to loopback only (tests/guards/sitecustomize.py)"
        raise NetworkGuardError(msg)


if not hasattr(sys, "_vivek_network_guard"):  # once a process, whatever name the module goes by: hooks stay
    sys._vivek_network_guard = True
    sys.addaudithook(_refuse_what_is_far)
