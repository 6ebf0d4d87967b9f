"""What is told to a model whose blocks were not taken."""

import pytest

from tests.edits.test_blocks import HALVE, LONG, PRICES, Golden, block, refused

REFUSED = {
    "blocks_not_found": (
        block("till/prices.py", "def discount(price, rate):\n    return price - price * rate // 100\n", "x\n"),
        "not found",
    ),
    "blocks_not_found_at_all": (block("README.md", "import os\nimport sys\n", "x\n"), "not found"),
    "blocks_not_found_long": (
        block("long.py", LONG.replace("step_20()", "step_20(x)"), "x\n") + block("long.py", "x\n", "y\n"),
        "not found",
    ),
    "blocks_several": (block("till/twins.py", "        return count\n", "        return 0\n"), "several places"),
    "blocks_overlap": (HALVE + HALVE.replace("price // 2", "price // 3"), "overlapping blocks"),
    "blocks_done": (
        block("till/prices.py", "def f():\n", "def discount(price, percent):\n" + PRICES.splitlines(True)[-1]),
        "done already",
    ),
    "blocks_nothing_quoted": (block("README.md", "", "more\n"), "nothing quoted"),
    "blocks_elsewhere": (
        '*** Begin Patch\n*** Update File: till/prices.py\n@@ def discount(price, percent):\n-"""Prices."""\n'
        "*** End Patch",
        "another place",
    ),
    "blocks_unclosed": ("README.md\n<<<<<<< SEARCH\n# Till\n=======\n# Shop\n", "unclosed block"),
    "blocks_undivided": ("README.md\n<<<<<<< SEARCH\n# Till\n>>>>>>> REPLACE\n", "undivided block"),
    "blocks_doubtful": (block("README.md", "# Till\n=======\n", "# Shop\n"), "unclear end"),
    "blocks_left_out": (
        block("till/twins.py", "class Till:\n    def total(self):\n", "class Till:\n    # ...\n"),
        "code left out",
    ),
    "blocks_broken": (block("README.md", "# Till\n", "# T\ufffdll\n"), "broken characters"),
    "blocks_hidden": (block("README.md", "# Till\n", "# Till\u202e\n"), "hidden characters"),
    "blocks_conflict": (block("README.md", "# Till\n", "<<<<<<< HEAD\n# Till\n"), "conflict markers"),
    "blocks_markers": (block("README.md", "# Till\n", "*** End Patch\n# Shop\n"), "conflict markers"),
    "blocks_stray_fence": (block("till/prices.py", '"""Prices."""\n', '```python\n"""Prices!"""\n'), "stray fence"),
    "blocks_odd_fence": (
        block("till/prices.py", '"""Prices."""\n', '"""Prices!\n```\nx\n"""\n'),
        "stray fence",
    ),
    "blocks_emptied": (block("README.md", "# Till\n\nIt adds up.\n", ""), "emptied"),
    "blocks_unparsable": (HALVE.replace("price // 2", "price // (2"), "does not parse"),
    "blocks_unchanged": (block("README.md", "# Till\n", "# Till\n"), "unchanged"),
    "blocks_not_shown": (block("other.py", "x\n", "y\n"), "not shown"),
    "exists_already": ("*** Begin Patch\n*** Add File: README.md\n+# Shop\n*** End Patch", "exists already"),
    "blocks_nameless": ("<<<<<<< SEARCH\nnowhere = 1\n=======\nnowhere = 2\n>>>>>>> REPLACE\n", "no path"),
    "shown_in_part": ("till/prices.py\n```\nx = 1\n```\n", "shown in part"),
    "new_left_out": (block("new.py", "", "# ... existing code ...\n"), "code left out"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_teaches(name: str, golden: Golden) -> None:
    reply, reason = REFUSED[name]
    partly = ["till/prices.py"] if name == "shown_in_part" else []

    seen, feedback = refused(reply, unseen=["other.py"], partly=partly)

    assert seen == reason
    golden(f"{name}.txt", feedback + "\n")
