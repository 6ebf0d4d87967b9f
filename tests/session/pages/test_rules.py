"""Rules of a review: pages of the user and of a trusted project, for the files they are about."""

from pathlib import Path

import pytest

from vivek.config.folders import config_folder
from vivek.errors import ConfigError
from vivek.schema.reviewing import Rule
from vivek.session.pages.page import Page, project_pages, trust_page
from vivek.session.pages.rules import LONGEST, load_rules, parse_rule, rules_for
from vivek.session.place import open_place
from vivek.session.trust import Trust

MONEY = "---\npaths: [till/*.py, '**/money.ts']\nseverity: high\n---\nMoney is an int of cents, never a float.\n"


def bring(name: str, text: str, folder: Path | None = None) -> None:
    path = (folder / ".vivek" if folder else config_folder()) / "rules" / f"{name}.md"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text)


def page(text: str) -> Page:
    return Page("rule", "money", ".vivek/rules/money.md", text)


def test_a_rule_of_a_project_counts_once_it_is_trusted_as_it_is(workspace: Path) -> None:
    bring("money", MONEY, workspace)
    bring("names", "Names say what a thing is.\n")
    place = open_place(workspace)
    own = Rule("rules/names.md", "Names say what a thing is.")

    rules, [left] = load_rules(place, Trust.open())
    assert rules == (own,)
    assert left.text == "This project brings rules that are not used: .vivek/rules/money.md."
    assert left.hint == "`vivek trust templates` shows them and asks."

    for each in project_pages("rule", place)[0]:
        trust_page(each, place, Trust.open())
    money = Rule(
        "rules/money.md", "Money is an int of cents, never a float.", ("till/*.py", "**/money.ts"), severity="high"
    )
    assert load_rules(place, Trust.open()) == ((own, money), ())

    bring("money", MONEY + "Or a Decimal.\n", workspace)
    assert load_rules(place, Trust.open())[0] == (own,)


def test_a_rule_is_about_the_files_it_names_and_about_all_where_it_names_none() -> None:
    money, names = parse_rule(page(MONEY)), Rule("rules/names.md", "Names.")

    assert rules_for("till/prices.py", (money, names)) == (money, names)
    assert rules_for("web/src/money.ts", (money, names)) == (money, names)
    assert rules_for("till/deep/prices.py", (money, names)) == (names,)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("---\nseverity: bad\n---\nMoney.\n", ".vivek/rules/money.md:2", "`critical`, `high`"),
        ("---\nseverty: high\n---\nMoney.\n", ".vivek/rules/money.md:2", "no `severty`"),
        ("---\n- x\n---\nMoney.\n", ".vivek/rules/money.md, line 2", "no list begins"),
        ("---\npaths: [a\n---\nMoney.\n", ".vivek/rules/money.md, line 2", "does not end"),
        ("---\nseverity: high\n---\n\n", ".vivek/rules/money.md, line 3", "without a rule"),
        ("Money. " * LONGEST, ".vivek/rules/money.md", "characters"),
    ],
)
def test_a_rule_that_cannot_be_understood_stops_the_review_with_file_and_line(
    text: str, place: str, words: str, workspace: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_rule(page(text))

    assert place in caught.value.message
    assert words in caught.value.message
    assert caught.value.hint
    bring("money", text)
    with pytest.raises(ConfigError):
        load_rules(open_place(workspace), Trust.open())
