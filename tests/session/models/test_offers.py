"""What is offered where no model is: only what can be done here."""

from pathlib import Path

import pytest

from vivek.session.models import offers
from vivek.session.models.offers import how_to_run_files, no_model, what_to_fetch

GIB = 2**30


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offers, "has_engine", lambda: True)


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No engine, and no program on the PATH; return the folder that is on it."""
    monkeypatch.setattr(offers, "has_engine", lambda: False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str) -> None:
    (folder / name).write_text("#!/bin/sh\n")
    (folder / name).chmod(0o755)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("total", "free", "name"),
    [
        (64 * GIB, 60 * GIB, "local/qwen3-coder-30b"),
        (16 * GIB, 14 * GIB, "local/qwen2.5-coder-7b"),
        (8 * GIB, 7 * GIB, "local/qwen2.5-coder-7b"),
        (4 * GIB, 3 * GIB, "local/qwen2.5-coder-3b"),
    ],
)
def test_what_is_offered_fits_the_memory(total: int, free: int, name: str) -> None:
    assert what_to_fetch(ollama_runs=False, total=total, free=free) == name


@pytest.mark.usefixtures("engine")
def test_memory_that_is_taken_now_offers_something_smaller() -> None:
    roomy = what_to_fetch(ollama_runs=True, total=32 * GIB, free=30 * GIB)
    tight = what_to_fetch(ollama_runs=True, total=32 * GIB, free=4 * GIB)

    assert (roomy, tight) == ("ollama/qwen3-coder:30b", "ollama/qwen2.5-coder:3b")


def test_without_something_to_run_it_nothing_is_offered(nothing: Path) -> None:
    assert what_to_fetch(ollama_runs=False, total=64 * GIB, free=60 * GIB) == ""
    assert what_to_fetch(ollama_runs=True, total=64 * GIB, free=60 * GIB).startswith("ollama/")


def test_an_ollama_that_runs_is_not_offered_to_be_started(nothing: Path) -> None:
    program(nothing, "ollama")

    stopped = no_model(("Ollama does not answer.",))
    assert stopped.startable == ("ollama", "serve")
    empty = no_model(("Ollama runs, but has no model.",))
    assert empty.startable == ()
    assert empty.fetchable.startswith("ollama/")
    assert empty.hint.startswith(f"run `vivek models pull {empty.fetchable}`")


def test_what_would_run_a_file_is_told(nothing: Path) -> None:
    assert "vivek[local]" in how_to_run_files()
    program(nothing, "llama-server")
    assert "llama-server" in how_to_run_files()
