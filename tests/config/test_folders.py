import pwd
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vivek.config.folders import config_folder, home_folder, state_folder
from vivek.errors import ConfigError

NAMED = [("VIVEK_STATE_DIR", state_folder), ("VIVEK_CONFIG_DIR", config_folder)]


@pytest.mark.parametrize(("variable", "folder"), NAMED)
def test_a_variable_of_vivek_says_where_a_folder_is(
    variable: str, folder: Callable[[], Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "chosen"))

    assert folder() == tmp_path / "chosen"
    assert not folder().exists()


@pytest.mark.parametrize(("variable", "folder"), NAMED)
def test_a_folder_that_depends_on_where_vivek_starts_is_refused(
    variable: str, folder: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "here")

    with pytest.raises(ConfigError, match="`here` is no absolute path") as caught:
        folder()
    assert variable in caught.value.hint


@pytest.mark.skipif(sys.platform == "darwin", reason="the variables of the XDG are those of Linux")
def test_else_the_platform_says_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable, _ in NAMED:
        monkeypatch.delenv(variable, raising=False)
    for name in ("STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))

    assert [folder() for _, folder in NAMED] == [tmp_path / name / "vivek" for name in ("STATE", "CONFIG")]


def test_the_home_folder_is_that_of_the_environment(home: Path) -> None:
    assert home_folder() == home


def test_a_home_folder_nobody_knows_is_an_error_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "nowhere")

    with pytest.raises(ConfigError, match="`nowhere`"):
        home_folder()

    def no_such_user(number: int) -> pwd.struct_passwd:
        raise KeyError(number)

    monkeypatch.delenv("HOME")
    monkeypatch.setattr(pwd, "getpwuid", no_such_user)
    with pytest.raises(ConfigError, match="not known"):
        home_folder()
