"""`/analyze` tells in short what `vivek analyze` would print."""

from pathlib import Path

import pytest

from tests.cli.fakes import FakePlace
from tests.cli.slash.test_registry import FakeDesk
from vivek.cli.slash.registry import run_slash
from vivek.errors import ConfigError


async def test_analyze_tells_size_debts_and_limits_and_asks_nobody(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(workspace)
    desk = FakeDesk(place=FakePlace(workspace, workspace / ".vivek"))

    await run_slash(desk, "/analyze")
    await run_slash(desk, "/analyze till/prices.py")
    with pytest.raises(ConfigError, match="There is no file or folder nowhere"):
        await run_slash(desk, "/analyze nowhere")

    whole, part = desk.told
    assert whole.startswith("the whole repository: 3 modules, 5 lines of code, 1 import\n")
    assert "\ncycles         none\n" in whole
    assert "\nlimit: Imports are followed in 100 % of the lines of code.\n" in whole
    assert part.startswith("till/prices.py: 1 module, 2 lines of code, 1 import\n")
    assert desk.done == [], "the session stays as it is"
