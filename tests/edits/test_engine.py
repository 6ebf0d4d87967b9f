from collections.abc import Callable, Collection, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivek.edits.engine import Outcome, read_reply
from vivek.errors import ConfigError
from vivek.schema.edits import FileNeed

Golden = Callable[[str, str], None]

OLD = '"""Prices."""\n\n\ndef discount(price, percent):\n    return price - price * percent // 100\n'
NEW = OLD.replace("// 100", "/ 100")
LONG = "".join(f"def step_{number}():\n    return {number}\n\n\n" for number in range(12))
FILES = {"till/prices.py": OLD.encode(), "long.py": LONG.encode(), "README.md": b"# Till\n"}


def block(path: str, text: str, fence: str = "````") -> str:
    return f"{path}\n{fence}\n{text}{fence}\n"


def read(
    reply: str,
    files: Mapping[str, bytes] = FILES,
    *,
    unseen: Collection[str] = (),
    complete: bool = True,
) -> Outcome:
    return read_reply(reply, current=files, exists={*files, *unseen}, shown=tuple(files), complete=complete)


def refused(reply: str, files: Mapping[str, bytes] = FILES, *, unseen: Collection[str] = ()) -> tuple[str, str]:
    outcome = read(reply, files, unseen=unseen)
    assert outcome.files == {}
    (refusal,) = outcome.refusals
    assert len(refusal.feedback.split("\n")) <= 25
    return refusal.reason, refusal.feedback


def test_a_changed_file_comes_back_as_its_new_bytes() -> None:
    assert read(block("till/prices.py", NEW)) == Outcome({"till/prices.py": NEW.encode()}, (), (), "")


def test_a_new_file_is_taken_as_utf8_with_line_feeds() -> None:
    assert read(block("till/euro.py", "SIGN = '€'\n")).files == {"till/euro.py": "SIGN = '€'\n".encode()}


def test_an_empty_new_file_is_empty() -> None:
    assert read("pkg/__init__.py\n```\n```").files == {"pkg/__init__.py": b""}


def test_an_answer_in_words_has_no_edits() -> None:
    assert read("It adds up prices.") == Outcome({}, (), (), "It adds up prices.")


def test_thoughts_at_the_start_are_no_part_of_the_reply() -> None:
    draft, final = block("till/prices.py", "x = 1\n"), block("till/prices.py", NEW)

    outcome = read(f"<think>{draft}</think>\nDone.\n{final}")

    assert outcome.files == {"till/prices.py": NEW.encode()}
    assert outcome.prose == "Done."


@pytest.mark.parametrize(
    ("old", "text", "new"),
    [
        (b"\xef\xbb\xbfa = 1\r\nb = 2", "a = 1\nb = 3\n", b"\xef\xbb\xbfa = 1\r\nb = 3"),
        (b"# coding: latin-1\nb = '\xe9'\n", "# coding: latin-1\nb = 'é!'\n", b"# coding: latin-1\nb = '\xe9!'\n"),
        ("b = 2\r\n".encode("utf-16"), "b = 3\n", "b = 3\r\n".encode("utf-16")),
        (b"a = 1\r\nb = 2\nc = 3\r\n", "a = 1\nb = 3\nc = 3\n", b"a = 1\r\nb = 3\nc = 3\r\n"),
    ],
)
def test_the_form_of_the_file_is_kept(old: bytes, text: str, new: bytes) -> None:
    assert read(block("f.py", text), {"f.py": old}).files == {"f.py": new}


def test_needs_are_files_that_exist_and_were_not_shown(golden: Golden) -> None:
    outcome = read("need: other.py, till/prices.py, prices.py, gone.py", unseen=["other.py"])

    assert outcome.needs == (FileNeed("other.py"),)
    assert [refusal.reason for refusal in outcome.refusals] == ["already shown", "no such file", "no such file"]
    golden("needs_refused.txt", "\n\n".join(refusal.feedback for refusal in outcome.refusals) + "\n")


def test_a_shown_file_can_be_deleted() -> None:
    assert read("delete: README.md").files == {"README.md": None}


def test_a_file_is_not_deleted_unseen_missing_outside_or_together_with_an_edit() -> None:
    assert refused("delete: other.py", unseen=["other.py"])[0] == "not shown"
    assert refused("delete: gone.py")[0] == "no such file"
    assert refused("delete: ../gone.py")[0] == "not allowed"
    assert refused(f"delete: till/prices.py\n{block('till/prices.py', NEW)}")[0] == "given twice"


def test_nothing_of_a_cut_reply_is_taken(golden: Golden) -> None:
    outcome = read(f"{block('till/prices.py', NEW)}delete: README.md\nlong.py\n```\nx", complete=False)

    assert outcome.files == {}
    assert [refusal.path for refusal in outcome.refusals] == ["till/prices.py", "long.py", "README.md"]
    assert {refusal.reason for refusal in outcome.refusals} == {"cut off"}
    golden("cut_off.txt", outcome.refusals[0].feedback + "\n")


def test_one_refused_file_leaves_the_verdict_on_the_others_alone() -> None:
    outcome = read(block("till/prices.py", NEW) + block("README.md", "# Till\n"))

    assert list(outcome.files) == ["till/prices.py"]
    assert [refusal.path for refusal in outcome.refusals] == ["README.md"]


def test_the_same_file_given_twice_with_one_text_counts_once() -> None:
    assert read(block("till/prices.py", NEW) * 2).files == {"till/prices.py": NEW.encode()}


REFUSED = {
    "not_shown": (block("till/report.py", "x = 1\n"), "not shown"),
    "unclosed": (f"till/prices.py\n```python\n{NEW}", "unclosed fence"),
    "doubtful": ("README.md\n```\n# Till\n```\nmake\n```\nend\n```\n", "unclear end"),
    "outside": (block("../prices.py", NEW), "not allowed"),
    "protected": (block(".git/hooks/commit.sh", "x\n"), "not allowed"),
    "twice": (block("till/prices.py", NEW) + block("till/prices.py", "x = 1\n"), "given twice"),
    "case": (block("Till/Prices.py", NEW), "unclear name"),
    "folder": (block("till/prices.py/new.py", "x = 1\n"), "impossible path"),
    "near": (block("tills/prices.py", NEW), "unclear name"),
    "unchanged": (block("till/prices.py", OLD), "unchanged"),
    "left_out": (block("till/prices.py", '"""Prices."""\n\n# ... rest of the code unchanged ...\n'), "code left out"),
    "conflict": (block("README.md", "# Till\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n"), "conflict markers"),
    "broken": (block("README.md", "# Till\nCaf\ufffd\n"), "broken characters"),
    "hidden": (block("README.md", "# Till\nadmin\u202e and \x1b[1m\n"), "hidden characters"),
    "stray_fence": (block("till/prices.py", "```python\n" + NEW + "```\n"), "stray fence"),
    "stray_fence_in_text": (block("README.md", "# Till\n```\nmake\n"), "stray fence"),
    "shorter": (block("long.py", "def step_0():\n    return 0\n"), "much shorter"),
    "emptied": ("README.md\n```\n```", "emptied"),
    "unparsable": (block("till/prices.py", NEW.replace("percent):", "percent:")), "does not parse"),
    "unparsable_new": (block("new.json", '{"a": 1,\n "b": }\n'), "does not parse"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_teaches(name: str, golden: Golden) -> None:
    reply, reason = REFUSED[name]

    seen, feedback = refused(reply, unseen=["till/report.py"])

    assert seen == reason
    golden(f"{name}.txt", feedback + "\n")


@pytest.mark.covers("F-C07")
def test_a_binary_file_is_refused(golden: Golden) -> None:
    reason, feedback = refused(block("logo.txt", "x\n"), {"logo.txt": b"\x89PNG\0"})

    assert reason == "not editable"
    golden("binary.txt", feedback + "\n")


def test_characters_that_the_encoding_lacks_are_refused(golden: Golden) -> None:
    old = b"# coding: latin-1\nx = 'a'\n"
    reason, feedback = refused(block("f.py", "# coding: latin-1\nx = '€uro…'\n"), {"f.py": old})

    assert reason == "characters its encoding lacks"
    golden("lacking.txt", feedback + "\n")


def test_a_folder_is_not_replaced_by_a_file() -> None:
    assert refused(block("a.d/x.py", "x = 1\n"), {"a.d/x.py/y.py": b""})[0] == "impossible path"


def test_a_lone_surrogate_has_no_bytes_in_any_encoding() -> None:
    assert refused(block("new.txt", "a \ud800\n"))[0] == "characters its encoding lacks"


def test_a_bare_name_stands_for_the_one_shown_file_it_is_a_rewrite_of() -> None:
    assert read(block("prices.py", NEW)).files == {"till/prices.py": NEW.encode()}


def test_a_bare_name_with_another_text_is_a_new_file() -> None:
    assert list(read(block("prices.py", "TAX = 19\n")).files) == ["prices.py"]


def test_a_bare_name_that_several_files_share_is_a_question() -> None:
    assert refused(block("prices.py", NEW), unseen=["old/prices.py"])[0] == "unclear name"


def test_a_leading_dot_says_that_a_copy_is_meant() -> None:
    assert list(read(block("./prices.py", NEW)).files) == ["prices.py"]


def test_a_copy_into_quite_another_folder_is_a_new_file() -> None:
    assert list(read(block("shop/prices.py", NEW)).files) == ["shop/prices.py"]


def test_a_file_that_is_no_text_is_never_taken_for_the_one_meant() -> None:
    assert list(read(block("x.txt", "a\n"), {"lib/x.txt": b"a\n\0"}).files) == ["x.txt"]


def test_a_file_that_did_not_parse_before_may_stay_so() -> None:
    assert list(read(block("old.py", "print 'b'\n"), {"old.py": b"print 'a'\n"}).files) == ["old.py"]


def test_a_file_shown_once_but_without_present_bytes_counts_as_not_shown() -> None:
    outcome = read_reply(block("a.py", "x = 1\n"), current={}, exists=["a.py"], shown=["a.py"])

    assert outcome.refusals[0].reason == "not shown"


def test_an_unknown_dialect_is_an_error_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match="no edit dialect `poem`"):
        read_reply("", current={}, exists=(), shown=(), dialect="poem")


SEED = "Text\n" + block("till/prices.py", NEW, "```") + "delete: README.md\n" + block("new/n.py", "n = 1\n", "~~~")
PIECES = [
    "```",
    "~~~",
    "\n",
    "\r\n",
    "till/",
    "../",
    ".git/",
    "prices.py",
    "**",
    "\0",
    "\u202e",
    "\ud800",
    "need: ",
    "<think>",
]


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, len(SEED)), st.integers(0, 20), st.sampled_from(PIECES)), max_size=10),
    st.booleans(),
)
def test_no_mutated_reply_crashes_or_reaches_a_file_it_must_not(
    mutations: list[tuple[int, int, str]], complete: bool
) -> None:
    reply = SEED
    for at, length, piece in mutations:
        reply = reply[:at] + piece + reply[at + length :]

    outcome = read(reply, unseen=["till/report.py"], complete=complete)

    for path in outcome.files:
        assert complete
        assert path != "till/report.py"
        assert not path.startswith(("/", ".git/", ".vivek/"))
        assert ".." not in path.split("/")
    assert all(len(refusal.feedback.split("\n")) <= 25 for refusal in outcome.refusals)
    assert all(refusal.feedback.encode() for refusal in outcome.refusals)
