"""The pages on providers and models say what the code does: names, limits, sizes, licences."""

import json
import re
from dataclasses import fields

from benchmarks.model_runs import BEGIN, END, table
from tests.house.rules import ROOT
from vivek.project.pictures import MOST_BYTES, MOST_PICTURES
from vivek.providers.registry import PROVIDERS
from vivek.providers.spec import PatienceSpec
from vivek.providers.suggestions import Suggestion
from vivek.providers.wire.http import Timeouts

PROVIDERS_PAGE = (ROOT / "docs/providers.md").read_text(encoding="utf-8")
CHOICE_PAGE = (ROOT / "docs/choose-a-model.md").read_text(encoding="utf-8")
LISTED = json.loads((ROOT / "vivek/providers/data/suggestions.json").read_text(encoding="utf-8"))


def seconds(words: str) -> float:
    """Return the figure of a line of the table of timeouts."""
    found = re.search(rf"^\| {re.escape(words)} \| ([\d.]+) \|$", PROVIDERS_PAGE, re.MULTILINE)
    assert found, words
    return float(found[1])


def test_every_provider_has_its_ten_lines_and_no_other() -> None:
    parts = re.split(r"^## ([a-z_]+)$", PROVIDERS_PAGE.partition("## Keys")[0], flags=re.MULTILINE)[1:]
    sections = dict(zip(parts[::2], parts[1::2], strict=True))

    assert set(sections) == set(PROVIDERS)
    for name, text in sections.items():
        assert len(text.strip().splitlines()) <= 12, name
        assert f"`{PROVIDERS[name].key_variable}`" in text or not PROVIDERS[name].key_variable, name


def test_the_timeouts_are_those_of_the_code() -> None:
    limits, patience = Timeouts(), PatienceSpec()

    assert seconds("to be connected") == limits.connect
    assert (
        seconds("from the request to the first byte; a model may be loaded or a prompt read meanwhile") == limits.load
    )
    assert seconds("between two signs of life before the first word") == limits.first_token
    assert seconds("between two signs of life after it") == limits.between_tokens
    assert seconds("a short question, such as the list of models") == limits.answer
    assert seconds("a server that says it loads its model") == patience.load
    assert f"({patience.base:g} s at first, {patience.cap:g} s at most)" in PROVIDERS_PAGE
    assert patience.tries == 3


def test_the_limits_of_pictures_are_those_of_the_code() -> None:
    assert f"most {MOST_BYTES // 2**20} MB each and {MOST_PICTURES} in one request" in PROVIDERS_PAGE


def test_the_suggestions_are_those_of_the_data() -> None:
    known = {model["name"]: model for model in LISTED["models"]}
    rows = re.findall(r"^\| (\d+) GB \| ([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|", CHOICE_PAGE, re.MULTILINE)
    tiers = {tier["memory_gb"]: tier["models"] for tier in LISTED["tiers"]}

    assert [int(row[0]) for row in rows] == list(tiers)
    for memory, names, sizes, windows, licence in rows:
        named = re.findall(r"`([^`]+)`", names)
        assert named == [name for name in tiers[int(memory)] if name in named], "in the order of the data"
        weights = [known[name]["file"]["size_bytes"] / 1e9 for name in named]
        assert re.findall(r"[\d.]+ GB", sizes) == [f"{size:.1f} GB" for size in weights]
        assert {f"{known[name]['window'] // 1024}k" for name in named} == set(re.findall(r"\d+k", windows))
        assert {known[name]["licence"] for name in named} == {licence.partition(":")[0].strip()}
    assert {each.name for each in fields(Suggestion)} >= {"licence", "limits", "file"}


def test_what_was_not_measured_says_so() -> None:
    page = (ROOT / "docs/models.md").read_text(encoding="utf-8")
    shown = page.partition(BEGIN)[2].partition(END)[0].strip()

    kept = ROOT / "benchmarks/results/models.json"
    assert kept.exists() or shown == table([])
