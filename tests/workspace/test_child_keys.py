"""Keys in the environment are vivek's own: no child that works for vivek gets them."""

import json
import sys
from pathlib import Path

import pytest

from vivek.workspace.process import launch, run_captured

SHOW = "import json, os; print(json.dumps(dict(os.environ)), flush=True)"
KEYS = ("VIVEK_MODEL_API_KEY", "OPENAI_API_KEY", "VIVEK_MODELS_API_KEY")


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KEYS:
        monkeypatch.setenv(name, "kc11-very-secret-0123456789")


@pytest.mark.covers("K05")
@pytest.mark.parametrize("env", [None, {"A": "1"}])
def test_what_runs_to_its_end_sees_no_key(env: dict[str, str | None] | None, tmp_path: Path) -> None:
    done = run_captured([sys.executable, "-c", SHOW], cwd=tmp_path, timeout=30, env=env)

    seen = json.loads(done.stdout)
    assert "kc11" not in done.stdout.decode()
    assert "PATH" in seen
    assert seen.get("A") == (env or {}).get("A")


@pytest.mark.covers("K05")
async def test_a_child_that_stays_sees_no_key() -> None:
    child = await launch([sys.executable, "-c", SHOW])
    try:
        line = await child.read_line(30)
    finally:
        await child.stop(grace=0.0)

    assert "PATH" in json.loads(line)
    assert b"kc11" not in line
