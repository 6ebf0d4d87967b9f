"""Replies that were right once and were mutated since, the same for the same number, and what must hold of all."""

import random

from vivek.edits.engine import Outcome, read_reply

FILES = {
    "src/a.py": b'"""A."""\n\n\ndef f():\n    return 1\n\n\nclass C:\n    def g(self):\n        return 2\n',
    "b.md": b"# B\r\n\r\ntext\r\n\r\n```sh\r\nmake\r\n```\r\n",
    "c.json": b'{"a": [1, 2],\n "b": "x"}',
}
HIDDEN = "hidden.py"
_WHOLE = (
    'src/a.py\n```python\n"""A."""\n\n\ndef f():\n    return 3\n\n\nclass C:\n    def g(self):\n        return 2\n```\n'
)
_BLOCK = "src/a.py\n```\n<<<<<<< SEARCH\n    return 1\n=======\n    return 3\n>>>>>>> REPLACE\n```\n"
_PROSE_BLOCK = "b.md\n````\n<<<<<<< SEARCH\ntext\n\n```sh\nmake\n```\n=======\nwords\n>>>>>>> REPLACE\n````\n"
_REGION = "src/a.py::C.g\n```\n    def g(self):\n        return 4\n```\n"
_DIFF = "--- a/src/a.py\n+++ b/src/a.py\n@@ -4,2 +4,2 @@\n def f():\n-    return 1\n+    return 3\n"
_RENAME = "diff --git a/b.md b/d.md\nrename from b.md\nrename to d.md\n"
_PATCH = (
    "*** Begin Patch\n*** Update File: c.json\n@@\n-{\"a\": [1, 2],\n+{\"a\": [],\n*** Add File: new.py\n+x = 1\n"
    "*** Delete File: b.md\n*** End Patch\n"
)  # fmt: skip
_REQUESTS = "need: hidden.py\nsearch: def f\nrun: pytest\ndelete: b.md\nread: src/a.py:1-4\n"
SEEDS = (
    _WHOLE,
    _BLOCK,
    _PROSE_BLOCK,
    _REGION,
    f"```diff\n{_DIFF}```\n",
    _RENAME,
    _PATCH,
    _REQUESTS,
    "Sure. See b.md.\n",
)
_PIECES = (
    "```", "````", "~~~", "\n", "\n\n", "\r", "<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n", "*** End Patch\n",
    "@@\n", "*** Move to: ../up.py\n", "+", "-", " ", "    ", "\t", "../", ".git/", "/etc/passwd\n", "hidden.py\n",
    "b.md:", "**", "`", "\0", "\u202e", "\ud800", "\ufeff", "\ufffd", "\u201c", "<think>", "</think>", "::",
    "# ... rest of code unchanged\n",
)  # fmt: skip


def mutated(number: int) -> str:
    """Return the reply of this number."""
    chance = random.Random(number)
    reply = "\n".join(chance.choices(SEEDS, k=chance.randint(1, 4)))
    for _ in range(chance.randint(0, 8)):
        at = chance.randrange(len(reply) + 1)
        match chance.randrange(4):
            case 0:
                reply = reply[:at] + chance.choice(_PIECES) + reply[at:]
            case 1:
                reply = reply[:at] + reply[at + chance.randint(1, 12) :]
            case 2:
                reply = reply[:at] + reply[at : at + chance.randint(1, 60)] * 2 + reply[at:]
            case _:
                lines = reply.split("\n")
                lines.insert(chance.randrange(len(lines) + 1), lines.pop(chance.randrange(len(lines))))
                reply = "\n".join(lines)
    return reply


def judged(number: int) -> Outcome:
    """Read the reply of this number; what must never be raises an AssertionError."""
    complete = number % 10 > 0
    outcome = read_reply(
        mutated(number), current=FILES, exists=[*FILES, HIDDEN, ".git/config"], shown=FILES, complete=complete
    )
    assert complete or not outcome.files
    assert HIDDEN not in outcome.files
    for path, data in outcome.files.items():
        parts = path.lower().split("/")
        assert path and not path.startswith(("/", "~")) and not {"..", ".", "", ".git", ".vivek"}.intersection(parts)
        assert "\ufffd" not in (data or b"").decode()
    for refusal in outcome.refusals:
        assert len(refusal.feedback.encode().split(b"\n")) <= 25
    return outcome
