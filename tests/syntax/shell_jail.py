"""What the real bash begins for a script, in a jail where nothing can be started."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

_DRIVER = r"""
exec 9>"$1"
PATH=/nowhere
BASH_XTRACEFD=9
PS4=$'\x01'
builtins=$(enable -a | while read -r _ name; do case $name in eval|read|enable|set) ;; *) echo "$name" ;; esac; done)
while IFS= read -r -d '' script; do
  printf '\x02' >&9
  ( enable -n $builtins; eval $'set -x\n'"$script" ) </dev/null >/dev/null 2>&1
done
exit 0
"""


def can_trace() -> bool:
    """Tell whether the jail works here."""
    wrap, bash = shutil.which("bwrap"), shutil.which("bash")
    if wrap is None or bash is None:
        return False
    tried = subprocess.run([*_jail(Path("/tmp")), bash, "-c", "exit 3"], capture_output=True, check=False)
    return tried.returncode == 3


def traced(scripts: Sequence[str]) -> list[list[tuple[str, ...]]]:
    """Return, for each script, the commands that bash begins, as program and arguments.

    No program is in the jail but bash, no builtin is enabled that could do anything, and there is no network.
    """
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder, "trace")
        subprocess.run(
            [*_jail(Path(folder)), "bash", "--norc", "--noprofile", "-c", _DRIVER, "bash", str(trace)],
            input=b"".join(script.encode() + b"\0" for script in scripts),
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            timeout=900,
            check=True,
        )
        runs = trace.read_text(encoding="utf-8").split("\x02")[1:]
    return [[_words(line) for line in re.split("\x01+", run)[1:]] for run in runs]


def _jail(folder: Path) -> list[str]:
    shown = [part for place in ("/lib", "/lib64", "/usr/lib") for part in ("--ro-bind-try", place, place)]
    bash = str(shutil.which("bash"))
    apart = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    return ["bwrap", *apart, *shown, "--ro-bind", bash, bash, "--dev", "/dev", "--bind", str(folder), str(folder)]


_WORD = re.compile(r"\$'((?:[^'\\]|\\.)*)'|'([^']*)'|\\(.)|([^\s'\\]+)|(\s+)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "'": "'", "\\": "\\", "r": "\r", "E": "\x1b", "a": "\a", "b": "\b"}


def _words(line: str) -> tuple[str, ...]:
    """Return the words of a line as bash's trace writes them."""
    words: list[str] = []
    open_ = False
    for found in _WORD.finditer(line.removesuffix("\n")):
        ansi, quoted, escaped, plain, blank = found.groups()
        if blank is not None:
            open_ = False
            continue
        text = next(part for part in (ansi, quoted, escaped, plain) if part is not None)
        if ansi is not None:
            text = re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), text, flags=re.DOTALL)
        if open_:
            words[-1] += text
        else:
            words.append(text)
        open_ = True
    return tuple(words)


def without_time(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return a command without the `time` before it, which is a word of bash's grammar."""
    while argv[:1] == ("time",):
        argv = argv[1:]
        while argv[:1] in (("-p",), ("--",)):
            argv = argv[1:]
    return argv


def differences(scripts: Iterable[str], read: Iterable[tuple[tuple[str, ...], ...]]) -> list[str]:
    """Return what bash begins beyond what was read, as `script: command`."""
    given = list(scripts)
    wrong = []
    for script, argvs, begun in zip(given, read, traced(given), strict=True):
        said = {without_time(argv) for argv in argvs} | set(argvs)
        wrong += [f"{script!r}: {argv}" for argv in begun if argv not in said]
    return wrong
