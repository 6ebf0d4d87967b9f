"""Which definitions of a file matter for a request."""

from vivek.project.telling import MOST, telling_definitions
from vivek.schema.index import Definition


def define(name: str, kind: str = "function", signature: str = "", doc: str = "") -> Definition:
    """Return a definition."""
    return Definition(name, kind, "a.py", 1, 2, signature, doc)


def chosen(definitions: list[Definition], *words: str, **names: float) -> list[str]:
    """Return the names of what was chosen."""
    return [each.name for each in telling_definitions(definitions, names, words)]


def test_what_is_named_stands_before_what_fits_words() -> None:
    assert chosen([define("round_total"), define("sell")], "round", "total", sell=0.9) == ["sell"]


def test_a_method_is_found_by_its_last_name_or_its_whole_one() -> None:
    found = telling_definitions([define("Till.total", "method"), define("sum")], {"Till.total": 1.0}, ())

    assert [each.name for each in found] == ["Till.total"]
    assert chosen([define("Till.total", "method")], total=1.0) == ["Till.total"]


def test_a_name_of_the_wanted_words_alone_stands_before_a_long_one() -> None:
    assert chosen([define("round_all_totals_of_month"), define("round_half")], "round")[0] == "round_half"


def test_words_in_the_head_or_the_remark_count_less_than_in_the_name() -> None:
    definitions = [define("f", signature="def f(percent: int)"), define("g", doc="Take a percent."), define("percent")]

    assert chosen(definitions, "percent") == ["percent"]
    assert chosen(definitions[:2], "percent") == ["f", "g"]


def test_the_value_of_a_variable_does_not_count() -> None:
    assert chosen([define("x", "variable", signature="x = percent")], "percent") == []


def test_what_fits_much_less_than_the_best_is_left_out_and_never_too_many_are_taken() -> None:
    many = [define(f"total_{number}") for number in range(30)]

    assert len(chosen(many, "total")) == MOST
    assert chosen([define("total_price"), define("price_of_a_very_long_thing")], "total", "price") == ["total_price"]


def test_nothing_fits_nothing() -> None:
    assert chosen([define("total")]) == []
    assert chosen([], "total") == []
