"""What may stand next on a command line: walks the parser, and asks for names that only this project knows."""

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vivek.session.place import Place

Word = tuple[str, str]
"""What may be typed, and a few words on it."""

_BREAKS = ":="  # where bash parts words, unlike everybody else


def split_line(line: str) -> list[str]:
    """Return the words of a line up to the cursor, the last one unfinished; quotes may be open."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    words = []
    try:
        while (word := lexer.get_token()) is not None:
            words.append(word)
    except ValueError:  # an open quote: what stands in it is what is being typed
        words.append(lexer.token.strip("\"'"))
        return words
    return words if line and not line[-1].isspace() else [*words, ""]


def suggest(words: Sequence[str], parser: Callable[[str], Any], names: Collection[str]) -> list[Word]:
    """Return what the last word may become; nothing where a file is meant.

    Args:
        words: The words behind `vivek`; the last one is being typed.
        parser: Returns the parser of a command, all of them for "". Any: typer does not name the type publicly.
        names: The commands.
    """
    *before, begun = words or [""]
    command = next((word for word in before if not word.startswith("-")), "")
    if command not in names:
        tree = parser("") if not command else None
        return [] if tree is None else _begin(begun, [*_commands(tree), *_options(tree.commands["chat"], used=before)])
    at = before.index(command)
    current, rest = parser(command).commands[command], before[at + 1 :]
    while hasattr(current, "commands"):
        alone = current.invoke_without_command  # it does something itself, beside its own commands
        if not rest:
            return _begin(begun, [*_commands(current), *(_options(current, used=()) if alone else [])])
        if rest[0] not in current.commands:
            return _of_command(current, rest, begun) if alone else []
        current, rest = current.commands[rest[0]], rest[1:]
    return _of_command(current, rest, begun)


def render_words(shell: str, found: Iterable[Word], begun: str) -> str:
    """Return the words as a shell reads them, one a line."""
    if shell == "zsh":
        plain = [(value.replace(":", chr(92) + ":"), about) for value, about in found]
        return "".join(f"{value}:{about}\n" if about else f"{value}\n" for value, about in plain)
    if shell == "fish":
        return "".join(f"{value}\t{about}\n" for value, about in found)
    # bash replaces what stands behind the last mark that parts words, and nothing before it.
    cut = max(begun.rfind(mark) for mark in _BREAKS) + 1
    return "".join(f"{value[cut:]}\n" for value, _ in found)


def _of_command(command: Any, rest: Sequence[str], begun: str) -> list[Word]:
    options = {name: each for each in command.params if each.param_type_name == "option" for name in each.opts}
    option, mark, value = begun.partition("=")
    if mark and option in options:
        return [(f"{option}={word}", about) for word, about in _begin(value, _values(options[option], rest))]
    last = options.get(rest[-1]) if rest else None
    if last is not None and not last.is_flag:
        return _begin(begun, _values(last, rest))
    if begun.startswith("-"):
        return _begin(begun, _options(command, used=rest))
    given = _given(rest, options)
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    if given < len(arguments):
        return _begin(begun, _values(arguments[given], rest))
    return []


def _given(rest: Sequence[str], options: Mapping[str, Any]) -> int:
    """Return how many arguments stand there already."""
    number, skip = 0, False
    for word in rest:
        if skip:
            skip = False
        elif word in options:
            skip = not options[word].is_flag
        elif not word.startswith("-"):
            number += 1
    return number


def _options(command: Any, *, used: Sequence[str]) -> list[Word]:
    options = [each for each in command.params if each.param_type_name == "option"]
    named = [(name, each.help or "") for each in options for name in each.opts if name.startswith("--")]
    return [(name, about) for name, about in named if name not in used]


def _values(param: Any, rest: Sequence[str]) -> list[Word]:
    metavar = param.metavar or ""
    if "|" in metavar and metavar.islower():
        return [(each, "") for each in metavar.split("|")]
    if metavar == "VALUE" and rest:
        from vivek.session.doors.completions import setting_values

        return list(setting_values(rest[0]))
    kind = "MODE" if "--mode" in param.opts else "PROFILE" if "--profile" in param.opts else metavar
    look = _KINDS.get(kind)
    return look() if look is not None else []


def _threads() -> list[Word]:
    from vivek.session.doors.completions import thread_ids

    return list(thread_ids(_place()))


def _models() -> list[Word]:
    from vivek.session.doors.completions import model_names

    return list(model_names(_place()))


def _modes() -> list[Word]:
    from vivek.session.doors.completions import mode_names

    return list(mode_names(_place()))


def _profiles() -> list[Word]:
    from vivek.session.doors.completions import profile_names

    return list(profile_names(_place()))


def _keys() -> list[Word]:
    from vivek.session.doors.completions import setting_keys

    return list(setting_keys())


_KINDS: Mapping[str, Callable[[], list[Word]]] = {
    "ID": _threads,
    "PROVIDER/NAME": _models,
    "MODE": _modes,
    "PROFILE": _profiles,
    "KEY": _keys,
}


def _place() -> "Place":
    from vivek.session.place import open_place

    return open_place()


def _begin(begun: str, words: Iterable[Word]) -> list[Word]:
    from vivek.cli.render.safe_text import one_line

    return [(word, one_line(about, 60)) for word, about in words if word.startswith(begun) and word.isprintable()]


def _commands(group: Any) -> list[Word]:
    return [(name, each.get_short_help_str()) for name, each in group.commands.items() if not each.hidden]
