"""Says which way of running commands apart from the user's files holds here, by running one in it."""

from collections.abc import Iterator

from vivek.config.folders import cache_folder
from vivek.errors import VivekError
from vivek.schema.doctor import Finding, Mark
from vivek.schema.sandbox import SandboxStatus, View
from vivek.session.place import Place
from vivek.workspace.sandbox.ladder import probe

_SEEN: dict[View, str] = {
    "overlay": "changes are laid over the project while a command runs",
    "copy": "commands work on a copy at the project's own path",
    "elsewhere": "commands work on a copy at another path",
    "none": "commands see the project itself",
}
_HELD = {
    "bubblewrap": "bubblewrap",
    "landlock": "Landlock",
    "seatbelt": "`sandbox-exec`, not tried on this system",
    "none": "nothing: every command asks first",
}


def look_at_sandbox(place: Place | None) -> Iterator[Finding]:
    """Yield what holds commands back, where they see changes, and what a better way would need.

    Args:
        place: The project; nothing is looked at without one.
    """
    if place is None:
        yield Finding("sandbox", "way", "note", "not looked at: there is no project")
        return
    try:
        status = probe(place.root, cache_folder())
    except VivekError as error:
        yield Finding("sandbox", "way", "broken", error.message, error.hint)
        return
    yield Finding("sandbox", "held by", _mark(status), _held(status), status.hint)
    yield Finding("sandbox", "view", "good" if status.view == "overlay" else "note", _SEEN[status.view])


def _held(status: SandboxStatus) -> str:
    told = _HELD[status.confinement]
    if status.confinement == "landlock":
        told += " in namespaces of its own" if status.apart else " alone: other processes and `~/.ssh` can be seen"
    return f"{told} ({status.reason})" if status.reason else told


def _mark(status: SandboxStatus) -> Mark:
    if not status.confines:
        return "poor"
    return "good" if status.apart else "note"
