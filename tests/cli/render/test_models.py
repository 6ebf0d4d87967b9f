import pytest

from vivek.cli.render.models import (
    bytes_of,
    candidate_lines,
    details_text,
    model_table,
    offer_of,
    plan_text,
    server_line,
    window_of,
)
from vivek.cli.render.safe_text import width_of
from vivek.schema.details import Fact, ModelDetails
from vivek.schema.fetching import FetchPlan
from vivek.schema.listing import ListedModel, ListedServer
from vivek.schema.models import ModelInfo

SEVEN = ModelInfo(
    "qwen2.5-coder:7b",
    window_loaded=8_192,
    window_maximum=32_768,
    parameters=7_615_616_512,
    quantisation="Q4_K_M",
    size_bytes=4_683_087_074,
    abilities=frozenset({"tools", "structured_output", "vision"}),
    loaded=True,
)
PLAN = FetchPlan(
    name="local/x",
    title="Some Model 7B",
    model="local/x",
    source="https://host.example/x.gguf",
    target="/home/me/x.gguf",
    size_bytes=4_683_073_536,
    present_bytes=1_000_000_000,
    free_bytes=84_200_000_000,
    licence="Apache-2.0",
    checksum="sha256 " + "ab" * 32,
)


@pytest.mark.parametrize(
    ("size", "said"),
    [(None, ""), (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (4_683_073_536, "4.7 GB"), (2 * 10**12, "2.0 TB")],
)
def test_bytes_are_said_as_people_say_them(size: int | None, said: str) -> None:
    assert bytes_of(size) == said


@pytest.mark.parametrize(
    ("loaded", "most", "said"),
    [(8_192, 32_768, "8k of 32k"), (None, 32_768, "32k"), (4_096, None, "4k"), (512, 512, "512"), (None, None, "")],
)
def test_a_window_is_told_as_loaded_and_at_most(loaded: int | None, most: int | None, said: str) -> None:
    assert window_of(ModelInfo("x", window_loaded=loaded, window_maximum=most)) == said


def test_a_table_lines_up() -> None:
    rows = [
        ListedModel("ollama", SEVEN, chosen=True),
        ListedModel(
            "local", ModelInfo("tiny", parameters=205_376, size_bytes=271_000), reason="no chat template in it"
        ),
    ]

    assert model_table(rows, width=200).split("\n") == [
        "MODEL                    SIZE      WEIGHTS      WINDOW     CAN         STATE",
        "ollama/qwen2.5-coder:7b  4.7 GB    7.6B Q4_K_M  8k of 32k  tools sees  in use, loaded",
        "local/tiny               271.0 kB  0.2M                                no chat template in it",
    ]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_table_fits_its_terminal(width: int) -> None:
    rows = [
        ListedModel("openrouter", ModelInfo("maker/" + "long" * 30), reason="日本語" * 20),
        ListedModel("ollama", SEVEN),
    ]

    lines = model_table(rows, width=width).split("\n")

    assert all(width_of(line) <= width for line in lines)
    assert lines[2].startswith("ollama/qwen2.5-coder:7b")


def test_a_hostile_name_stays_one_harmless_line() -> None:
    lines = model_table([ListedModel("ollama", ModelInfo("a\n\x1b[2Jb", quantisation="\x1b]0;x"))], width=100)

    assert len(lines.split("\n")) == 2
    assert "\x1b" not in lines


def test_a_silent_server_is_one_line_and_named_once() -> None:
    told = ListedServer("ollama", "Ollama", "http://127.0.0.1:1", problem="Ollama at http://127.0.0.1:1: gone.")
    assert server_line(told) == "Ollama at http://127.0.0.1:1: gone."
    assert (
        server_line(ListedServer("x", "LM Studio", "http://h", problem="no answer")) == "LM Studio, http://h: no answer"
    )
    assert server_line(ListedServer("x", "LM Studio", "http://h")) == "LM Studio, http://h: no model"


def test_a_plan_tells_what_a_yes_would_mean() -> None:
    text = plan_text(PLAN)

    for part in ("Some Model 7B", "4.7 GB, 1.0 GB of it here already", "Apache-2.0", "ab" * 32, "84.2 GB free"):
        assert part in text
    assert "unknown" in plan_text(FetchPlan("x", "X", "x/x", "there", "here"))
    assert "not known before" in plan_text(FetchPlan("x", "X", "x/x", "there", "here"))


def test_an_offer_is_one_line_with_size_licence_and_checksum() -> None:
    assert offer_of(PLAN) == "Some Model 7B (4.7 GB, licence Apache-2.0, sha256 abababab…)"
    limited = FetchPlan("x", "X\x1b", "x/x", "a", "b", licence="Research", limits="no business")
    assert offer_of(limited) == "X\\x1b (size unknown, licence Research: no business)"


def test_candidates_stand_behind_their_numbers() -> None:
    rows = [ListedModel("ollama", SEVEN), ListedModel("local", ModelInfo("tiny"))]

    assert candidate_lines(rows).split("\n") == [
        "  1  ollama/qwen2.5-coder:7b  4.7 GB, 7.6B Q4_K_M, loaded",
        "  2  local/tiny",
    ]


def test_details_are_told_section_by_section() -> None:
    facts = (
        Fact("size_bytes", 4_683_087_074, "/api/tags"),
        Fact("gpu_share", 0.5, "/api/ps"),
        Fact("tools", True, "x"),
    )
    details = ModelDetails("ollama/x", "http://h", facts, 8_192, "as set", "medium", (Fact("top_p", 0.9, "y"),), (), "")

    assert details_text(details).split("\n") == [
        "ollama/x at http://h",
        "",
        "window",
        "  8,192 tokens: as set",
        "",
        "said of it",
        "  size bytes  4.7 GB  /api/tags",
        "  gpu share   50%     /api/ps",
        "  tools       yes     x",
        "",
        "in force here",
        "  top p  0.9  y",
        "",
        "measured here",
        "  nothing yet",
    ]
