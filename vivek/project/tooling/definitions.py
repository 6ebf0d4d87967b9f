"""What a project's command does beyond its words: the script or target behind it; trust is bound to that as well."""

import hashlib
import json
from collections.abc import Callable

from vivek.errors import WorkspaceError

# Files whose text is what runs; where only settings of a tool stand, its words say enough.
_RUN = frozenset(
    {"makefile", "gnumakefile", "justfile", "rakefile", "noxfile.py", "tox.ini", "build.gradle", "mix.exs", "setup.py"}
)


def definition_of(source: str, read: Callable[[str], bytes | None]) -> str:
    """Return a digest of what a command of a file stands for, "" where its words say all.

    Args:
        source: The file that names the command.
        read: Returns the bytes of a file of the project, None when there is none.
    """
    name = source.rpartition("/")[2].casefold()
    if name not in _RUN and name != "package.json":
        return ""
    try:
        data = read(source) or b""
    except WorkspaceError:
        return ""
    if name == "package.json":
        data = _scripts(data)
    return hashlib.sha256(data).hexdigest()


def _scripts(data: bytes) -> bytes:
    try:
        package = json.loads(data)
    except (ValueError, RecursionError):
        return data
    scripts = package.get("scripts") if isinstance(package, dict) else None
    return json.dumps(scripts, sort_keys=True).encode()
