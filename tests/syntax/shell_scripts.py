"""Random shell scripts, between sense and noise."""

import random
from collections.abc import Iterator

NAMES = (
    *("ls", "cat", "git", "rm", "echo", "grep", "find", "true", "time", "if", 'r"m"', "\\ls", "'wc'", "1"),
    *("FOO", "a=1"),
)
PIECES = (
    *("-la", "a", "b c", "'x y'", '"p q"', "a'b'\"c\"", "\\ ", "\\;", "\\$x", "\\\\", "''", '""', "é"),
    *("'\u00fc'", "10", "a=b", "--", "-", "=", "%", "@", "^", "+", ":", ",", ".", "/x/y", "./t", "HEAD~1"),
    *("x#y", "'#'", "'$x'", "'`id`'", '"a\\"b"', '"a\\$b"', '"\\n"', '"$"', '"x$"', '"a;b"', "'a\nb'"),
    *('"a\nb"', "'|'", '"&&"', "'*'", '"?"', "'!'", '"!"', "{}", "{a,b}", "*", "?", "[a]", "~", "~/x", "a:~"),
    *("$x", "${x}", "$(id)", "`id`", "$'x'", '$"x"', "<f", ">f", "2>&1", "<<E", "<(id)", "#c", "!", "!x"),
    *("(a)", "[[", "]]", "[", "]", "{", "}", "do", "done", "then", "fi", "in", "case", "esac", "function"),
    *("coproc"),
)
JOINS = (
    *(" ", " ", " ", " ", "  ", "\t", "", ";", "; ", " && ", "&&", " || ", " | ", "|", "\n", "\n\n", "\\\n"),
    *(" & ", "|&", ";;", "&|", "; ;"),
)
PLAIN = PIECES.index("{}")
SIGNS = " \t\n;&|()<>{}[]$`'\"\\#~=!*?%^+-.,:/@axz01é"


def random_scripts(count: int, seed: int = 0) -> Iterator[str]:
    """Yield scripts between sense and noise."""
    chance = random.Random(seed)
    for _ in range(count):
        kind = chance.random()
        if kind < 0.1:
            yield "".join(chance.choice(SIGNS) for _ in range(chance.randint(1, 12)))
            continue
        plain = kind < 0.6
        parts = [chance.choice(NAMES)]
        for _ in range(chance.randint(0, 6)):
            parts.append(" " if plain and chance.random() < 0.7 else chance.choice(JOINS))
            parts.append(chance.choice(PIECES[:PLAIN] if plain else (*PIECES, *NAMES)))
        script = "".join(parts)
        if kind > 0.9:
            place = chance.randrange(len(script) + 1)
            script = script[:place] + chance.choice(SIGNS) + script[place + chance.randint(0, 1) :]
        yield script
