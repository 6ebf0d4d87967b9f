"""V14: signs that a text speaks to a model. They label where a text came from; nothing is decided by them."""

import re

from vivek.schema.characters import TAGS, without_flags

_MARKERS = (
    (
        "role tokens",
        re.compile(
            r"<\|?(?:im_start|im_end|im_sep|start_header_id|end_header_id|eot_id|endoftext|begin_of_text"
            r"|tool_response|start_of_turn|end_of_turn)\|?>|<(?:\|(?:system|user|assistant)\|?|(?:system|user|assistant)\|)>|\[/?INST\]|<</?SYS>>|<\uff5c[^>]{1,40}\uff5c>"
            r"|</?(?:tool_call|tool_response|function_calls?)>"
        ),
    ),
    (
        "orders to forget",
        re.compile(
            r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|your|system)\b"
            r".{0,30}\b(?:instructions?|rules?|prompts?|directions?|guidelines?|messages?)\b"
            r"|\b(?:override|bypass) (?:(?:all|any|the|your|these|previous|prior|above|earlier|system|safety) ){1,3}"
            r"(?:instructions?|prompts?|directions?|guidelines?)\b",
            re.I,
        ),
    ),
    (
        "a new role",
        re.compile(
            r"\byou are now (?:a|an|the|in)\b|\bnew (?:system )?instructions?\s*:"
            r"|\b(?:end|start) of (?:system )?prompt\b|\b(?:jailbreak|DAN) mode\b",
            re.I,
        ),
    ),
    (
        "words to an assistant",
        re.compile(
            r"\b(?:AI|coding|language[- ]model)\s+(?:assistants?|agents?|models?)\b"
            r".{0,60}\b(?:must|should|shall|run|execute|send|ignore|always)\b"
            r"|\bdo not (?:tell|inform|mention (?:this )?to|show) (?:this to )?the user\b"
            r"|\bwithout (?:asking|telling|informing) the user\b(?! (?:to|for)\b)",
            re.I,
        ),
    ),
    (
        "words to a reviewer",
        re.compile(
            r"\b(?:reviewers?|review (?:bots?|tools?|agents?|models?)|llms?|language models?|copilot|chatbots?)\b"
            r".{0,40}\b(?:must|should|shall|please|have to|need to)\b.{0,30}"
            r"\b(?:approve|accept|ignore|skip|not (?:report|flag|mention|comment)|report (?:no|nothing))\b"
            r"|\b(?:approve|accept|lgtm) this (?:change|diff|patch|commit|pull request|pr|merge request)\b"
            r"|\b(?:do not|don't|never|without) (?:report|flag|mention|list|raise|reporting|flagging)"
            r"(?: any| these| this| the)?(?: \w+)? (?:findings?|issues?|defects?|vulnerabilit(?:y|ies)|problems?|bugs?)"
            r"(?: (?:here|with this|in this|for this|about this)\b|[.!;\"']|\s*$)"
            r"|\b(?:report|return|reply with|answer with|output|give) (?:no|zero|an? empty)\b"
            r".{0,20}\b(?:findings?|issues|defects|vulnerabilities)\b"
            r"|\{\s*\\?\"findings\\?\"\s*:\s*\[\s*\]\s*\}"
            r"|\b(?:already|fully|been) (?:reviewed|audited|approved|verified)\b.{0,60}"
            r"\b(?:no need|do not|don't|need not|skip|safe to (?:approve|merge))\b",
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
