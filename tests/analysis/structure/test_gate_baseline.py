"""The file of a baseline: what is written is read again, in a form whose diffs are short; what is broken is refused."""

import difflib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.analysis.structure.gate_baseline import gate_baseline_text, parse_gate_baseline
from vivek.errors import ConfigError
from vivek.schema.gate import GateBaseline, GateLimits, KeptHotspot, KeptViolation

BASELINE = GateBaseline(
    cycles=(("a.py", "b.py"), ("c.py", "d.py", "e.py")),
    violations=(KeptViolation("forbidden", "a.py", "b.py"), KeptViolation("layers", "c.py", "d.py")),
    hotspots=(KeptHotspot("a.py", "", 20, 0.5), KeptHotspot("a.py", "A.f", 9, 0.25)),
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
BASELINES = st.builds(
    GateBaseline,
    cycles=st.lists(st.lists(TEXTS, max_size=3).map(tuple), max_size=3).map(tuple),
    violations=st.lists(st.builds(KeptViolation, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
    hotspots=st.lists(
        st.builds(KeptHotspot, TEXTS, TEXTS, st.integers(0, 999), st.floats(0, 1, width=16)), max_size=3
    ).map(tuple),
    limits=st.builds(GateLimits, st.integers(1, 99), st.floats(0, 2, width=16)),
)


@given(BASELINES)
def test_what_is_written_is_read_again(baseline: GateBaseline) -> None:
    text = gate_baseline_text(baseline)

    assert parse_gate_baseline(text, "kept.json") == baseline
    assert text.isascii()


def test_a_cycle_that_is_mended_takes_its_own_lines_along_and_no_others() -> None:
    before = gate_baseline_text(BASELINE).split("\n")
    after = gate_baseline_text(GateBaseline(BASELINE.cycles[1:], BASELINE.violations, BASELINE.hotspots)).split("\n")

    changed = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert changed == ["-     [", '-       "a.py",', '-       "b.py"', "-     ],"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Expecting value"),
        ("[]", "`kind`"),
        ('{"kind": "vivek review", "version": 1}', "`kind`"),
        ("[" * 100_000, "no baseline"),
        ('{"kind": "vivek analyze check", "version": 1}', "'cycles' is missing"),
        ('{"kind": "vivek analyze check", "version": 0}', "version is 0"),
        (gate_baseline_text(BASELINE).replace("20", '"many"', 1), '"many" stands where a whole number belongs'),
        (gate_baseline_text(BASELINE).replace('"c.py", "to"', '3, "to"'), "3 stands where a text belongs"),
        (gate_baseline_text(BASELINE).replace('"rise": 0.1', '"rise": -1'), "below what makes sense"),
    ],
)
def test_what_is_no_baseline_is_refused_with_the_reason(text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_gate_baseline(text, "kept.json")

    assert caught.value.message.startswith("kept.json is no baseline of `vivek analyze check`: ")
    assert told in caught.value.message
    assert "--update-baseline" in (caught.value.hint or "")


def test_a_newer_version_is_refused_as_such() -> None:
    text = json.dumps({"kind": "vivek analyze check", "version": 2, "cycles": 7})

    with pytest.raises(ConfigError, match="version 2; this vivek reads version 1"):
        parse_gate_baseline(text, "kept.json")
