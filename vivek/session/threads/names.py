"""Names of threads: two words and a number, easy to say and to type."""

import re
from collections.abc import Callable, Container, Sequence

from vivek.errors import ThreadError

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
ID_HINT = "Use lower-case letters, digits and `-`, 64 characters at most, such as `calm-otter-7`."

# fmt: off
_FIRST = (
    "amber", "bold", "brave", "brisk", "calm", "clear", "clever", "cosy", "crisp", "eager", "early", "fair",
    "fleet", "fresh", "gentle", "glad", "golden", "happy", "honest", "jolly", "keen", "kind", "lively", "lucky",
    "mellow", "merry", "mild", "neat", "noble", "patient", "plain", "proud", "quick", "quiet", "ready", "round",
    "sharp", "shy", "silent", "silver", "simple", "sleek", "smooth", "snug", "solid", "steady", "still", "sunny",
    "swift", "tidy", "true", "vivid", "warm", "wise", "witty", "young",
)
_SECOND = (
    "badger", "beaver", "bison", "crane", "deer", "dove", "eagle", "falcon", "finch", "fox", "gecko", "goose",
    "hare", "hawk", "heron", "ibex", "jay", "koala", "lark", "lemur", "lion", "lizard", "llama", "lynx", "marten",
    "mole", "moose", "newt", "orca", "otter", "owl", "panda", "parrot", "pike", "pony", "puffin", "quail", "rabbit",
    "raven", "robin", "salmon", "seal", "shrew", "sparrow", "stork", "swan", "tapir", "tern", "tiger", "toad",
    "trout", "turtle", "viper", "walrus", "weasel", "whale", "wolf", "wren", "zebra",
)
# fmt: on


def check_id(text: str) -> str:
    """Return `text` if it can be the id of a thread.

    Raises:
        ThreadError: If it cannot.
    """
    if is_id(text):
        return text
    msg = f"{text!r} cannot be the id of a thread."
    raise ThreadError(msg, hint=ID_HINT)


def is_id(text: str) -> bool:
    """Tell whether a text can be the id of a thread, or the beginning of one."""
    return _ID.fullmatch(text) is not None


def new_id(taken: Container[str], choose: Callable[[Sequence[str]], str]) -> str:
    """Return an id that is not taken, such as `calm-otter-7`.

    Args:
        taken: Ids in use.
        choose: Picks one of several, such as `random.choice`.
    """
    digits = "123456789"
    while True:
        words = f"{choose(_FIRST)}-{choose(_SECOND)}-"
        number = choose(digits)
        for _ in range(6):
            if words + number not in taken:
                return words + number
            number += choose(digits)
