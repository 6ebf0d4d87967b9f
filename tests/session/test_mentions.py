"""What is mentioned in a request, and what leads out of the project."""

from pathlib import Path

import pytest

from tests.session.conftest import Open, say
from vivek.providers.adapters.scripted import ScriptedProvider

SECRET = "SECRET-4f3a9b"


@pytest.mark.covers("P17", "K03")
@pytest.mark.parametrize("name", ["../outside/id_rsa", "/tmp/id_rsa", "~/.ssh/id_rsa", "link", ".env"])
async def test_a_mention_of_what_is_not_the_projects_or_holds_secrets_shows_nothing_of_it(
    workspace: Path, tmp_path: Path, open_at: Open, name: str
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/id_rsa").write_text(SECRET)
    (workspace / "link").symlink_to(tmp_path / "outside/id_rsa")
    (workspace / ".env").write_text(f"KEY={SECRET}\n")
    (workspace / ".gitignore").write_text(".env\n")
    provider = ScriptedProvider([f"need: {name}", f"read: {name}:1-3", f"search: {SECRET[:6]}", "I cannot see it."])
    async with open_at(lambda: provider) as session:
        await say(session, f"what does @{name} say about the project?")

    shown = "".join(message.content for request in provider.requests for message in request.messages)
    assert SECRET not in shown
