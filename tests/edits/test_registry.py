import pytest

from vivek.edits.registry import AUTO, DIALECTS, READ, choose, ensure_readable, load_dialect, step_down
from vivek.errors import ConfigError

ALL = {"whole": (3, 3), "region": (3, 3), "search_replace": (3, 3)}


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_reads_its_own_instruction(name: str) -> None:
    dialect = load_dialect(name)

    (block,) = dialect.parse(dialect.INSTRUCTION, ()).blocks

    assert (block.path, block.fault) == ("src/example.py", "")
    assert "delete: PATH" in dialect.INSTRUCTION


@pytest.mark.parametrize("name", ["poem", "udiff", ""])
def test_only_some_dialects_are_asked_for(name: str) -> None:
    with pytest.raises(ConfigError, match="no edit dialect"):
        load_dialect(name)


def test_more_dialects_are_understood_than_asked_for() -> None:
    for name in (AUTO, *READ):
        ensure_readable(name)
    with pytest.raises(ConfigError) as error:
        ensure_readable("poem")
    assert "`search_replace`" in error.value.hint


@pytest.mark.parametrize(
    ("measured", "lines", "seconds", "dialect"),
    [
        ({}, 0, None, "whole"),
        ({}, 60, 300.0, "whole"),
        ({}, 2_000, 19.9, "whole"),
        ({}, 61, None, "search_replace"),
        ({}, 61, 20.0, "search_replace"),
        (ALL, 500, None, "search_replace"),
        ({**ALL, "search_replace": (2, 3)}, 500, None, "whole"),
        ({"region": (3, 3), "whole": (2, 3), "search_replace": (2, 3)}, 500, None, "region"),
        ({"region": (3, 3)}, 500, None, "region"),
        ({"region": (0, 3), "whole": (0, 3), "search_replace": (0, 3)}, 500, None, "search_replace"),
        ({"whole": (4, 6), "search_replace": (3, 3)}, 500, None, "search_replace"),
        ({"whole": (0, 0), "region": (0, 0)}, 500, None, "search_replace"),
        ({"poem": (3, 3)}, 500, None, "search_replace"),
    ],
)
def test_the_dialect_follows_the_size_of_the_file_and_what_was_measured(
    measured: dict[str, tuple[int, int]], lines: int, seconds: float | None, dialect: str
) -> None:
    assert choose(measured, lines=lines, seconds=seconds) == dialect


def test_a_failure_steps_down_to_the_dialect_that_is_easier() -> None:
    assert [step_down(name) for name in ("region", "search_replace", "whole", "poem")] == [
        "search_replace", "whole", None, None,
    ]  # fmt: skip
