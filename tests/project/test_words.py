"""What is read out of a request before any index is asked."""

import pytest

from tests.timing import within
from vivek.project.words import is_telling, read_request, subwords


@pytest.mark.parametrize(
    ("request_text", "name"),
    [
        ("why is `total` wrong?", "total"),
        ("call findOrder twice", "findOrder"),
        ("rename round_up", "round_up"),
        ("look at Till.total", "Till.total"),
        ("HTTPServer hangs", "HTTPServer"),
        ("does total() round?", "total"),
        ("use std::Vec here", "std.Vec"),
    ],
)
def test_what_is_written_like_a_name_is_surely_one(request_text: str, name: str) -> None:
    assert read_request(request_text).names[name] >= 0.9


def test_a_plain_word_may_be_a_name_and_two_in_a_row_one_name() -> None:
    names = read_request("the query set is slow").names

    assert names["query"] < names["query_set"] < 0.9
    assert names["QuerySet"] == names["querySet"] == names["query_set"]


def test_a_dotted_name_is_also_its_end_and_its_parts() -> None:
    names = read_request("`till.prices.discount` fails").names

    assert names["till.prices.discount"] > names["prices.discount"] > names["discount"] > names["prices"]


def test_words_are_parted_and_filler_is_left_out() -> None:
    asked = read_request("Please fix the roundUp function of `till/report_page.py`")

    assert asked.words == ("roundup", "round", "till", "report_page", "report", "page")


def test_only_stop_words_leave_nothing() -> None:
    asked = read_request("please do it for me, what is this?")

    assert asked.words == ()
    assert all(not is_telling(name.lower()) for name in asked.names)


@pytest.mark.parametrize(
    ("text", "word"), [("解码错误在哪里", "解码错误在哪里"), ("価格の計算", "価格の計算"), ("där är ändå", "ändå")]
)
def test_words_of_other_scripts_are_kept(text: str, word: str) -> None:
    assert word in read_request(text).words


def test_names_among_words_of_another_script_are_found() -> None:
    assert "round_up" in read_request("修正round_up的错误").names


@pytest.mark.parametrize(("text", "tests"), [("fix the failing test", True), ("fix the latest price", False)])
def test_it_is_known_whether_a_request_speaks_of_tests(text: str, *, tests: bool) -> None:
    assert read_request(text).tests is tests


@pytest.mark.parametrize(("text", "texts"), [("README: say more", True), ("docker is slow", False)])
def test_it_is_known_whether_a_request_speaks_of_what_people_read(text: str, *, texts: bool) -> None:
    assert read_request(text).texts is texts


def test_a_request_of_a_megabyte_is_read_at_both_ends_only() -> None:
    filler = "filler words " * 40_000
    text = f"`first_name` {filler} `middle_name` {filler} `last_name`"

    asked = within(2, lambda: read_request(text))

    assert {"first_name", "last_name"} <= asked.names.keys()
    assert "middle_name" not in asked.names
    assert len(asked.words) <= 32


def test_many_names_are_bounded() -> None:
    assert len(read_request(" ".join(f"name_{number}" for number in range(2_000))).names) <= 240


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("HTTPServer_v2", ("http", "server", "v", "2")),
        ("findOrder", ("find", "order")),
        ("__init__", ("init",)),
        ("größe", ("gr", "öß", "e")),
        ("", ()),
    ],
)
def test_a_name_is_parted_where_its_words_meet(name: str, parts: tuple[str, ...]) -> None:
    assert subwords(name) == parts
