"""The HTML report as a text: whole, escaped, loading nothing, the same every time, readable without a script."""

import hashlib
import json
import re
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.cli.render.architectures import EMPTY, HARM, MAIN, NARRATIVE, PRICES, REPORT, TILL
from tests.cli.render.html.pages import Element, parse
from tests.guards.golden import compare
from vivek.cli.render.architecture import limit_lines
from vivek.cli.render.html.elements import MOST_ROWS, code_of
from vivek.cli.render.html.graph import MOST_MODULES
from vivek.cli.render.html.page import architecture_html
from vivek.schema.architecture import Architecture, Focus, Module
from vivek.schema.measures import Place, Reach
from vivek.schema.narrative import Passage

WICKED = '</script><script>alert(1)</script><!--<img src=x onerror=alert(1)>" onclick="\u202e&lt;'


def page(value: Architecture = REPORT, name: str = "till", focus: Focus = "all") -> list[str]:
    return list(architecture_html(value, name, "1.2.3", focus=focus, narrative=NARRATIVE))


def tables(read: Element) -> dict[str, list[list[str]]]:
    """Return the cells of each table by its caption."""
    return {
        table.every("caption")[0].text: [
            [cell.text for cell in row.children] for row in table.every("tbody")[0].every("tr")
        ]
        for table in read.every("table")
    }


def graph(read: Element) -> dict[str, Any]:  # Any: JSON
    (data,) = (each for each in read.every("script") if each.attributes.get("type") == "application/json")
    found: dict[str, Any] = json.loads(data.text)
    return found


def test_every_part_of_an_architecture_is_a_table_that_needs_no_script() -> None:
    found = tables(parse(page()))

    assert found["Modules"][0] == ["shop/till.py", "shop", "source", "10", "4", "2", "0.33", "1"]
    assert found["Imports of cycle 1"][0][-1] == "cut"
    assert found["Broken rules"][0][1] == "core may not import shop | <b>"
    assert [row[0] for row in found["Files"] if row[0] == "shop/till.py"]
    assert found["Functions"][0][0].startswith("shop/till.py:8 Till.total")
    assert found["Patterns that hurt"][0][1] == "cycle"
    together = {(row[0], row[1]): row[-1] for row in found["Files that change together"]}
    assert together == {(TILL, PRICES): "yes", (TILL, "README.md"): "\u2013", (MAIN, PRICES): "no"}
    assert found["Imports between packages"][-1][0] == "tests", "those of tests come last"
    assert found["Commands that these files point to; none was run"] == [["test", "pytest -q", "pyproject.toml"]]
    assert found["Read in part"][0][1] == "a syntax error"


def test_the_body_of_the_page_is_kept_word_for_word(request: pytest.FixtureRequest) -> None:
    lines = page()
    body = lines[lines.index("<body>") : lines.index("</main>")]

    said = "".join(f"{line}\n" for line in body)
    compare(Path(__file__).parent / "golden" / "page.txt", said, update=request.config.getoption("--update-golden"))


def test_a_line_may_end_within_a_name_that_is_wider_than_its_column() -> None:
    assert code_of("a/b_c.py & d_") == "<code>a/<wbr>b_<wbr>c.py &amp; d_</code>"


def test_an_empty_architecture_is_a_whole_page_that_says_so() -> None:
    read = parse(list(architecture_html(EMPTY, "nothing", "1.2.3")))

    assert tables(read) == {}
    assert "No cycle of imports." in read.text
    assert "No layers are known." in read.text
    assert "Proposed from the imports" not in read.text
    assert "git tells nothing here." in read.text
    figures = dict(zip(*([each.text for each in read.every(name)] for name in ("dt", "dd")), strict=True))
    assert (figures["modules"], figures["commits"]) == ("0", "\u2013"), "what is unknown is no 0"
    assert graph(read) == {"modules": [], "imports": [], "left_out": 0}


def test_where_no_test_was_found_no_module_is_named_for_it() -> None:
    sources = tuple(each for each in REPORT.modules if each.role == "source")
    read = parse(page(replace(REPORT, modules=sources, tests=Reach(untested=(TILL,)))))

    assert "No test was found." in read.text
    assert {"Modules that no test reaches by imports", "What nothing seems to use"} & tables(read).keys() == {
        "What nothing seems to use"
    }


def test_what_the_figures_do_not_cover_is_on_the_page() -> None:
    text = parse(page()).text

    assert all(line in text for line in limit_lines(REPORT))
    assert "1 sentence held, 2 were removed (wrong number: 2)" in text
    assert "The model stopped answering." in text


def test_a_package_is_told_where_a_sentence_about_it_held() -> None:
    said = replace(NARRATIVE.whole[0], title="shop/core")

    def told(parts: tuple[Passage, ...], kept: int = 1) -> list[str]:
        narrative = replace(NARRATIVE, parts=parts, kept=kept, status="done", removed={"unproven": 1})
        read = parse(list(architecture_html(REPORT, "till", "1.2.3", narrative=narrative)))
        (section,) = (each for each in read.every("section") if each.attributes["id"] == "told")
        names = ("h3", "summary", "li")
        return [each.text for name in names for each in section.every(name)] + (
            ["none"] if "No sentence held." in section.text else []
        )

    counts = "1 sentence held, 1 was removed (unproven: 1)."
    stopped = "The model stopped answering."
    assert told((said, replace(said, sentences=(), title="shop/empty"))) == [
        *("What it is", "shop/core", "Package by package", counts, stopped)
    ]
    assert told((replace(said, sentences=()),), 0) == [
        "What it is",
        counts.replace("1 sentence", "0 sentences"),
        stopped,
        "none",
    ]


def test_the_largest_cycles_are_open_at_first() -> None:
    read = parse(page(replace(REPORT, cycles=REPORT.cycles * 5)))

    cycles = [each for each in read.every("details") if "modules:" in each.text]
    assert ["open" in each.attributes for each in cycles] == [True, True, True, False, False]


def test_the_page_allows_its_own_scripts_and_style_by_hash_and_nothing_else() -> None:
    read = parse(page())

    policies = [each for each in read.every("meta") if "http-equiv" in each.attributes]
    assert read.every("head")[0].children[1] is policies[0], "it comes before anything it is about"
    policy = dict(part.split(" ", 1) for part in str(policies[0].attributes["content"]).split("; "))

    def hashes(elements: list[Element]) -> str:
        texts = (each.text for each in elements if "type" not in each.attributes)
        return " ".join(f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts)

    assert policy == {
        "default-src": "'none'",
        "style-src": hashes(read.every("style")),
        "script-src": hashes(read.every("script")),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_page_names_no_other_place() -> None:
    whole = "\n".join(page())

    loading = ("src", "srcset", "href", "xlink:href", "action", "formaction", "data", "poster", "style")
    named = [each.attributes[name] for each in every(parse(page())) for name in loading if name in each.attributes]
    assert named
    assert all(str(each).startswith("#") for each in named)
    assert "url(" not in whole
    assert "@import" not in whole
    addresses = set(re.findall(r"https?://[^\s\"'<]*", whole)) - {"http://www.w3.org/2000/svg"}
    assert addresses == {"http://evil)"}, "only as text of others"


def test_hostile_names_are_text_wherever_they_stand() -> None:
    module = Module(WICKED, WICKED, 1, 1, 0, None, 0, "source")
    value = replace(
        REPORT,
        modules=(*REPORT.modules, module),
        dead=(WICKED,),
        hotspots=tuple(replace(each, path=WICKED, name=WICKED) for each in REPORT.hotspots) + REPORT.hotspots,
        antipatterns=tuple(replace(each, told=WICKED, evidence=(Place(WICKED, 1),)) for each in REPORT.antipatterns),
        limits=replace(REPORT.limits, blind=(WICKED,), faults=((WICKED, WICKED),)),
    )

    read = parse(page(value, WICKED))

    assert len(read.every("script")) == 3
    assert read.every("img") == []
    assert not [each for each in every(read) if any(name.startswith("on") for name in each.attributes)]
    assert "\u202e" not in read.text
    assert WICKED.replace("\u202e", "\\u202e") in [entry[0] for entry in graph(read)["modules"]]
    assert HARM.split("\n", maxsplit=1)[0] in read.text


def every(element: Element) -> list[Element]:
    return [element, *(each for child in element.children for each in every(child))]


def test_the_same_architecture_is_the_same_page() -> None:
    assert page() == page()


@pytest.mark.parametrize("focus", get_args(Focus))
def test_a_focus_leaves_out_what_it_is_not_about_and_no_link_leads_nowhere(focus: Focus) -> None:
    read = parse(page(focus=focus))

    names = {str(each.attributes["id"]) for each in read.every("section")}
    links = {str(each.attributes["href"]).removeprefix("#") for each in read.every("a")}
    assert links == names - {"told"}
    assert "limits" in names
    assert ("history" in names) == (focus in ("all", "hotspots"))
    assert bool(graph(read)) == (focus in ("all", "structure", "dependencies"))


def test_a_large_repository_is_cut_and_the_page_says_so() -> None:
    many = tuple(Module(f"m{number:05}.py", ".", 1, 0, 0, None, 0, "source") for number in range(MOST_MODULES + 1))

    lines = page(replace(EMPTY, modules=many))

    read = parse(lines)
    assert len(tables(read)["Modules"]) == MOST_ROWS
    assert f"The first {MOST_ROWS:,} of {len(many):,};" in read.text
    assert graph(read) == {"modules": [], "imports": [], "left_out": len(many)}
    assert sum(map(len, lines)) < 1_000_000


def test_imports_of_the_graph_say_which_ones_close_a_cycle() -> None:
    found = graph(parse(page()))

    names = [entry[0] for entry in found["modules"]]
    closing = {(names[one], names[other]) for one, other, _, closes in found["imports"] if closes}
    assert ("shop/core/prices.py", "shop/till.py") in closing
    assert ("shop/__main__.py", "shop/till.py") not in closing
    assert [entry[2] for entry in found["modules"]] == [0, 0, 0, 0, 1]
