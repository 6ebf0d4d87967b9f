"""An architecture made by hand: every section filled, and names that mean harm."""

from vivek.schema.architecture import (
    Antipattern,
    Architecture,
    Cycle,
    Edge,
    LanguageShare,
    Layer,
    Limits,
    Module,
    Sentence,
    Violation,
)
from vivek.schema.measures import Duplicate, FunctionMeasures, Hotspot, Known, Place, Reach, Tooling
from vivek.schema.narrative import Narrative, Passage
from vivek.schema.past import Coupling, FileHistory, History

MAIN, TILL, PRICES, TEST = "shop/__main__.py", "shop/till.py", "shop/core/prices.py", "tests/test_till.py"
HARM = 'shop/`"|<b>#12;]--> end\n\x1b[31m%%{init}@x[y](z).py'
DAY = 86_400.0


def edge(source: str, target: str, line: int = 1) -> Edge:
    """Return an import that stands on a line."""
    return Edge(source, target, 1, (Place(source, line),))


def module(path: str, fan_in: int, fan_out: int, role: str = "source") -> Module:
    """Return a module of ten lines."""
    total = fan_in + fan_out
    return Module(path, path.rpartition("/")[0], 10, fan_in, fan_out, fan_out / total if total else None, 1, role)


IMPORTS = (
    edge(PRICES, TILL, 3),
    edge(MAIN, TILL, 2),
    edge(HARM, TILL, 4),
    edge(TILL, HARM, 5),
    edge(TILL, PRICES, 6),
    edge(TEST, TILL, 1),
)
REPORT = Architecture(
    languages=(LanguageShare("python", 5, 50, 0.98, imports=True), LanguageShare("lua", 1, 1, 0.02, imports=False)),
    modules=(
        module(PRICES, 1, 1),
        module(MAIN, 0, 1),
        module(HARM, 1, 1),
        module(TILL, 4, 2),
        module(TEST, 0, 1, "test"),
    ),
    imports=IMPORTS,
    packages=(edge("shop", "shop/core"), edge("shop/core", "shop"), edge("tests", "shop")),
    cycles=(Cycle(tuple(sorted((PRICES, TILL, HARM))), (IMPORTS[0], *IMPORTS[2:5]), (IMPORTS[0], IMPORTS[2])),),
    layers=(Layer("entry", (MAIN,)), Layer("shop", (TILL, HARM)), Layer("core", (PRICES,))),
    violations=(Violation("core stands alone", "core may not import shop | <b>", (IMPORTS[0],)),),
    complexity=(
        FunctionMeasures("Till.total", TILL, 8, 30, 9, 14, 3, 20, 2),
        FunctionMeasures("f", HARM, 1, 2, 1, 0, 0, 2, 0),
    ),
    hotspots=(
        Hotspot(TILL, "", 0, 1.0, 12, 14),
        Hotspot(TILL, "Till.total", 8, 0.5, 6, 14),
        Hotspot(HARM, "", 0, 0.004, 2, 1),
    ),
    history=History(
        commits=20,
        left_out={"merge": 2},
        since=0.0,
        until=400 * DAY,
        files=(FileHistory(TILL, 12, 100, 20, 0.0, 400 * DAY, (("Ada", 90), ("Bo\n", 10)), 1),),
        couplings=(
            Coupling(TILL, PRICES, 9, 0.75, hidden=False),
            Coupling(TILL, "README.md", 7, 0.5, hidden=False),
            Coupling(MAIN, PRICES, 6, 0.4, hidden=True),
        ),
        told=("The clone is shallow.",),
    ),
    duplicates=(Duplicate(((TILL, 1, 20), (HARM, 2, 21)), 120),),
    antipatterns=(
        Antipattern(
            "cycle", f"3 modules import each other, {HARM} among them", (Place(PRICES, 3),), "high", "small", 1
        ),
        Antipattern("old-todo", "a TODO is 400 days old", (Place(TILL, 9),), "low", "small", 2),
    ),
    tests=Reach({TILL: (TEST,), PRICES: (TEST,)}, (MAIN, HARM), ((f"{TEST}::test_it", Place(TEST, 4)),)),
    known=(
        Known("entry point", "__main__", Place(MAIN, 9)),
        Known("entry point", "shop", Place("pyproject.toml", 5)),
        Known("environment variable", "SHOP_KEY", Place(TILL, 3)),
        Known("service", "api.example.org", Place(PRICES, 2)),
    ),
    tooling=(Tooling("test", "pytest -q", Place("pyproject.toml", 0)),),
    dead=(f"{PRICES}::unused", HARM),
    limits=Limits(
        {"binary": 2, "too large": 1}, ((HARM, "a syntax error"),), ("Imports by name are not seen.",), {"zig": 3}
    ),
)
NARRATIVE = Narrative(
    whole=(
        Passage(
            "what",
            "What it is",
            (Sentence("`shop/till.py` is imported by 4 modules [see](http://evil) | <b>", ("M1", f"{TILL}:8")),),
            {"wrong number": 2},
        ),
    ),
    parts=(Passage("shop/core", "shop/core"),),
    kept=1,
    removed={"wrong number": 2},
    status="incomplete",
    told=("The model stopped answering.",),
    model="ollama/qwen",
)
EMPTY = Architecture()
