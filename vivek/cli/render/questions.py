"""What vivek asks, in words: every line begins with a mark that text of others never shows. Nothing is styled."""

import re
from collections.abc import Sequence

from vivek.cli.render.safe_text import FRAME, one_line, visible
from vivek.schema.concerns import Concern
from vivek.schema.questions import CommandRequested, TrustRequested

_LONG = 200  # characters from which on the length of a command is told
_PADDING = re.compile(r"[^\S\n]{9,}")
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", "'": "\\'", "\\": "\\\\"}
_LEVELS = {"block": "stops", "ask": "look", "note": "note"}
_SANDBOXES = {
    "bubblewrap": "in the sandbox (bubblewrap)",
    "landlock": "in the sandbox (Landlock)",
    "seatbelt": "in the sandbox (sandbox-exec)",
    "none": "WITHOUT a sandbox: it can reach everything that you can",
}


def framed(text: str) -> str:
    """Return lines of a question as they are shown; what comes from others must be visible already."""
    return "\n".join(f"{FRAME} {line}".rstrip() for line in text.split("\n"))


def concerns_of(concerns: Sequence[Concern], notes: Sequence[str] = ()) -> str:
    """Return what is doubtful about a change, each on a line of its own."""
    lines = [f"{_LEVELS[concern.level]}: {_place(concern)} {one_line(concern.text, 500)}" for concern in concerns]
    lines += [f"note: {one_line(note, 500)}" for note in notes]
    return "\n".join(lines)


def question_of(request: TrustRequested | CommandRequested) -> str:
    """Return everything that the user is told before they answer."""
    return trust_of(request) if isinstance(request, TrustRequested) else command_of(request)


def trust_of(request: TrustRequested) -> str:
    """Return the question whether a command of the project may run after edits."""
    where = "without a sandbox" if request.sandbox == "none" else "in the sandbox"
    source = one_line(request.source)
    return framed(f"Run `{shown_command(request.command)}` (from {source}) {where} after edits?")


def command_of(request: CommandRequested, headline: str = "The model wants to run a command:") -> str:
    """Return everything there is to know of a command before it may run: the whole of it, never shortened."""
    command = request.command
    lines = [headline, *[f"  {line}" for line in shown_command(command).split("\n")]]
    size = f"{len(command):,} characters"
    if "\n" in command:
        lines.append(f"{command.count(chr(10)) + 1:,} lines, {size}")
    elif len(command) > _LONG:
        lines.append(size)
    as_lists = [" ".join(shown_argument(part) for part in argv) for argv in request.argvs]
    if as_lists and as_lists != [command]:
        lines.append("that is: " + " , ".join(f"[{shown}]" for shown in as_lists))
    warnings = [*_odd(command), *(one_line(warning, 500) for warning in request.warnings)]
    if request.destructive:
        warnings.append("it can destroy work")
    lines += [f"careful: {warning}" for warning in warnings]
    if request.origin:
        lines.append(f"led to it: {one_line(request.origin, 500)}")
    lines.append(f"asked because {one_line(request.reason, 500).rstrip('.')} ({one_line(request.rule)})")
    lines.append(f"it would run {_SANDBOXES[request.sandbox]}")
    return framed("\n".join(lines))


def shown_command(command: str) -> str:
    """Return a command exactly, with what cannot be seen as escapes; line ends stay."""
    return "".join(char if char == "\n" else _shown_char(char) for char in command)


def shown_argument(argument: str) -> str:
    """Return one argument as a shell would take it: plain, in quotes, or with escapes in `$'...'`."""
    if _PLAIN.fullmatch(argument):
        return argument
    escaped = "".join(_ESCAPES.get(char) or _shown_char(char) for char in argument)
    return f"'{argument}'" if escaped == argument else f"$'{escaped}'"


def _place(concern: Concern) -> str:
    path = one_line(concern.path)
    return f"{path}:{concern.line}:" if concern.line is not None else f"{path}:"


def _odd(command: str) -> list[str]:
    found = []
    padding = max((len(run) for run in _PADDING.findall(command)), default=0)
    if padding:
        found.append(f"it holds {padding:,} blanks in a row")
    beyond = dict.fromkeys(char for char in command if not char.isascii())
    if beyond:
        codes = ", ".join(f"U+{ord(char):04X}" for char in list(beyond)[:8])
        found.append(f"it holds characters beyond ASCII: {codes}{' and more' if len(beyond) > 8 else ''}")
    return found


def _shown_char(char: str) -> str:
    """Return a character, or its escape when it cannot be told from another one or from nothing."""
    if " " <= char <= "~":
        return char
    shown = visible(char)
    if shown != char or (char.isprintable() and not char.isspace()):
        return shown
    code = ord(char)
    return _ESCAPES.get(char) or (f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}")
