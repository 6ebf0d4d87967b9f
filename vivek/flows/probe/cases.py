"""What a model is asked in a probe, and how its answers are judged. Pure; every judgement is of bytes, not of looks."""

from dataclasses import dataclass

from vivek.schema.tools import ToolCard

_TILL = '''"""Prices of a till, in cents."""

REBATE = 10


def member_price(amt: int) -> int:
    """Take the rebate off for members."""
    rebate = amt * REBATE // 100
    return amt - rebate


def guest_price(amt: int) -> int:
    """Take half of the rebate off for guests."""
    rebate = amt * REBATE // 200
    return amt - rebate
'''


@dataclass(frozen=True, slots=True)
class EditCase:
    """A small edit that has exactly one right outcome.

    Attributes:
        path: The file.
        before: Its text.
        request: What the user asks.
        after: Its text when the edit is right.
    """

    path: str
    before: str
    request: str
    after: str


EDIT_CASES = (
    EditCase("till.py", _TILL, "Set REBATE in till.py to 15.", _TILL.replace("REBATE = 10", "REBATE = 15")),
    EditCase(
        "till.py",
        _TILL,
        "In till.py divide by 400 instead of 200 in guest_price. Change nothing else.",
        _TILL.replace("// 200", "// 400"),
    ),
    EditCase(
        "till.py",
        _TILL,
        "Rename the parameter amt to amount in both functions of till.py. Change nothing else.",
        _TILL.replace("amt", "amount"),
    ),
)

TOOL = ToolCard(
    "read_file",
    "Read a file of the project.",
    {
        "type": "object",
        "properties": {"path": {"type": "string", "maxLength": 200}},
        "required": ["path"],
        "additionalProperties": False,
    },
)
TOOL_REQUEST = "Read the file notes/today.txt with the tool read_file, then stop."
TOOL_PATH = "notes/today.txt"

SPEED_REQUEST = "Count from 1 to 60, the numbers alone, separated by blanks."

_FILLER = (
    "Shelf {number} holds {kind} that nobody has asked for since the shop moved.",
    "The key of cupboard {number} hangs beside the {kind} in the hall.",
    "Box {number} was counted on a Tuesday and held {kind}.",
)
_KINDS = ("lamps", "ropes", "saws", "maps", "jars", "bells", "nails", "cups")
_NEEDLE = "The password of the {place} door is {word}."
NEEDLES = {"begin": ("front", "heron-41"), "end": ("back", "walnut-73")}
NEEDLE_REQUEST = (
    "What are the passwords of the front door and of the back door? Answer with the two passwords and nothing else."
)


def haystack(lines: int) -> str:
    """Return a text of so many lines with a fact behind its first and before its last line."""
    told = [_FILLER[n % len(_FILLER)].format(number=n, kind=_KINDS[n * 7 % len(_KINDS)]) for n in range(1, lines + 1)]
    begin, end = (_NEEDLE.format(place=place, word=word) for place, word in NEEDLES.values())
    return "\n".join([*told[:1], begin, *told[1:-1], end, *told[-1:]])


def found_needles(reply: str) -> tuple[bool, bool]:
    """Return which of the two facts a reply names."""
    said = reply.lower()
    return NEEDLES["begin"][1] in said, NEEDLES["end"][1] in said


def speed_text(lines: int, mark: str) -> str:
    """Return a prompt of so many lines; its first words are `mark`, so that no server has it in its cache."""
    return f"Inventory {mark}, {lines} lines:\n{haystack(lines)}\n\n{SPEED_REQUEST}"
