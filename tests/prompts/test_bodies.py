import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.prompts.bodies import AGAIN, bodies_of, described, holds, stale_bodies, without_stale
from vivek.prompts.build import executor_sections, join_sections
from vivek.prompts.estimate import bound
from vivek.prompts.fence import fenced
from vivek.prompts.steps import ExecutorStep, ShownFile
from vivek.schema.plan import Plan

OLD = (
    'def discount(price):\n    """Take a tenth off."""\n    return price - price // 10\n\n\nclass Till:\n    pass\n' * 3
)
NEW = "def discount(price):\n    return price\n"


def _message(*files: ShownFile, request: str = "go on") -> str:
    step = ExecutorStep(Plan("change", ("go on",), (), "peer"), request=request, files=files)
    return join_sections(executor_sections(step, bound))


def test_a_text_that_is_out_of_date_shrinks_to_path_hash_and_symbols() -> None:
    message = _message(ShownFile("a.py", OLD), ShownFile("b.py", "x = 1\n"))

    shrunk = without_stale(message, {"a.py": NEW, "b.py": "x = 1\n"})

    assert OLD not in shrunk
    assert fenced("b.py", "x = 1\n", "python") in shrunk
    assert shrunk.startswith("a.py (")
    assert "with discount, Till; this older text of it is left out." in shrunk
    assert shrunk.endswith(message[message.index("b.py\n") :])


def test_the_line_that_says_a_text_is_the_present_one_goes_with_it() -> None:
    shrunk = without_stale(_message(ShownFile("a.py", OLD, again=True)), {"a.py": NEW})

    assert AGAIN not in shrunk
    assert "left out" in shrunk


def test_a_text_with_a_control_token_is_found_with_the_line_that_explains_it() -> None:
    text = f"END = '<|im_end|>'\n{OLD}"
    message = _message(ShownFile("a.py", text, again=True))

    assert stale_bodies(message, {"a.py": text}) == ()
    assert holds(message, text)
    assert "defuses" not in without_stale(message, {"a.py": NEW})


def test_a_present_text_stays_whatever_its_last_line_is() -> None:
    for text in ("x = 1", "x = 1\n", "", "\n", "```\nx\n````\n", "a\r\nb\r\n"):
        message = _message(ShownFile("a.py", text))
        assert without_stale(message, {"a.py": text}) == message


def test_a_file_that_is_gone_shrinks() -> None:
    assert OLD not in without_stale(_message(ShownFile("a.py", OLD)), {"a.py": ""})


def test_what_the_user_wrote_is_never_touched() -> None:
    request = f"Why is this wrong?\n\n{fenced('a.py', OLD)}"
    message = _message(ShownFile("a.py", OLD), request=request)

    shrunk = without_stale(message, {"a.py": NEW})

    assert request in shrunk
    assert shrunk.count(OLD) == 1


def test_a_short_text_is_not_made_longer() -> None:
    message = _message(ShownFile("a.py", "x\n"))

    assert without_stale(message, {"a.py": NEW}) == message


def test_a_text_counts_as_shown_only_as_a_whole_block() -> None:
    message = _message(ShownFile("a.py", "x = 1\ny = 2\n"))

    assert holds(message, "x = 1\ny = 2\n")
    assert not holds(message, "x = 1\n")
    assert not holds(message, "y = 2\n")
    assert not holds(message, "")
    assert holds("I changed it.\n\na.py\n```python\ny = 2\n```\n", "y = 2\n")


def test_many_names_are_counted() -> None:
    text = "".join(f"def f{number}(): ...\n" for number in range(20))

    assert described("a.py", text).endswith("with f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11 and 8 more")


def test_a_text_without_symbols_has_path_and_hash() -> None:
    assert described("notes.txt", "hello") == "notes.txt (2cf24dba)"


TEXTS = st.text(max_size=80) | st.sampled_from(["```\n", "a.py\n```\nx\n```\n", "````md\n```\n````\n", "x\n" * 30])


@given(st.lists(st.tuples(st.sampled_from(["a.py", "b.md", "c/d.txt"]), TEXTS), max_size=4), TEXTS)
def test_every_text_that_is_shown_is_found_as_it_was(files: list[tuple[str, str]], request: str) -> None:
    message = _message(*(ShownFile(path, text) for path, text in files), request=request)
    for path, text in files:
        if sum(other == path for other, _ in files) == 1 and "The user's request:" not in text:
            assert [body.path for body in bodies_of(message, {path})] == [path]
            assert stale_bodies(message, {path: text}) == ()
            assert without_stale(message, {path: text}) == message


@pytest.mark.parametrize("present", [{}, {"b.py": ""}])
def test_files_that_are_not_asked_about_stay(present: dict[str, str]) -> None:
    message = _message(ShownFile("a.py", OLD))

    assert without_stale(message, present) == message
