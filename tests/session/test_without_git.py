"""A project without a repository: changes are applied there as anywhere."""

import shutil
from pathlib import Path

from tests.session.conftest import Open, decide, say
from vivek.providers.adapters.scripted import ScriptedProvider

PRICES = "till/prices.py"
NEW = """def discount(price: int, percent: int) -> int:
    return round(price - price * percent / 100)
"""


async def test_a_change_is_applied_where_there_is_no_repository(workspace: Path, open_at: Open) -> None:
    shutil.rmtree(workspace / ".git")
    reply = f"Rounded.\n\n{PRICES}\n```python\n{NEW}```\n"
    async with open_at(lambda: ScriptedProvider([reply])) as session:
        assert (await say(session, f"change {PRICES} so that it rounds")).report.status == "needs_approval"
        heard = await decide(session)

    assert heard.report.status == "done", heard.report.error
    assert (workspace / PRICES).read_text() == NEW
