import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.config.writing import write_settings
from vivek.errors import ConfigError

TEXT = """\
# my settings
[session]
depth = "fast"  # quick ones

[model]  # which one
name = "ollama/old:7b"  # was good
# the key is elsewhere
window = 8192
"""


def test_a_value_is_changed_and_everything_else_stays(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)

    write_settings(path, {"model.name": "ollama/new:3b", "model.base_url": "http://127.0.0.1:1"})

    expected = TEXT.replace("ollama/old:7b", "ollama/new:3b") + 'base_url = "http://127.0.0.1:1"\n'
    assert path.read_text() == expected


def test_a_missing_file_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "vivek" / "config.toml"

    write_settings(path, {"model.name": "ollama/a"})

    assert path.read_text() == '[model]\nname = "ollama/a"\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]


def test_none_removes_a_value(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TEXT)

    write_settings(path, {"model.window": None, "nowhere.at.all": None})

    assert path.read_text() == TEXT.replace("window = 8192\n", "")


@pytest.mark.parametrize(
    "text",
    [
        'model.name = "a"\n# end\n',
        'model = { name = "a", window = 1 }\n',
        '[model]\nname = "a"\n\n[session]\nmode = "peer"\n\n[model.more]\nx = 1\n',
        "\ufeff[model]\r\nname = 'a'\r\n# end\r\n",
        "[session]\nmode = 'peer'",
    ],
)
def test_a_table_is_found_however_it_is_written(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode())
    before = tomllib.loads(text.removeprefix("\ufeff"))

    write_settings(path, {"model.name": "b"})

    after = tomllib.loads(path.read_text())
    assert after.pop("model") == {**before.pop("model", {}), "name": "b"}
    assert after == before
    assert ("# end" in path.read_text()) is ("# end" in text)


def test_new_lines_end_as_those_of_the_file_do(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"[session]\r\n\tdepth = 'fast'\t# quick\r\n")

    write_settings(path, {"session.mode": "coder", "model.name": "ollama/new"})

    data = path.read_bytes()
    assert data.startswith(b"[session]\r\n\tdepth = 'fast'\t# quick\r\n")
    assert b'mode = "coder"\r\n' in data
    assert data.count(b"\n") == data.count(b"\r\n")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("settings") / "config.toml"

    write_settings(path, {"model.name": text})

    assert tomllib.loads(path.read_bytes().decode())["model"]["name"] == text


@pytest.mark.parametrize("text", ["[model\nname = 1\n", "a = 1\na = 2\n", "x = \xff"])
def test_a_broken_file_is_told_with_its_place_and_kept(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(text.encode("latin-1"))

    with pytest.raises(ConfigError, match=r"config\.toml, line \d, column \d"):
        write_settings(path, {"model.name": "b"})

    assert path.read_bytes() == text.encode("latin-1")


def test_a_value_where_a_table_should_be_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("model = 3\n")

    with pytest.raises(ConfigError, match="no table"):
        write_settings(path, {"model.name": "b"})

    assert path.read_text() == "model = 3\n"


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "vivek.toml"
    real.parent.mkdir()
    real.write_text("# mine\n")
    path = tmp_path / "config.toml"
    path.symlink_to(real)

    write_settings(path, {"model.name": "a"})

    assert path.is_symlink()
    assert real.read_text() == '# mine\n\n[model]\nname = "a"\n'


def test_a_file_that_cannot_be_written_is_told_and_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match=r"cannot be (written|read)"):
        write_settings(tmp_path / "file" / "config.toml", {"model.name": "a"})
