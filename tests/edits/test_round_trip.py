"""Files of every mix of encoding and line ends through edits; the full number is in `benchmarks/round_trip.py`."""

from pathlib import Path

import pytest

from benchmarks.round_trip import ENDS, FORMS, compare, samples


@pytest.mark.covers("F-C01", "F-C02", "F-C03", "F-C04", "F-C05", "F-C06", "F-C08", "F-B10", "F-B12")
def test_an_edit_touches_no_byte_that_it_does_not_mean(tmp_path: Path) -> None:
    assert compare(400, tmp_path) == {"unread": 0, "same edit": 0, "real edit": 0, "mode or link": 0}


def test_the_files_are_of_forty_mixes() -> None:
    assert len(FORMS) * len(ENDS) == 40
    assert len({(sample.form, frozenset(end for _, end in sample.lines)) for sample in samples(400)}) >= 40
