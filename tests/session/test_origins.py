"""Where settings come from: the project's page, profiles, and what counts only with the user's trust."""

import os
from pathlib import Path

import pytest

from vivek.errors import ConfigError
from vivek.session.asked import trust_asked
from vivek.session.options import Choices
from vivek.session.origins import project_asks
from vivek.session.place import Place, open_place
from vivek.session.settings import Settings, load_settings
from vivek.session.trust import Trust


@pytest.fixture
def place(workspace: Path) -> Place:
    found = open_place(workspace)
    found.data.mkdir()
    return found


def write_user(text: str) -> None:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text)
    (folder / "config.toml").chmod(0o600)


def write_page(place: Place, *matter: str) -> None:
    (place.root / "vivek.md").write_text("\n".join(("---", *matter, "---", "# Till", "")))


def write_project(place: Place, text: str) -> None:
    (place.data / "config.toml").write_text(text)


def told(settings: Settings) -> list[str]:
    return [notice.text for notice in settings.notices]


def test_the_page_is_stronger_than_the_user_and_weaker_than_the_projects_file(place: Place) -> None:
    write_user('[session]\nmode = "coder"\ndepth = "full"\n[project]\nlint = "mine"\n')
    write_page(place, "mode: sdet", "depth: fast", "test: pytest -q")
    write_project(place, '[session]\ndepth = "auto"\n')

    settings = load_settings(place, Choices())

    assert (settings.session.mode, settings.session.depth) == ("sdet", "auto")
    assert [(each.kind, each.command, each.users) for each in settings.commands] == [
        ("test", "pytest -q", False),
        ("lint", "mine", True),
    ]
    said = settings.origins["session.mode"]
    assert (said.said_by, said.where) == (f"project ({place.root}/vivek.md:2)", f"{place.root}/vivek.md:2:1")


def test_the_page_knows_short_names_and_full_ones(place: Place) -> None:
    write_page(place, "languages: [python, sql]", "ignore:", "  - old/", "sampling.seed: 7", "aids:", "  facts: no")

    settings = load_settings(place, Choices())

    assert (settings.project.languages, settings.project.ignore) == (("python", "sql"), ("old/",))
    assert (settings.sampling.seed, settings.aids.facts) == (7, False)
    assert settings.notices == ()


@pytest.mark.parametrize(
    ("line", "text", "hint"),
    [
        ("mod: coder", "There is no setting `mod` ({page}:2:1); it is ignored.", "Did you mean `mode`?"),
        ("title: Till", "There is no setting `title` ({page}:2:1); it is ignored.", "There are: languages, test"),
        ("session.dept: fast", "There is no setting `session.dept` ({page}:2:1); it is ignored.", "`session.depth`"),
        ("session.approval: all", "`session.approval` may not be set by {page}:2; it is ignored.", "your own settings"),
        ("model.base_url: http://evil.example", "`model.base_url` may not be set by {page}:2", "your own settings"),
        ("model: ollama/x@http://evil.example", "`model.name` may not be set by {page}:2", "your own settings"),
        ("mode: [", "No setting of vivek.md is used: {page}, line 2, column 7: a list begins", "Correct the file."),
    ],
)
def test_what_a_page_may_not_say_is_told_with_its_place(line: str, text: str, hint: str, place: Place) -> None:
    write_page(place, line)

    settings = load_settings(place, Choices())

    [notice] = settings.notices
    assert notice.text.startswith(text.format(page=place.root / "vivek.md"))
    assert hint in notice.hint
    assert (settings.session.approval, settings.model.name, settings.model.base_url) == ("none", None, None)


def test_a_wrong_value_on_the_page_names_line_and_column(place: Place) -> None:
    write_page(place, "session:", "  depth: deep")

    with pytest.raises(ConfigError, match=r"`session\.depth` \(.*vivek\.md:3:3\) must be one of `fast`"):
        load_settings(place, Choices())


def test_a_page_that_leads_out_of_the_project_says_nothing(place: Place, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.md").write_text("---\nmode: coder\n---\n")
    (place.root / "vivek.md").symlink_to(tmp_path / "elsewhere.md")

    assert load_settings(place, Choices()).session.mode == "peer"


PROFILES = """\
[session]
depth = "full"
[profiles.ci.session]
depth = "fast"
approval = "edits"
[profiles.laptop.model]
window = "8k"
"""


def test_a_profile_is_stronger_than_every_file_and_weaker_than_variables_and_flags(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_user(PROFILES)
    write_project(place, '[session]\ndepth = "auto"\nmode = "sdet"\n[profiles.ci.session]\nmode = "coder"\n')

    usual, chosen = load_settings(place, Choices()), load_settings(place, Choices(profile="ci", interactive=True))

    assert (usual.session.depth, usual.session.mode) == ("auto", "sdet")
    assert (chosen.session.depth, chosen.session.mode, chosen.session.approval) == ("fast", "coder", "edits")
    assert chosen.origins["session.depth"].said_by.startswith("profile ci (")
    assert chosen.origins["session.depth"].said_by.endswith("config.toml:4)")
    monkeypatch.setenv("VIVEK_SESSION_DEPTH", "full")
    assert load_settings(place, Choices(profile="ci")).session.depth == "full"
    assert load_settings(place, Choices(profile="ci", depth="auto")).session.depth == "auto"


def test_a_variable_chooses_a_profile_but_switches_no_guard_off(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    write_user(PROFILES)
    monkeypatch.setenv("VIVEK_PROFILE", "ci")

    settings = load_settings(place, Choices(interactive=True))

    assert (settings.session.depth, settings.session.approval) == ("fast", "ask")
    assert [text for text in told(settings) if "session.approval" in text]
    assert load_settings(place, Choices(profile="laptop")).model.window == 8192


def test_a_profile_of_a_project_may_not_set_what_a_project_may_not(place: Place) -> None:
    write_project(place, '[profiles.ci.session]\napproval = "all"\n[profiles.ci.model]\nbase_url = "http://evil"\n')

    settings = load_settings(place, Choices(profile="ci", interactive=True))

    assert (settings.session.approval, settings.model.base_url) == ("ask", None)
    assert len(told(settings)) == 2


def test_an_unknown_profile_and_a_mistake_in_one_that_rests_are_told(place: Place) -> None:
    write_user('[profiles.ci.session]\ndept = "fast"\n')

    [notice] = load_settings(place, Choices()).notices
    assert "`session.dept`" in notice.text
    with pytest.raises(ConfigError, match=r"There is no profile `cii` \(--profile\)") as caught:
        load_settings(place, Choices(profile="cii"))
    assert caught.value.hint == "Did you mean `ci`?"


def test_a_key_is_not_sent_to_the_address_of_a_profile_that_it_was_not_entered_for(place: Place) -> None:
    write_user(
        '[model]\nname = "openai_compat/a"\nbase_url = "http://127.0.0.1:1"\napi_key = "abc"\n'
        '[profiles.far.model]\nbase_url = "http://127.0.0.1:2"\n'
        '[profiles.own.model]\nbase_url = "http://127.0.0.1:3"\napi_key = "def"\n'
    )

    far, own = (load_settings(place, Choices(profile=name)).model for name in ("far", "own"))

    assert far.api_key is not None
    assert own.api_key is not None
    assert (far.base_url, far.api_key.entered_for) == ("http://127.0.0.1:2", "http://127.0.0.1:1")
    assert (own.base_url, own.api_key.entered_for) == ("http://127.0.0.1:3", "http://127.0.0.1:3")


def test_a_project_chooses_a_model_only_with_trust_and_only_the_one_that_was_seen(place: Place) -> None:
    write_page(place, "model: ollama/qwen", "reviewer: ollama/big")

    before = load_settings(place, Choices())
    assert (before.model.name, before.model.reviewer) == (None, None)
    [notice] = before.notices
    assert "asks for `model.name` = 'ollama/qwen'" in notice.text
    assert "vivek trust settings" in notice.hint

    trust = Trust.open()
    for asked in project_asks(place):
        trust_asked(asked, place, trust)
    after = load_settings(place, Choices())
    assert (after.model.name, after.model.reviewer, after.notices) == ("ollama/qwen", "ollama/big", ())
    assert load_settings(place, Choices(model="ollama/mine")).model.name == "ollama/mine"

    write_page(place, "model: ollama/other", "reviewer: ollama/big")
    assert load_settings(place, Choices()).model.name is None


def test_the_profile_of_a_project_asks_for_itself(place: Place) -> None:
    write_project(place, '[profiles.ci.model]\nname = "ollama/small"\n')

    [asked] = project_asks(place)
    assert asked.source == ".vivek/config.toml [profiles.ci]"
    assert load_settings(place, Choices(profile="ci")).model.name is None
    trust_asked(asked, place, Trust.open())
    assert load_settings(place, Choices(profile="ci")).model.name == "ollama/small"
