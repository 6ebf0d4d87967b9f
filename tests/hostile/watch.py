"""Opens hostile repositories with vivek in one process and writes down all it does: a script, one JSON line for each.

Run as `python -P watch.py AREA...`; what it may do is judged by who reads the lines.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

STARTS = {"subprocess.Popen", "os.posix_spawn", "os.exec", "os.system", "os.fork", "os.forkpty", "pty.spawn"}
TALKS = {"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

seen: list[tuple[str, object]] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in STARTS:
        if event == "subprocess.Popen":
            seen.append(("start", [str(arguments[0]), *map(_plain, arguments[1])]))  # type: ignore[call-overload]  # argv
        else:
            seen.append(("start", [event, *map(_plain, arguments[:2])]))
    elif event in TALKS and not (event in ("socket.connect", "socket.bind") and not isinstance(arguments[1], tuple)):
        seen.append(("talk", [event, repr(arguments[1:])]))
    elif event == "open":
        path, _, flags = arguments
        if (
            isinstance(flags, int)
            and flags & _WRITES
            and isinstance(path, str | bytes)
            and os.fsdecode(path).startswith("/")
        ):
            seen.append(("write", os.fsdecode(path)))


def _plain(value: object) -> object:
    return os.fsdecode(value) if isinstance(value, str | bytes | os.PathLike) else repr(value)


def _settle(area: Path) -> None:
    """Move into the area, with its home and nothing else of the world."""
    home = area / "home"
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / f".{name.lower()}")
    os.environ.update(HOME=str(home), VIVEK_STATE_DIR=str(home / ".state" / "vivek"))
    os.chdir(area / "repo")


def _visit(area: Path) -> dict[str, object]:
    from vivek.cli.app import run

    _settle(area)
    codes: dict[str, int] = {}
    said = io.StringIO()
    answer, change = (f"scripted/{area.parent}/{name}.jsonl" for name in ("answer", "change"))
    commands = [
        ("threads", "list"),
        ("ask", "What is a price?", "--model", answer),
        ("ask", "Rename PRICE in prices.py to COST", "--model", change),
        ("chat", "--model", answer),
        ("doctor", "--model", answer),
    ]
    # The doctor takes longest, and does the same everywhere.
    for arguments in commands if int(area.name) % 5 == 0 else commands[:-1]:
        seen.append(("command", arguments[0]))
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            codes[" ".join(arguments[:2])] = run(arguments)
    found, seen[:] = list(seen), []
    return {"area": str(area), "codes": codes, "seen": found, "said": said.getvalue()}


def main(areas: list[str]) -> None:
    """Visit each area and print what was seen."""
    out = os.fdopen(os.dup(1), "w")
    sys.addaudithook(_watch)
    import vivek.cli.app  # noqa: F401 - what an import does counts too

    for area in areas:
        out.write(json.dumps(_visit(Path(area))) + "\n")
        out.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
