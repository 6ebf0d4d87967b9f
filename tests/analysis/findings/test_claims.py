"""A claim becomes a finding only where its quote proves the place, and is refuted only by code that was shown."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.timing import within
from vivek.analysis.findings import claims
from vivek.analysis.findings.chunks import Chunk, pieces
from vivek.analysis.findings.claims import finding_of, judged
from vivek.edits.unified import hunks_between
from vivek.schema.changes import ChangedFile
from vivek.schema.findings import Finding, Fix
from vivek.schema.reviewing import Claim, Rule, SecondLook

OLD = '''"""Prices."""

VAT = 19


def total(items):
    """Return the mean price."""
    if not items:
        return 0
    s = 0
    for i in range(len(items)):
        s += items[i].price
    return s / len(items)


def count(items):
    """Return how many there are."""
    return len(items)


def last(items):
    """Return the last one."""
    return items[-1]
'''
NEW = OLD.replace("    if not items:\n        return 0\n", "").replace("range(len(items))", "range(len(items) - 1)")
FILE = ChangedFile("till/prices.py", "modified", hunks_between(OLD, NEW), old_text=OLD, new_text=NEW)
[CHUNK] = pieces(FILE)
LOOP = "    for i in range(len(items) - 1):"
CLAIM = Claim(
    rule="wrong-result",
    severity="high",
    confidence="high",
    quote=LOOP,
    title="The last item is left out",
    scenario="With three items only the first two are added, so the mean is too low.",
)


def made(file: ChangedFile = FILE, chunk: Chunk = CHUNK, **said: object) -> Finding | str:
    return finding_of(replace(CLAIM, **said), chunk, file, "lines")  # type: ignore[arg-type]  # fields of the claim


def found(**said: object) -> Finding:
    finding = made(**said)  # type: ignore[arg-type]  # as above
    assert isinstance(finding, Finding), finding
    return finding


def test_lines_come_from_the_quote_and_the_words_from_the_model() -> None:
    finding = found(fix="    for i in range(len(items)):")

    assert finding == Finding(
        rule="review/wrong-result",
        severity="high",
        confidence="medium",
        path="till/prices.py",
        line=9,
        end_line=9,
        quote=LOOP,
        title="The last item is left out",
        scenario=CLAIM.scenario,
        fix=Fix("till/prices.py", 9, 9, "    for i in range(len(items)):\n", f"{LOOP}\n"),
        origins=("finder:lines",),
    )


@pytest.mark.parametrize(
    ("quote", "lines", "old"),
    [
        ("for i in range(len(items) - 1):", (9, 9), False),
        ("range(len(items) - 1)", (9, 9), False),
        ("+    for i in range(len(items) - 1):", (9, 9), False),
        ("for  i  in range(len(items) - 1):\n\n  s += items[i].price", (9, 10), False),
        ("+    for i in range(len(items) - 1):\n         s += items[i].price", (9, 10), False),
        ("```python\nfor i in range(len(items) - 1):\n```", (9, 9), False),
        ("`s = 0`", (8, 8), False),
        ("-    if not items:\n-        return 0", (8, 9), True),
        ("if not items:", (8, 8), True),
        ("-    for i in range(len(items)):\n+    for i in range(len(items) - 1):", (9, 9), False),
        ("    return s / len(items)\n\n\ndef count(items):\n    pass", None, False),
        ('"""Prices."""', None, False),
        ("    return items[-1]", None, False),
        ("line 9", None, False),
        ("9", None, False),
        ("for j in range(len(items) - 1):", None, False),
        ("<|im_start|>system", None, False),
    ],
)
def test_a_quote_leads_to_lines_of_the_piece_or_to_none(quote: str, lines: tuple[int, int] | None, old: bool) -> None:
    finding = made(quote=quote)

    if lines is None:
        assert finding in (claims.NOT_FOUND, claims.OUTSIDE)
    else:
        assert isinstance(finding, Finding)
        assert ((finding.line, finding.end_line), finding.old) == (lines, old)


def test_a_huge_quote_costs_nothing() -> None:
    found = within(3, lambda: made(quote="x = 1\n" * 2_000_000))  # half a minute where it was searched for

    assert found == claims.NOT_FOUND


def test_unchanged_lines_with_the_sign_of_removed_ones_are_none_that_changed() -> None:
    assert made(quote="-    s = 0", old=True) == claims.OUTSIDE


def test_a_quote_that_goes_beyond_the_piece_is_cut_to_it_and_mends_nothing() -> None:
    quote = NEW[NEW.index("    return s") : NEW.index("    return len")].rstrip("\n")

    finding = found(quote=quote, fix="    return 1")

    assert (finding.line, finding.end_line) == (11, 12)
    assert finding.quote == "    return s / len(items)\n"
    assert finding.fix is None


def test_code_that_the_change_does_not_touch_is_outside_of_it() -> None:
    assert made(quote="return items[-1]") == claims.OUTSIDE
    assert made(quote="return items[-2]") == claims.NOT_FOUND


def test_a_list_of_a_text_file_is_not_taken_for_removed_lines() -> None:
    file = ChangedFile(
        "a.md", "modified", hunks_between("- one\n", "- one\n- two\n"), old_text="- one\n", new_text="- one\n- two\n"
    )
    [chunk] = pieces(file)

    finding = made(file, chunk, quote="- two", old=True)

    assert isinstance(finding, Finding)
    assert (finding.line, finding.old) == (2, False)


def test_of_a_bare_patch_the_numbers_are_those_of_the_patch() -> None:
    file = replace(FILE, old_text=None, new_text=None)

    new, old = made(file, quote=LOOP, fix="x"), made(file, quote="-    if not items:", old=True)

    assert isinstance(new, Finding)
    assert isinstance(old, Finding)
    assert (new.line, new.fix, new.quote) == (9, None, LOOP)
    assert (old.line, old.old) == (8, True)
    assert made(file, quote="return items[-1]") == claims.NOT_FOUND


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"scenario": ""}, claims.NO_SCENARIO),
        ({"scenario": "It is wrong."}, claims.NO_SCENARIO),
        ({"scenario": "for i in range len items 1"}, claims.NO_SCENARIO),
        ({"scenario": "the loop " * 20}, claims.REPEATS),
        ({"scenario": "Consider adding a check for empty lists before the loop runs."}, claims.ADVICE),
        ({"scenario": "You should validate that the list of items is not empty."}, claims.ADVICE),
        ({"scenario": "There are no issues with this change, it works as it should."}, claims.ADVICE),
        ({"scenario": "The code looks good and does what it says it does."}, claims.ADVICE),
        ({"scenario": "This could potentially lead to unexpected behavior or errors."}, claims.SPECULATION),
        ({"scenario": "The loop may cause issues in some cases."}, claims.SPECULATION),
    ],
)
def test_what_names_no_way_to_go_wrong_is_dropped(said: dict[str, str], reason: str) -> None:
    assert made(**said) == reason  # type: ignore[arg-type]  # fields of the claim


@pytest.mark.parametrize(
    "scenario",
    [
        "An empty list reaches the division, which raises ZeroDivisionError.",
        "When the token expires during a request, the user may lose what they typed, because the page is loaded again.",
        "A name with `../` in it leads to a file outside of the folder, which can cause errors or reveal secrets.",
    ],
)
def test_what_names_one_is_kept(scenario: str) -> None:
    assert isinstance(made(scenario=scenario), Finding)


@pytest.mark.parametrize(
    ("quote", "fix", "text"),
    [
        (LOOP, "    for i in range(len(items)):", "    for i in range(len(items)):\n"),
        (LOOP.strip(), "for i in range(len(items)):", "    for i in range(len(items)):\n"),
        ("+" + LOOP, "+    for i in range(len(items)):", "    for i in range(len(items)):\n"),
        (LOOP, "```python\n    for i in range(len(items)):\n```", "    for i in range(len(items)):\n"),
        (
            "for i in range(len(items) - 1):\n    s += items[i].price",
            "for item in items:\n    s += item.price",
            "    for item in items:\n        s += item.price\n",
        ),
        (LOOP, LOOP, None),
        (LOOP, "", None),
        (LOOP, "    for i in range(:", None),
        (LOOP, "    # ... existing code unchanged ...", None),
        ("range(len(items) - 1)", "range(len(items))", None),
        (LOOP, "Use `range(len(items))` instead.", None),
        ("    s = 0", "    # ... rest of the code stays the same ...", None),
        ("items[i].price", "items[i].cents", None),
    ],
)
def test_a_fix_replaces_whole_lines_and_leaves_a_file_that_parses(quote: str, fix: str, text: str | None) -> None:
    finding = found(quote=quote, fix=fix)

    assert (finding.fix.text if finding.fix else None) == text


def test_a_finding_on_a_rule_cites_its_text_and_is_as_grave_as_the_rule_says() -> None:
    rule = Rule("rules/money.md", "Money is an int of cents.", severity="low")

    finding = finding_of(replace(CLAIM, rule="rule", cites="rules/money.md"), CHUNK, FILE, "rules", (rule,))

    assert isinstance(finding, Finding)
    assert (finding.rule, finding.severity, finding.cites) == ("rules/money.md", "low", "Money is an int of cents.")
    assert finding_of(replace(CLAIM, cites="rules/none.md"), CHUNK, FILE, "rules", (rule,)) == claims.NO_RULE


@pytest.mark.parametrize(
    ("look", "came"),
    [
        (SecondLook("holds"), "high"),
        (SecondLook("unsure"), "low"),
        (SecondLook("refuted"), "low"),
        (SecondLook("refuted", "if not items:"), "low"),
        (SecondLook("refuted", "    -    if not items:"), "low"),
        (SecondLook("refuted", "# items = checked(by the caller)"), "low"),
        (SecondLook("refuted", "if items is None: raise"), "low"),
        (SecondLook("refuted", "s = 0"), "low"),
        (SecondLook("refuted", "Return the mean price of items."), "low"),
        (SecondLook("refuted", "checked (by the caller)"), "low"),
        (SecondLook("refuted", "return s / len(items)"), claims.REFUTED),
        (SecondLook("refuted", "return items[-1]  # safe"), claims.REFUTED),
        (SecondLook("refuted", "+    for i in range(len(items) - 1):"), claims.REFUTED),
    ],
)
def test_only_code_that_was_shown_refutes_a_finding(look: SecondLook, came: str) -> None:
    beside = "+# items = checked(by the caller)\n     return items[-1]  # checked (by the caller)\n"
    shown = f"```diff\n{CHUNK.text}{beside}```\nReturn the mean price of items.\n"

    after = judged(found(), look, shown)

    assert (after if isinstance(after, str) else after.confidence) == came


def test_what_the_model_doubts_itself_is_never_sure() -> None:
    after = judged(found(confidence="low"), SecondLook("holds"), CHUNK.text)

    assert isinstance(after, Finding)
    assert after.confidence == "medium"


_LINES = st.lists(st.sampled_from(["a = 1", "    b(a)", "", "  return a", "- c", "+ d", "\tx", "é = '…'"]), max_size=14)


@given(_LINES, _LINES, st.data())
def test_no_claim_ever_gives_a_finding_outside_of_the_piece(
    old: list[str], new: list[str], data: st.DataObject
) -> None:
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    known = data.draw(st.booleans())
    file = ChangedFile("a.txt", "modified", hunks_between(before, after))
    if known:
        file = replace(file, old_text=before, new_text=after)
    rows = [*old, *new, *(f"+{line}" for line in new), *(f"-{line}" for line in old)]
    quote = "\n".join(data.draw(st.lists(st.sampled_from(rows), max_size=5))) if rows else ""
    for chunk in pieces(file, 12):
        finding = made(file, chunk, quote=quote, old=data.draw(st.booleans()), fix="z")
        if isinstance(finding, str):
            continue
        within = {line.old if finding.old else line.new for hunk in chunk.hunks for line in hunk.lines}
        assert {finding.line, finding.end_line} <= within
        assert finding.quote == "\n".join((old if finding.old else new)[finding.line - 1 : finding.end_line])
