import ast

import pytest

from vivek.flows.probe.cases import (
    EDIT_CASES,
    NEEDLES,
    EditCase,
    found_needles,
    haystack,
    speed_text,
)


@pytest.mark.parametrize("case", EDIT_CASES, ids=lambda case: case.request)
def test_an_edit_case_changes_something_and_both_texts_are_python(case: EditCase) -> None:
    assert case.before != case.after
    ast.parse(case.before)
    ast.parse(case.after)


def test_the_facts_stand_near_both_ends_of_the_hay() -> None:
    lines = haystack(50).split("\n")

    assert len(lines) == 52
    assert NEEDLES["begin"][1] in lines[1]
    assert NEEDLES["end"][1] in lines[-2]
    assert found_needles("Heron-41 and walnut-73") == (True, True)
    assert found_needles("heron-41, I think") == (True, False)
    assert found_needles("") == (False, False)


def test_two_probes_share_no_beginning_that_a_server_could_have_cached() -> None:
    one, two = speed_text(60, "aaaa"), speed_text(60, "bbbb")

    assert one[:15] != two[:15]
    assert len(one) > 2000
