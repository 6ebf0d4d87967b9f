"""Classes of characters that hide or reorder what a person reads."""

import re

# Bidirectional controls: text that is shown in another order than it is read by a compiler.
BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Tag characters: invisible copies of ASCII.
TAGS = frozenset(chr(code) for code in range(0xE0000, 0xE0080))
# Nothing to see at all; joiners are part of emoji and of several scripts, so they are named apart.
INVISIBLE = frozenset("\u00ad\u115f\u1160\u180e\u200b\u2060\u2061\u2062\u2063\u2064\u3164\ufeff\uffa0")
JOINERS = frozenset("\u200c\u200d")
# Selectors of variants beyond the sixteen of emoji and scripts, as a range: nobody sees them, and they can hold a text.
SELECTORS = "\U000e0100-\U000e01ef"
# Control characters other than tab, line feed and form feed.
CONTROLS = frozenset(chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))) - frozenset("\t\n\f")

_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f")


def without_flags(text: str) -> str:
    """Return a text without the flags of regions, the one honest use of tag characters."""
    return _FLAG.sub("", text)
