import os
import struct
import zlib
from pathlib import Path

import pytest

from tests.pictures import gif, jpeg, png, webp
from vivek.errors import ConfigError
from vivek.project.pictures import MOST_BYTES, load_picture, media_type_of, mentioned

FORMS = {
    "png": (png(640, 480), "image/png"),
    "jpeg": (jpeg(640, 480), "image/jpeg"),
    "gif": (gif(640, 480), "image/gif"),
    "webp lossy": (webp(640, 480, b"VP8 "), "image/webp"),
    "webp lossless": (webp(640, 480, b"VP8L"), "image/webp"),
    "webp extended": (webp(640, 480, b"VP8X"), "image/webp"),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_first_bytes_tell_the_format_and_the_size_whatever_the_name(tmp_path: Path, form: str) -> None:
    data, kind = FORMS[form]
    (tmp_path / "shot.txt").write_bytes(data)

    picture, read = load_picture(tmp_path / "shot.txt")

    assert (picture.media_type, picture.width, picture.height, picture.name) == (kind, 640, 480, "shot.txt")
    assert read == data


def test_a_picture_is_worth_more_tokens_the_larger_it_is_within_bounds(tmp_path: Path) -> None:
    sizes = {}
    for side in (10, 1000, 20_000):
        (tmp_path / "shot.png").write_bytes(png(side, side))
        sizes[side] = load_picture(tmp_path / "shot.png")[0].tokens

    assert sizes == {10: 256, 1000: 1296, 20_000: 4096}


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_that_is_cut_off_in_its_head_is_refused(tmp_path: Path, form: str) -> None:
    data, _ = FORMS[form]
    for length in range(10):
        (tmp_path / "shot").write_bytes(data[:length])
        with pytest.raises(ConfigError):
            load_picture(tmp_path / "shot")


@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"BM" + bytes(60), b"\x00" * 100]
)
def test_other_files_are_refused_with_the_formats_there_are(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "drawing.svg").write_bytes(data)

    with pytest.raises(ConfigError) as caught:
        load_picture(tmp_path / "drawing.svg")

    assert "drawing.svg" in caught.value.message
    assert "PNG, JPEG, WebP and GIF" in caught.value.hint


def test_a_picture_of_no_size_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shot.png").write_bytes(png(0, 10))

    with pytest.raises(ConfigError, match="damaged"):
        load_picture(tmp_path / "shot.png")


def test_a_picture_that_is_too_large_is_refused_with_the_limit(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as stream:
        stream.write(png(10, 10))
        stream.truncate(MOST_BYTES + 1)

    with pytest.raises(ConfigError, match="20 MB"):
        load_picture(tmp_path / "huge.png")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (("missing.png", "does not exist"), (".", "is a folder"), ("pipe", "is no file")):
        with pytest.raises(ConfigError, match=reason):
            load_picture(tmp_path / name)


def test_a_jpeg_with_fill_bytes_and_a_thumbnail_before_its_frame_tells_its_own_size(tmp_path: Path) -> None:
    thumbnail = b"\xff\xe1" + struct.pack(">H", 2 + len(jpeg(9, 9))) + jpeg(9, 9)
    whole = jpeg(640, 480)
    (tmp_path / "photo.jpg").write_bytes(whole[:2] + thumbnail + b"\xff" + whole[2:])

    assert load_picture(tmp_path / "photo.jpg")[0].line == "[picture photo.jpg, 640x480]"


def test_pictures_are_mentioned_by_an_at_sign_and_nothing_else_is(tmp_path: Path) -> None:
    for name in ("shot.png", "a shot.png", "sub.png"):
        (tmp_path / name).write_bytes(png(2, 2))
    (tmp_path / "app.py").write_text("print()")
    text = 'see @shot.png, (@sub.png) and @"a shot.png"; not @app.py, @missing.png, me@shot.png. @shot.png again'

    assert mentioned(text, tmp_path) == [tmp_path / name for name in ("shot.png", "sub.png", "a shot.png")]
    assert mentioned(f"@{tmp_path}/shot.png", Path("/")) == [tmp_path / "shot.png"]
    assert mentioned("nothing here @ or @@ or @\0", tmp_path) == []


def test_the_pictures_of_the_tests_are_whole() -> None:
    data = png(3, 2)
    start = data.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", data[start - 8 : start - 4])
    assert len(zlib.decompress(data[start : start + length])) == 2 * (1 + 3 * 3)
    assert media_type_of(b"\x89PNG") is None
