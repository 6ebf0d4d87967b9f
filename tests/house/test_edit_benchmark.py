"""The benchmark of edits does what it says, and an edit costs little beside reading the file once."""

import symtable

import pytest

from benchmarks.edit_speed import (
    LINES,
    MODULES,
    PLACES,
    WAYS,
    Write,
    changed,
    milliseconds,
    parsing,
    places,
    quoted,
    source,
)

FILES = {f"lib/{name}.py": source(name, LINES) for name in MODULES}


def test_the_files_are_real_and_have_the_length_asked_for() -> None:
    for text in FILES.values():
        assert text.count("\n") == LINES - 1
        assert "def " in text


def test_the_places_are_far_apart_and_the_changed_text_parses() -> None:
    for text in FILES.values():
        at = places(text, PLACES)

        assert len(set(at)) == PLACES
        assert max(at) - min(at) > LINES // 4
        symtable.symtable(changed(text, at), "", "exec")


@pytest.mark.parametrize("write", WAYS.values(), ids=list(WAYS))
def test_every_way_of_writing_an_edit_is_taken(write: Write) -> None:
    assert milliseconds({"lib/doctest.py": FILES["lib/doctest.py"]}, write, rounds=1) > 0


def test_matching_guarding_and_diffing_costs_little_beside_parsing_the_files_once() -> None:
    assert milliseconds(FILES, quoted, rounds=5) < 4 * parsing(FILES, rounds=5)
