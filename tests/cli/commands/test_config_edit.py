"""`vivek config edit`: the text is checked before it counts."""

import os
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Vivek

TEXT = '# mine\n[session]\ndepth = "fast"  # quick ones\n'


@pytest.fixture
def file() -> Path:
    folder = Path(os.environ["XDG_CONFIG_HOME"]) / "vivek"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(TEXT)
    (folder / "config.toml").chmod(0o600)
    return folder / "config.toml"


def edit_with(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an editor of some lines of Python that change `text`."""
    script = tmp_path / "editor.py"
    lines = ["import pathlib, sys", "path = pathlib.Path(sys.argv[1])", "text = path.read_text()", code]
    script.write_text("\n".join([*lines, "path.write_text(text)", ""]))
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")


def test_an_edit_counts_once_it_is_good(
    vivek: Vivek, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_with("text = text.replace('fast', 'auto')", tmp_path, monkeypatch)

    code, out, err = vivek("config", "edit")

    assert (code, out) == (0, "")
    assert err == f"in force: {file}\n"
    assert file.read_text() == TEXT.replace("fast", "auto")


def test_an_edit_leaves_the_line_ends_of_the_file(
    vivek: Vivek, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(TEXT.replace("\n", "\r\n").encode())
    written = file.stat()

    monkeypatch.setenv("EDITOR", "true")
    assert vivek("config", "edit")[0] == 0
    assert file.stat() == written, "nothing was edited"
    edit_with("text = text.replace('fast', 'auto')", tmp_path, monkeypatch)
    assert vivek("config", "edit")[0] == 0

    assert file.read_bytes() == TEXT.replace("fast", "auto").replace("\n", "\r\n").encode()


def test_a_bad_edit_is_kept_beside_the_file_that_stays_as_it_was(
    vivek: Vivek, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit_with("text = text.replace('\"fast\"', 'fast')", tmp_path, monkeypatch)

    code, _, err = vivek("config", "edit")

    kept = file.with_name("config.toml.rejected")
    assert (code, file.read_text()) == (2, TEXT)
    assert kept.read_text() == TEXT.replace('"fast"', "fast")
    assert f"{file}, line 3, column" in err
    assert str(kept) in err
