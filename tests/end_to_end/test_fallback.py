"""The first model cannot answer: another does, and that is said."""

import json
import os
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Run
from tests.engine.forced import ForcedEngine

pytestmark = pytest.mark.engine

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def config() -> Path:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True)
    return folder / "config.toml"


def test_another_model_answers_and_the_reply_says_who(run: Run, forced_engine: ForcedEngine, config: Path) -> None:
    forced_engine.script(["It adds up what a shop sold."])
    forced_engine.opens = True
    behind = f"llamacpp/default@{forced_engine.url}"
    config.write_text(f'[model]\nname = "openai_compat/m"\nbase_url = "{DEAD}"\nfallbacks = ["{behind}"]\n')

    done = run("ask", "What does this do?", "--depth", "fast", "--format", "json")

    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert "It adds up what a shop sold." in reply["answer"]
    assert reply["answered_by"] == "llamacpp/default"


def test_when_nobody_answers_every_reason_is_told(run: Run, config: Path) -> None:
    config.write_text(
        f'[model]\nname = "openai_compat/m"\nbase_url = "{DEAD}"\nfallbacks = ["llamacpp/default@http://127.0.0.1:1"]\n'
    )
    done = run("ask", "What does this do?")

    assert done.returncode == 4
    said = " ".join(done.stderr.split())
    assert f"at {DEAD} does not answer: nothing listens there." in said
    assert "llamacpp/default: llama-server at http://127.0.0.1:1 does not answer" in said
