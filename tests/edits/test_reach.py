"""No dialect reaches a path that is never written, whatever the path is disguised as."""

import pytest

from vivek.edits.engine import read_reply

FILES = {"a.py": b"x = 1\n", ".git/config": b"[core]\n", ".vivek/config.toml": b"x = 1\n"}
FORMS = {
    "whole": "{path}\n```\nx = 2\n```\n",
    "whole, path in the info string": "```python {path}\nx = 2\n```\n",
    "block": "{path}\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n",
    "block for a new file": "{path}\n<<<<<<< SEARCH\n=======\nx = 2\n>>>>>>> REPLACE\n",
    "region": "{path}::f\n```\ndef f():\n    return 2\n```\n",
    "added": "*** Begin Patch\n*** Add File: {path}\n+x = 2\n*** End Patch\n",
    "updated": "*** Begin Patch\n*** Update File: {path}\n@@\n-x = 1\n+x = 2\n*** End Patch\n",
    "moved away": "*** Begin Patch\n*** Update File: {path}\n*** Move to: b.py\n*** End Patch\n",
    "moved there": "*** Begin Patch\n*** Update File: a.py\n*** Move to: {path}\n*** End Patch\n",
    "deleted": "delete: {path}\n",
    "deleted by a patch": "*** Begin Patch\n*** Delete File: {path}\n*** End Patch\n",
    "diff": "--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n-x = 1\n+x = 2\n",
    "diff of a new file": "--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+x = 2\n",
    "diff of a deleted file": "--- a/{path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-x = 1\n",
    "renamed": "diff --git a/a.py b/{path}\nrename from a.py\nrename to {path}\n",
}
PATHS = [
    "../x.py", "src/../../x.py", "/etc/x.cfg", "~/x.py", "C:/x.py", "C:\\x.py", "\\\\server\\x.py", ".git/config",
    ".GIT/hooks/x.sh", ".git//config", "./.git/config", ".git/./config", "sub/.git/x.py", ".Vivek/config.toml",
    ".\uff47it/x.py", ".git./x.py", "GIT~1/x.py", "a\u202e.py", "a\0.py", ".vivek/config.toml",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.covers("T11", "T12", "T13", "P02", "P10", "P12")
def test_no_form_of_an_edit_reaches_a_path_that_is_never_written(form: str) -> None:
    for path in PATHS:
        outcome = read_reply(FORMS[form].format(path=path), current=FILES, exists=FILES, shown=FILES)

        assert outcome.files == {}, path


@pytest.mark.parametrize("form", FORMS)
def test_the_same_forms_do_reach_an_ordinary_path_but_not_when_they_are_cut_off(form: str) -> None:
    files = {"a.py": b"x = 1\n", "src/c.py": b"x = 1\n"}
    if form == "region":
        files["src/c.py"] = b"def f():\n    return 1\n"
    new = form in ("block for a new file", "added", "diff of a new file", "moved there", "renamed")

    reply = FORMS[form].format(path="src/d.py" if new else "src/c.py")
    whole, cut = (
        read_reply(reply, current=files, exists=files, shown=files, complete=complete) for complete in (True, False)
    )

    assert whole.files, whole.refusals
    assert not cut.files
    assert {refusal.reason for refusal in cut.refusals} == {"cut off"}
