from collections.abc import Mapping
from pathlib import Path

import pytest

from vivek.schema.doctor import Finding
from vivek.session.doctor.network import look_at_network
from vivek.session.options import Choices
from vivek.session.place import open_place
from vivek.session.settings import load_settings

KEY = "sk-never-shown"


def look(variables: Mapping[str, str], workspace: Path | None = None) -> list[Finding]:
    settings = load_settings(open_place(workspace), Choices()) if workspace else None
    return list(look_at_network(variables.get, settings))


def test_nothing_set_is_well() -> None:
    assert [finding.mark for finding in look({})] == ["good", "note"]


def test_a_proxy_is_told_without_its_password() -> None:
    [proxy, *_] = look({"https_proxy": "http://me:secret@proxy.example:3128"})

    assert proxy.mark == "note"
    assert "proxy.example:3128" in proxy.text
    assert "secret" not in proxy.text


def test_a_key_is_told_with_the_host_it_is_for_and_never_shown(workspace: Path) -> None:
    found = look({"ANTHROPIC_API_KEY": KEY}, workspace)

    [key] = [finding for finding in found if finding.name == "key"]
    assert key.text == "ANTHROPIC_API_KEY is set; sent to api.anthropic.com alone"
    assert KEY not in repr(found)


def test_a_key_of_the_settings_is_told_and_never_shown(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_MODEL_API_KEY", KEY)
    monkeypatch.setenv("VIVEK_MODEL_BASE_URL", "https://models.example/v1")

    found = look({}, workspace)

    [key] = [finding for finding in found if finding.name == "key"]
    assert "models.example" in key.text
    assert KEY not in repr(found)
