"""The HTML report in a real browser without a window: what its policy lets run, what a reader clicks, both colours."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.cli.render.architectures import REPORT, edge, module
from vivek.cli.render.html.page import architecture_html
from vivek.schema.architecture import Architecture, Cycle

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    "--virtual-time-budget=5000",
)
SECONDS = 60
DARK, LIGHT = (f"--blink-settings=preferredColorScheme={number}" for number in (0, 1))
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is on this machine")

MANY = 40  # in one folder, so that it is closed at first
WICKED = "a/</script><b>&lt;.py"
LOOP = (edge("a/one.py", "b/two.py"), edge("b/two.py", "a/one.py"))
VALUE = replace(
    REPORT,
    modules=(
        *(module(f"a/m{number:02}.py", 0, 1) for number in range(MANY)),
        module("a/one.py", MANY + 1, 1),
        module("b/two.py", 1, 1),
        module(WICKED, 0, 0),
        module("tests/test_one.py", 0, 1, "test"),
    ),
    imports=(
        *(edge(f"a/m{number:02}.py", "a/one.py") for number in range(MANY)),
        *LOOP,
        edge("tests/test_one.py", "a/one.py"),
    ),
    cycles=(Cycle(("a/one.py", "b/two.py"), LOOP, LOOP[:1]),),
)

# Does what a reader would, and writes what is to be seen then into the title.
DRIVER = """
const seen = {};
const nodes = () => [...document.querySelectorAll(".map g")].map((node) => node.querySelector("title").textContent);
const node = (name) => [...document.querySelectorAll(".map g")][nodes().indexOf(name)];
const click = (element) => element.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const named = (text) => [...document.querySelectorAll("#graph button")].find((each) => each.textContent === text);
const table = (name) => [...document.querySelectorAll("table")].find((each) => each.caption.textContent === name);
const shown = (name) => [...table(name).tBodies[0].rows].filter((row) => !row.hidden);
const column = (name, at) => shown(name).map((row) => row.cells[at].textContent);

seen.first = nodes();
seen.round = document.querySelectorAll(".map path.round").length;
click(named("Show tests"));
seen.withTests = nodes();
click(node("a"));
seen.chosen = document.querySelector(".chosen").innerText;
click(node("a"));
seen.opened = nodes();
node("a/one.py").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
seen.module = document.querySelector(".chosen").innerText;
seen.lit = [document.querySelectorAll(".map path.out").length, document.querySelectorAll(".map path.in").length];
seen.focus = document.activeElement.querySelector("title").textContent;
click(named("Start again"));
seen.again = nodes();
const search = document.querySelector("#graph input");
search.value = "m07";
search.dispatchEvent(new Event("change"));
seen.found = document.querySelector(".chosen h3").textContent;
const heads = [...table("Modules").tHead.rows[0].cells];
click(heads[4].querySelector("button"));
seen.falling = [heads[4].getAttribute("aria-sort"), column("Modules", 4)];
click(heads[4].querySelector("button"));
seen.rising = [heads[4].getAttribute("aria-sort"), column("Modules", 4)];
click(heads[0].querySelector("button"));
seen.names = column("Modules", 0);
click(heads[6].querySelector("button"));
seen.unknownLast = column("Modules", 6).at(-1);
const told = table("Patterns that hurt").tHead.rows[0].cells[2].querySelector("button");
click(told);
click(told);
seen.sentences = column("Patterns that hurt", 2);
const filter = [...document.querySelectorAll(".filter input")].find((each) => each.ariaLabel === "Filter: Modules");
filter.value = "M1 a/";
filter.dispatchEvent(new Event("input"));
seen.filtered = [column("Modules", 0), filter.nextSibling.textContent];
seen.wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
seen.back = getComputedStyle(document.body).backgroundColor;
document.title = JSON.stringify(seen);
"""

COLOUR = "document.title = JSON.stringify({ back: getComputedStyle(document.body).backgroundColor });"


@dataclass(frozen=True)
class Chromium:
    """A browser with a profile of its own."""

    folder: Path

    def run(self, page: str, *flags: str) -> subprocess.CompletedProcess[str]:
        file = self.folder / "page.html"
        file.write_text(page, encoding="utf-8")
        command = [str(BROWSER), *FLAGS, f"--user-data-dir={self.folder / 'profile'}", *flags, file.as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)

    def drive(self, script: str, *flags: str) -> dict[str, Any]:  # Any: JSON
        """Return what a script writes into the title of the page, whose policy would not let it run."""
        free = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page())
        driven = free.replace("</body>", f"<script>{script}</script></body>")
        ran = self.run(driven, "--dump-dom", "--enable-logging=stderr", "--v=0", *flags)
        title = re.search(r"<title>(.*?)</title>", ran.stdout, re.DOTALL)
        assert "CONSOLE" not in ran.stderr, ran.stderr
        assert title is not None
        seen: dict[str, Any] = json.loads(unescape(title[1]))
        return seen


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Chromium:
    return Chromium(tmp_path_factory.mktemp("browser"))


def page(value: Architecture = VALUE) -> str:
    return "".join(f"{line}\n" for line in architecture_html(value, "till", "1.2.3"))


def test_its_own_policy_lets_the_page_draw_and_sort(chromium: Chromium) -> None:
    ran = chromium.run(page(), "--dump-dom", "--enable-logging=stderr", "--v=0")

    assert 'id="graph" hidden' not in ran.stdout
    assert ran.stdout.count('<g role="button"') == 2
    assert re.search(r'<th scope="col"[^>]*><button type="button">Module</button>', ran.stdout)
    assert "Content Security Policy" not in ran.stderr
    assert "CONSOLE" not in ran.stderr, ran.stderr


def test_a_reader_in_the_dark_opens_folders_follows_imports_sorts_and_filters(chromium: Chromium) -> None:
    seen = chromium.drive(DRIVER, "--window-size=900,800", DARK)

    assert seen["first"] == ["a", "b"]
    assert seen["round"] == 2
    assert seen["withTests"] == ["a", "b", "tests"]
    assert seen["chosen"].startswith(f"a/\n\n{MANY + 2} modules, {10 * MANY + 20} lines, {MANY} imports inside.")
    inside = {f"a/m{number:02}.py" for number in range(MANY)}
    assert set(seen["opened"]) == inside | {"a/one.py", "a/<", "b", "tests"}
    assert "Imports: 1" in seen["module"]
    assert f"Imported by: {MANY + 2}" in seen["module"]
    assert "closes a cycle" in seen["module"]
    assert seen["lit"] == [1, MANY + 2]
    assert seen["focus"] == "a/one.py"
    assert seen["again"] == seen["withTests"]
    assert seen["found"] == "a/m07.py"
    assert seen["falling"] == ["descending", [str(MANY + 1), "1", *["0"] * (MANY + 2)]]
    assert seen["rising"] == ["ascending", [*["0"] * (MANY + 2), "1", str(MANY + 1)]]
    assert seen["names"] == sorted(each.path for each in VALUE.modules)
    assert seen["unknownLast"] == "\u2013"
    assert [each[:9] for each in seen["sentences"]] == ["a TODO is", "3 modules"], "as texts, the last one first"
    assert seen["filtered"] == [[f"a/m1{number}.py" for number in range(10)], f"10 of {MANY + 4}"]
    assert max(colour_of(seen)) < 40
    assert seen["wide"] == 0, "the page itself is never wider than the window"


def test_the_page_is_light_where_the_reader_wishes_it(chromium: Chromium) -> None:
    assert min(colour_of(chromium.drive(COLOUR, LIGHT))) > 240


def colour_of(seen: dict[str, Any]) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", seen["back"])]
