import os
from pathlib import Path

import pytest

from tests.workspace.forking import as_nobody
from vivek.config.formats import Entry, load_toml, parse_toml
from vivek.errors import ConfigError

TEXT = """\
# Settings
mode = "coder"
depth = "fast" # trailing

[provider]
timeout = 30
"quoted key" = 1
nested.key = true
inline = { a = 1, b = [1, 2] }

[ provider . "deep" ]
x = [
  1,
]
"""


def write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    return path


def test_values_come_under_dotted_keys_with_the_line_they_stand_on(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.encode())

    assert load_toml(path) == {
        "mode": Entry("coder", f"{path}:2", 1),
        "depth": Entry("fast", f"{path}:3", 1),
        "provider.timeout": Entry(30, f"{path}:6", 1),
        "provider.quoted key": Entry(1, f"{path}:7", 1),
        "provider.nested.key": Entry(True, f"{path}:8", 1),
        "provider.inline.a": Entry(1, f"{path}:9", 1),
        "provider.inline.b": Entry([1, 2], f"{path}:9", 1),
        "provider.deep.x": Entry([1], f"{path}:12", 1),
    }


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert load_toml(tmp_path / "none.toml") == {}


def test_a_byte_order_mark_and_windows_lines_do_no_harm(tmp_path: Path) -> None:
    assert load_toml(write(tmp_path, b"\xef\xbb\xbfa = 1\r\n"))["a"].value == 1


@pytest.mark.covers("F-H05")
@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a = 1\nb = = 2\n", "line 2, column 5"),
        (b"a = 'x", "line 1, column 7"),
        (b"a = 1\nb = '\xe9'\n", "line 2, column 6: the file is not valid UTF-8"),
        (b"a = 1\na = 2\n", "line 2, column"),
    ],
)
def test_a_malformed_file_is_named_with_line_and_column(tmp_path: Path, data: bytes, place: str) -> None:
    path = write(tmp_path, data)

    with pytest.raises(ConfigError) as caught:
        load_toml(path)

    assert caught.value.message.startswith(f"{path}, {place}")
    assert caught.value.hint


def test_a_pipe_a_folder_and_a_huge_file_are_refused_without_reading_them(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(ConfigError, match="it is no file"):
        load_toml(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="it is no file"):
        load_toml(tmp_path)
    with pytest.raises(ConfigError, match="larger"):
        load_toml(write(tmp_path, b"#" * 2_000_000))


def test_a_name_that_cannot_exist_is_an_error_and_no_crash(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_toml(tmp_path / ("x" * 300))


@pytest.mark.covers("D10")
def test_a_text_nested_without_end_is_an_error_and_no_crash() -> None:
    with pytest.raises(ConfigError):
        parse_toml("a = " + "[" * 100_000, Path("config.toml"))


def test_dots_in_texts_are_no_depth(tmp_path: Path) -> None:
    path = write(tmp_path, f'a = "{"x." * 500}"\nb = \'{"y." * 500}\'\nc."{"z." * 500}" = 1\n'.encode())

    assert len(load_toml(path)) == 3


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, b"a = 1\n")
    path.chmod(0)
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)

    def read() -> None:
        with pytest.raises(ConfigError, match="cannot be read: Permission denied") as caught:
            load_toml(path)
        assert str(path) in caught.value.message

    as_nobody(read)
