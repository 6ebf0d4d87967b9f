"""Headings of pages, as definitions."""

from vivek.syntax.facts import facts_of


def told(path: str, text: str) -> list[tuple[str, int, int]]:
    facts = facts_of(path, text)
    assert all(each.kind == "heading" for each in facts.definitions)
    return [(each.name, each.line, each.end_line) for each in facts.definitions]


def test_headings_of_markdown_reach_to_the_next_of_their_level() -> None:
    text = (
        "Shop\n====\n\n## The `till` and [coins](c.md) ##\n\ntext\n\n```sh\n# no heading\n```\n\n### Deep\n\n"
        "~~~~\n# nor this\n~~~\n# still not\n~~~~\n\nLower\n---\n\n- a list\n---\n\n#no\n"
    )

    assert told("docs/shop.md", text) == [
        ("Shop", 1, 26),
        ("The till and coins", 4, 19),
        ("Deep", 12, 19),
        ("Lower", 20, 26),
    ]


def test_headings_of_restructured_text_take_their_levels_in_the_order_of_their_signs() -> None:
    text = "====\nShop\n====\n\nTill\n----\n\nDeep\n~~~~\n\nCoins\n-----\n\nNot enough\n---\n"

    assert told("a.rst", text) == [("Shop", 2, 15), ("Till", 5, 10), ("Deep", 8, 10), ("Coins", 11, 15)]


def test_a_page_with_headings_counts_as_read_and_one_without_does_not() -> None:
    assert facts_of("a.md", "# Shop\n").read == "pattern"
    assert facts_of("a.md", "plain\n").read == ""
    assert told("a.md", "---\ntitle: x\n---\n\n# Shop\n") == [("Shop", 5, 5)]
