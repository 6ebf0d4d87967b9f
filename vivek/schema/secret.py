"""A key that cannot be shown by accident: printed, formatted, logged, pickled, put in JSON or in a traceback."""

from typing import NoReturn

MASK = "[secret]"

USUAL = "the usual address of its server"
"""What a key is entered for when nobody says an address."""


class Secret:
    """A text that only `reveal` gives away.

    Wherever else a value turns into text there is a mask; where a mask would be taken for the key (pickles, copies in
    another process) there is an error.

    Args:
        text: The key itself.
        source: Where it came from, for messages: a variable, a setting with its file.
        entered_for: The address it was entered for; "" for any that it is given with.
    """

    __slots__ = ("__text", "entered_for", "source")

    entered_for: str
    source: str

    def __init__(self, text: str, *, source: str = "", entered_for: str = "") -> None:
        # Around the lock below; two leading underscores also keep it out of what a debugger lists by name.
        object.__setattr__(self, "_Secret__text", text)
        object.__setattr__(self, "source", source)
        object.__setattr__(self, "entered_for", entered_for)

    @classmethod
    def of(cls, text: "Secret | str | None", *, source: str = "") -> "Secret | None":
        """Return a secret for what a caller gave; None and "" are no key."""
        if isinstance(text, Secret):
            return text if text else None
        return cls(text, source=source) if text else None

    def reveal(self) -> str:
        """Return the key; for the moment it is sent, and for nothing else."""
        text: str = object.__getattribute__(self, "_Secret__text")
        return text

    def bound_to(self, address: str) -> "Secret":
        """Return the same key, entered for `address`."""
        return Secret(self.reveal(), source=self.source, entered_for=address)

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __eq__(self, other: object) -> bool:
        """Compare in a time that does not tell how much of the two is alike."""
        if not isinstance(other, Secret):
            return NotImplemented
        from hmac import compare_digest

        mine, theirs = (each.reveal().encode("utf-8", "surrogatepass") for each in (self, other))
        return compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash((Secret, self.reveal()))

    def __repr__(self) -> str:
        return MASK

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return MASK

    def __copy__(self) -> "Secret":
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> "Secret":
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        msg = "A secret cannot be pickled."
        raise TypeError(msg)

    def __getstate__(self) -> NoReturn:
        msg = "A secret cannot be pickled."
        raise TypeError(msg)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        msg = "A secret cannot be changed."
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> NoReturn:
        msg = "A secret cannot be changed."
        raise AttributeError(msg)
