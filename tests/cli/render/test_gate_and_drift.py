"""A check and a drift in every form: what others named cannot act, begin a line or become markup."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from tests.cli.render.architectures import HARM, edge
from tests.guards.golden import compare
from vivek.cli.render.drift import drift_lines, drift_page
from vivek.cli.render.gate import gate_annotations, gate_lines, gate_log, gate_object, verdict_line
from vivek.schema.architecture import Cycle, Violation
from vivek.schema.drift import Changed, Drift, GrownCycle, Moved, Revision
from vivek.schema.gate import GateFinding, GateReport
from vivek.schema.measures import Place

SARIF = json.loads((Path(__file__).parents[2] / "data" / "sarif-2.1.0.json").read_text())
ODD = f"{HARM}\n::error::forged\n# heading @somebody"
LOOP = Cycle((ODD, "b.py"), (edge(ODD, "b.py"), edge("b.py", ODD)), (edge("b.py", ODD),))
BROKEN = Violation(ODD, ODD, (edge(ODD, "b.py"),))
GATE = GateReport(
    findings=(
        GateFinding("cycle", "worse", ODD, ODD, (Place(ODD, 3), Place("b.py"))),
        GateFinding("violation", "new", f"{ODD}: a.py -> b.py", ODD, (Place(ODD, 3),)),
        GateFinding("hotspot", "new", ODD, ODD, ()),
    ),
    known=(GateFinding("hotspot", "known", ODD, ODD, (Place(ODD),)),),
    fixed=(GateFinding("violation", "fixed", f"{ODD}: a.py -> b.py", "The rule is kept."),),
    baseline=ODD,
    judged=("cycles", "rules"),
    told=(ODD,),
)
DRIFT = Drift(
    Revision(ODD, "a" * 40),
    Revision("HEAD", "b" * 40),
    figures={"modules": (1_000, 1_001)},
    modules_added=(ODD,),
    modules_removed=(ODD,),
    renamed=(Moved(ODD, ODD, ODD),),
    packages_added=(edge(ODD, "b"),),
    imports_added=tuple(edge(f"m{number}.py", ODD) for number in range(40)),
    cycles_added=(LOOP,),
    cycles_grown=(GrownCycle(LOOP, (ODD,)),),
    cycles_removed=(LOOP,),
    violations_added=(BROKEN,),
    violations_removed=(BROKEN,),
    relayered=(Moved(ODD, ODD, ODD),),
    complexity=(
        Changed(ODD, ODD, 1, 2, 3),
        Changed("new.py", "f", 1, None, 15),
        Changed("small.py", "f", 1, None, 14),
        Changed("simple.py", "f", 1, 9, 0),
        Changed("gone.py", "f", 1, 9, None),
    ),
    hotspots=(Changed(ODD, "", 0, None, 0.5), Changed("cool.py", "", 0, 0.75, None), Changed("same.py", "", 0, 1, 1)),
    told=(ODD,),
)


GOLDEN = Path(__file__).parent / "golden"


def styled(lines: Iterable[tuple[str, str]]) -> list[str]:
    return [f"{style:<8} | {line}".rstrip() for style, line in lines]


@pytest.mark.parametrize(
    ("form", "write"),
    [
        ("gate_text", lambda: styled(gate_lines(GATE))),
        ("gate_github", lambda: gate_annotations(GATE)),
        ("gate_sarif", lambda: json.dumps(gate_log(GATE, "1.2.3"), indent=2, ensure_ascii=False).split("\n")),
        ("drift_text", lambda: styled(drift_lines(DRIFT))),
        ("drift_markdown", lambda: drift_page(DRIFT)),
    ],
)
def test_each_form_is_written_word_for_word_as_it_is_kept(
    form: str, write: Callable[[], Iterable[str]], request: pytest.FixtureRequest
) -> None:
    said = "".join(f"{line}\n" for line in write())

    compare(GOLDEN / f"{form}.txt", said, update=request.config.getoption("--update-golden"))


@pytest.mark.parametrize(
    "write",
    [
        lambda: [line for _, line in gate_lines(GATE)],
        lambda: gate_annotations(GATE),
        lambda: [line for _, line in drift_lines(DRIFT)],
        lambda: drift_page(DRIFT),
    ],
)
def test_nothing_that_was_named_acts_or_begins_a_line(write: Callable[[], Iterable[str]]) -> None:
    lines = list(write())

    whole = "\n".join(lines)
    assert "\x1b" not in whole
    assert not [line for line in lines if "\n" in line]
    assert not [line for line in whole.split("\n") if line.startswith(("::error::", "# heading"))]


def test_names_are_no_markup_on_a_page() -> None:
    page = "\n".join(drift_page(DRIFT))

    assert "<b>" not in page
    assert "@somebody" not in page
    assert next(line for line in page.split("\n") if line.startswith("#")) == "# Architecture drift"


def test_a_drift_tells_what_is_worse_first_and_cuts_what_is_long() -> None:
    lines = [line for _, line in drift_lines(DRIFT)]

    heads = [line for line in lines if line and not line.startswith((" ", "shop")) and ": " in line]
    assert heads[0] == "New cycles: 1"
    assert "  modules: 1,000 -> 1,001 (+1)" in lines
    assert "  new.py::f: new -> 15" in lines
    assert not [line for line in lines if "small.py" in line], "a small new function is no news"
    assert "  cool.py: 0.75 -> gone" in lines
    assert "  and 30 more; `--format json` has all" in lines


def test_a_verdict_counts_every_standing() -> None:
    assert verdict_line(GateReport(judged=("cycles",))) == "passed: nothing found (judged: cycles)"
    assert verdict_line(GATE).endswith(": 2 new, 1 worse, 1 known, 1 fixed (judged: cycles, rules)")
    written = GateReport(baseline="b.json", known=GATE.known, judged=("cycles",), accepted=True)
    assert verdict_line(written) == "b.json is written: 1 known (cycles)"


def test_nothing_changed_is_said_in_each_form() -> None:
    same = Drift(Revision("a" * 7, "a" * 40), Revision("HEAD", "a" * 40))

    assert styled(drift_lines(same)) == [
        "bold     | aaaaaaaaaaaa to HEAD (aaaaaaaaaaaa)",
        "         | Nothing in the architecture changed.",
    ]
    assert "Nothing in the architecture changed." in list(drift_page(same))


def test_sarif_of_any_names_is_valid_and_every_result_has_a_place() -> None:
    log = gate_log(GATE, "1.2.3")

    Draft4Validator(SARIF).validate(log)
    json.dumps([log, gate_object(GATE)])
    states = [each["baselineState"] for each in log["runs"][0]["results"]]  # type: ignore[index]  # JSON
    assert states == ["updated", "new", "new", "unchanged", "absent"]
