"""Where one dialect is named, only its blocks are edits; the rest of the reply is prose."""

import pytest

from vivek.edits.engine import read_reply
from vivek.edits.registry import AUTO, READ

FILES = {f"{name}.py": b"def f():\n    return 1\n" for name in READ}
NEW = b"def f():\n    return 2\n"
FORMS = {
    "whole": "whole.py\n```python\ndef f():\n    return 2\n```\n",
    "region": "region.py::f\n```python\ndef f():\n    return 2\n```\n",
    "search_replace": "search_replace.py\n<<<<<<< SEARCH\n    return 1\n=======\n    return 2\n>>>>>>> REPLACE\n",
    "udiff": "```diff\n--- a/udiff.py\n+++ b/udiff.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 2\n```\n",
    "begin_patch": "*** Begin Patch\n*** Update File: begin_patch.py\n-    return 1\n+    return 2\n*** End Patch\n",
}


@pytest.mark.parametrize("turned", [False, True])
def test_without_a_name_all_are_read(turned: bool) -> None:
    forms = reversed(FORMS.values()) if turned else FORMS.values()
    outcome = read_reply("\n".join(forms), current=FILES, exists=FILES, shown=FILES, dialect=AUTO)

    assert (outcome.files, outcome.refusals) == (dict.fromkeys(FILES, NEW), ())


@pytest.mark.parametrize("dialect", READ)
def test_a_named_one_is_the_only_one_that_is_read(dialect: str) -> None:
    outcome = read_reply("\n".join(FORMS.values()), current=FILES, exists=FILES, shown=FILES, dialect=dialect)

    assert (outcome.files, outcome.refusals) == ({f"{dialect}.py": NEW}, ())
    assert all((name == dialect) != (f"{name}.py" in outcome.prose) for name in READ)
