"""V14: signs that a text speaks to a model. They label where a text came from; nothing is decided by them."""

import re

from vivek.schema.characters import TAGS, without_flags

_MARKERS = (
    (
        "role tokens",
        re.compile(
            r"<\|?(?:im_start|im_end|im_sep|start_header_id|end_header_id|eot_id|endoftext|begin_of_text|system|user"
            r"|assistant|tool_response|start_of_turn|end_of_turn)\|?>|\[/?INST\]|<</?SYS>>|<\uff5c[^>]{1,40}\uff5c>"
            r"|</?(?:tool_call|tool_response|function_calls?)>"
        ),
    ),
    (
        "orders to forget",
        re.compile(
            r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|your|system)\b"
            r".{0,30}\b(?:instructions?|rules?|prompts?|directions?|guidelines?|messages?)\b",
            re.I,
        ),
    ),
    (
        "a new role",
        re.compile(
            r"\byou are now (?:a|an|the|in)\b|\bnew (?:system )?instructions?\s*:"
            r"|\b(?:end|start) of (?:system )?prompt\b|\b(?:developer|jailbreak|DAN) mode\b",
            re.I,
        ),
    ),
    (
        "words to an assistant",
        re.compile(
            r"\b(?:AI|coding|language[- ]model)\s+(?:assistants?|agents?|models?)\b"
            r".{0,60}\b(?:must|should|shall|run|execute|send|ignore|always)\b"
            r"|\bdo not (?:tell|inform|mention (?:this )?to|show) (?:this to )?the user\b"
            r"|\bwithout (?:asking|telling|informing) the user\b",
            re.I,
        ),
    ),
)


def injection_markers(text: str) -> tuple[str, ...]:
    """Return the kinds of signs that a text holds; none says nothing, for whoever wants to hide can.

    Args:
        text: Any text that was read: a file, a tool's output, a commit message.
    """
    found = [name for name, pattern in _MARKERS if pattern.search(text)]
    if not text.isascii() and not TAGS.isdisjoint(without_flags(text)):
        found.append("tag characters")
    return tuple(found)
