"""The examples of `docs/providers_api.md` run as they stand, against the real engine behind Ollama's protocol."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.engine.ollama_bridge import NAME, OllamaBridge

pytestmark = pytest.mark.engine

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "providers_api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
SHOWN = "qwen2.5-coder:7b"


def run(code: str, bridge: OllamaBridge) -> str:
    """Run an example as a program of its own, with the tiny model for the one it names."""
    search = os.pathsep.join((str(ROOT), os.environ["PYTHONPATH"]))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code.replace(SHOWN, NAME)],
        env={**os.environ, "OLLAMA_HOST": bridge.url, "PYTHONPATH": search},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("number", "replies", "printed"),
    [
        (0, ["Hello"], r"Hello\n"),
        (1, ["Apple", "Pear"], r"Apple Pear\n"),
        (2, ["one two three"], r"one two three\n\d+ tokens read, \d+ written\n"),
        (3, ['{"city": "Paris", "people": 2100000}'], r"True\n\['city', 'people'\]\n"),
    ],
    ids=["ask", "ask often", "stream", "value"],
)
def test_an_example_does_what_the_page_says(
    number: int, replies: list[str], printed: str, forced_engine: ForcedEngine
) -> None:
    forced_engine.script(replies)
    with OllamaBridge(forced_engine) as bridge:
        said = run(EXAMPLES[number], bridge)
    assert re.fullmatch(printed, said)
    assert len(forced_engine.requests) == len(replies)


def test_every_example_is_run() -> None:
    assert len(EXAMPLES) == 4
    assert all(f"ollama/{SHOWN}" in example for example in EXAMPLES)


def test_the_page_names_what_there_is() -> None:
    from vivek import errors, providers

    for name in re.findall(r"`(\w+Error)`", PAGE):
        assert issubclass(getattr(errors, name), errors.VivekError)
    for name in set(re.findall(r"`(\w+)\(", PAGE)) - {"json"}:
        assert name in providers.__all__
