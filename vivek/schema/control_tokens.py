"""Control tokens of chat templates, kept from meaning anything where they stand in a text that nobody vouches for.

A server that renders a conversation by a template reads `<|im_start|>` in a file as the beginning of a message. So the
mark `¦` is put behind the token's first character, and taken out of what a model writes: what it copies from a file is
the file's own text again. A text that holds marked tokens itself gets one more mark, so nothing is ever lost.
"""

import re

MARK = "\u00a6"
"""A broken bar: in every vocabulary, and hardly in any program."""

_ANGLE = (
    # <|im_start|>, <|eot_id|>, <|turn>, <turn|>, and the wide bars of DeepSeek
    r"[|\uff5c][^\s<>|\uff5c]{1,40}[|\uff5c]?>|[A-Za-z0-9_]{1,40}\|>"
    # <s>, </s>, <bos>, <start_of_turn>, <tool_response>
    r"|/?(?:s|bos|eos|(?:start|end)_of_(?:turn|image|text)|tool_(?:call|response|result)s?|function_(?:call|result)s?)>"
    # <<SYS>>, and its end
    r"|</?SYS>>"
)
_SQUARE = r"/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS|TOOL_CONTENT|THINK|ARGS|CALL_ID|IMG)\]"
_BARE = re.compile(rf"<{MARK}*+(?={_ANGLE})|\[{MARK}*+(?={_SQUARE})")
_MARKED = re.compile(rf"<{MARK}++(?={_ANGLE})|\[{MARK}++(?={_SQUARE})")


def defuse(text: str) -> str:
    """Return a text in which no control token of a common template is left; `restore` gives it back exactly."""
    return _BARE.sub(lambda found: found[0] + MARK, text)


def restore(text: str) -> str:
    """Return what a model wrote, with the marks taken out that `defuse` had put into what it copies."""
    return _MARKED.sub(lambda found: found[0][:-1], text)
