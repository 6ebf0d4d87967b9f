"""What the commands about the machine, the project and its settings print as JSON, and runs that show it."""

from collections.abc import Mapping

from tests.house.json_outputs import Output, Property, listed
from vivek.cli.render.architecture import sections_of
from vivek.schema.answers import IndexAnswer
from vivek.schema.architecture import Architecture, Focus
from vivek.schema.configuration import SettingsFile
from vivek.schema.details import ModelDetails
from vivek.schema.doctor import Finding
from vivek.schema.drift import Drift
from vivek.schema.findings import ReviewReport
from vivek.schema.gate import GateReport
from vivek.schema.impact import Impact, ImportWay, Tour
from vivek.schema.index import IndexStatus
from vivek.schema.known import Known
from vivek.schema.listing import ListedModel, ListedServer
from vivek.schema.narrative import Narrative
from vivek.schema.settings import Origin
from vivek.schema.trouble import Trouble

FOUND: Mapping[str, Property] = {
    "kind": (str, "What it is for: test, lint, types, format or build."),
    "command": (tuple[str, ...], "Program and arguments."),
    "source": (str, "The file that says so."),
    "outcome": (str | None, "What became of it, `worked` where it ended well; null without `--run`."),
}
WORDS = {"type": "array", "items": {"type": "string"}}

SETTING: Mapping[str, Property] = {
    "key": (str, "Its dotted name."),
    "value": ({}, "Its value; a secret is masked."),
    "origin": (Origin, "Who sets it."),
    "profile": (str | None, "The profile that sets it."),
    "place": (str | None, "File and line, or the variable."),
}
SYMBOL: Mapping[str, Property] = {
    "name": (str, "Its qualified name within the file."),
    "kind": (str, "What it is in its language's own word."),
    "path": (str, "The file, relative to the root."),
    "line": (int, "Its first line, from 1."),
    "end_line": (int, "Its last line."),
    "signature": (str, "Its head on one line."),
}
HIT: Mapping[str, Property] = {
    "path": (str, "The file, relative to the root."),
    "line": (int, "Its number, from 1."),
    "text": (str, "The line."),
}
FAULT: Mapping[str, Property] = {
    "message": (str, "What is wrong, with file and line."),
    "hint": (str | None, "What to do."),
    "key": (str | None, "The setting whose value it is."),
}
STEP: Mapping[str, Property] = {
    "name": (str, "What it is about."),
    "verdict": (str, "The result in words."),
    "measured": (bool, "Whether the step came to a result."),
}
TRUSTED: Mapping[str, Property] = {
    "kind": (str, "What it is: a command of a kind, a template."),
    "source": (str, "What names it."),
    "answer": (str, "What was answered."),
}

PROJECT: Mapping[str, Output] = {
    "doctor": Output(
        "What works here and what does not.",
        {"findings": (tuple[Finding, ...], "What was found, in the order of the screen.")},
        (("doctor",),),
    ),
    "review": Output(
        "What was found in a change, and what of it was read by whom.",
        {
            "left_out": (
                dict[str, int],
                "How many findings `--min-confidence` and `--max-findings` left out, by severity.",
            )
        },
        (
            ("review", "--no-model", "--files", "till"),
            ("review", "--no-model", "--staged"),
            ("review", "--no-model", "--files", "wrong.toml", "--baseline", "base.json", "--update-baseline"),
        ),
        pieces=ReviewReport,
    ),
    "analyze": Output(
        "How a project is built; with `--focus` only the sections that it tells of.",
        {
            "focus": (Focus, "What it tells of."),
            "narrative": (Narrative | None, "What a model said of it, null where none was asked."),
        },
        (("analyze",), ("analyze", "--focus", "tests"), ("analyze", "--scope", "changed", "till")),
        optional=tuple(sorted(sections_of("all") - {"extent", "limits"})),
        pieces=Architecture,
    ),
    "analyze impact": Output(
        "What a change of a name or a file may break.",
        {},
        (("analyze", "impact", "discount"), ("analyze", "impact", "till/prices.py")),
        pieces=Impact,
    ),
    "analyze why": Output(
        "Why one module needs another.",
        {},
        (("analyze", "why", "till/report.py", "till.prices"),),
        pieces=ImportWay,
    ),
    "analyze tour": Output("What to read, and in which order.", {}, (("analyze", "tour"),), pieces=Tour),
    "analyze diff": Output(
        "How the architecture changed between two commits.",
        {},
        (("analyze", "diff", "HEAD", "HEAD"),),
        pieces=Drift,
    ),
    "analyze check": Output(
        "What is new or worse in the architecture than the baseline says.",
        {"passed": (bool, "Whether the check passed: exit code 0.")},
        (("analyze", "check"), ("analyze", "check", "--baseline", "base.json", "--update-baseline")),
        pieces=GateReport,
    ),
    "index build": Output(
        "How far the index is after it was built.",
        {"folder": (str, "Where it lies.")},
        (("index", "build"),),
        pieces=IndexStatus,
    ),
    "index status": Output(
        "How far the index is.",
        {"folder": (str, "Where it lies.")},
        (("index", "status"),),
        pieces=IndexStatus,
    ),
    "index symbols": Output(
        "Definitions of a name.",
        {"symbols": (listed(SYMBOL), "What was found, the likeliest first.")},
        (("index", "symbols", "discount"), ("index", "symbols", "nowhere")),
    ),
    "index search": Output(
        "Lines that hold a text.",
        {"hits": (listed(HIT), "What was found, the likeliest first.")},
        (("index", "search", "price"), ("index", "search", "nowhere")),
    ),
    "index ask": Output(
        "What the index says to a question about a known name.",
        {"answer": (IndexAnswer | None, "The answer, null where the index has none.")},
        (("index", "ask", "where is discount"), ("index", "ask", "is it good?")),
    ),
    "index map": Output(
        "A map of the project.",
        {"tokens": (int, "Its size, reckoned."), "map": (str, "The map.")},
        (("index", "map"),),
    ),
    "models list": Output(
        "The models here, and who was asked for them.",
        {
            "models": (tuple[ListedModel, ...], "In the order of the providers, the best of each first."),
            "servers": (tuple[ListedServer, ...], "Who was asked."),
        },
        (("models", "list"),),
    ),
    "models show": Output(
        "One model: what is known of it, and how it is treated.",
        {"model": (ModelDetails, "The model.")},
        (("models", "show", "{name}"),),
    ),
    "models probe": Output(
        "What was measured of a model.",
        {"steps": (listed(STEP), "What was tried."), "known": (Known, "Everything measured so far.")},
        (("models", "probe", "{name}"),),
    ),
    "trust list": Output(
        "What was allowed where.",
        {
            "folders": (
                listed(
                    {
                        "folder": (str, "The folder."),
                        "commands": (listed(TRUSTED), "What was answered there."),
                        "allowed": (
                            {"type": "array", "items": {"type": "string"}},
                            "Commands that run without asking.",
                        ),
                    }
                ),
                "One entry a folder.",
            )
        },
        (("trust", "list"),),
    ),
    "init": Output(
        "What was found of a project, and the page that is made of it.",
        {
            "path": (str, "Where the page belongs."),
            "written": (bool, "Whether it was written."),
            "page": (str, "Its text."),
            "languages": (tuple[str, ...], "What the project is written in, the most used first."),
            "commands": (listed(FOUND), "The project's own commands, one of each kind."),
            "servers": (tuple[str, ...], "Model servers that answer on this machine."),
            "models": (tuple[str, ...], "Models that can be used here, the best first."),
        },
        (("init", "--print"),),
    ),
    "explain": Output(
        "What is known of messages of vivek's.",
        {"troubles": (tuple[Trouble, ...], "One entry a message, in the order of the page.")},
        (("explain",), ("explain", "There is no prompt.")),
    ),
    "config show": Output(
        "All settings.",
        {
            "profile": (str | None, "The profile in force."),
            "profiles": (tuple[str, ...], "The profiles there are."),
            "settings": (listed(SETTING), "One entry a setting."),
        },
        (("config", "show"),),
    ),
    "config get": Output("One setting.", SETTING, (("config", "get", "session.depth"),)),
    "config set": Output(
        "A setting after it was written.",
        {"path": (str, "The file."), "changed": (bool, "Whether the file was changed."), **SETTING},
        (("config", "set", "session.depth", "fast"),),
    ),
    "config unset": Output(
        "A setting after it was taken out.",
        {"path": (str, "The file."), "changed": (bool, "Whether the file was changed."), **SETTING},
        (("config", "unset", "session.depth"),),
    ),
    "config validate": Output(
        "What is wrong with the files of settings.",
        {"files": (tuple[str, ...], "What was checked."), "faults": (listed(FAULT), "What is wrong.")},
        (("config", "validate"), ("config", "validate", "wrong.toml")),
    ),
    "config path": Output(
        "The files that settings are read from.",
        {"files": (tuple[SettingsFile, ...], "The weakest first.")},
        (("config", "path"),),
    ),
}
