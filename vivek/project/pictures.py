"""Pictures that the user names: read, recognised by their first bytes, measured. Never decoded, never changed."""

import hashlib
import re
import struct
from collections.abc import Iterator
from pathlib import Path

from vivek.errors import ConfigError
from vivek.schema.messages import MediaType
from vivek.schema.pictures import Picture

MOST_BYTES = 20 * 1024 * 1024
MOST_PICTURES = 8
FORMATS = "PNG, JPEG, WebP and GIF"

_HEAD = 32
_MENTION = re.compile(r'(?:^|(?<=[\s(]))@(?:"([^"\n]+)"|(\S+))')
_SIZE_IN_JPEG = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_AFTER_A_PATH = ".,;:!?)]}'"

Size = tuple[int, int]


def mentioned(text: str, here: Path) -> list[Path]:
    """Return the picture files that a text names as `@shot.png` or `@"a shot.png"`, each once.

    A name counts when such a file is there and its first bytes are those of a picture: `@src/app.py` is no picture.

    Args:
        text: What the user typed.
        here: What relative paths start from.
    """
    found: dict[Path, None] = {}
    for match in _MENTION.finditer(text):
        quoted, bare = match.groups()
        names = [quoted] if quoted else [bare, bare.rstrip(_AFTER_A_PATH)]
        for name in names:
            path = here / Path(name).expanduser()
            if _looks_like_one(path):
                found[path] = None
                break
    return list(found)


def load_picture(path: Path) -> tuple[Picture, bytes]:
    """Return a picture and its bytes.

    Raises:
        ConfigError: If it cannot be read, is too large, or is no picture of a known format.
    """
    try:
        if not path.is_file():
            reason = "is a folder" if path.is_dir() else "is no file" if path.exists() else "does not exist"
            msg = f"The picture {path} {reason}."
            raise ConfigError(msg, hint=f"Give a file: {FORMATS}.")
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        msg = f"The picture {path} cannot be read: {error.strerror}."
        raise ConfigError(msg, hint="Check its rights.") from error
    if len(data) > MOST_BYTES:
        msg = f"The picture {path} is larger than {MOST_BYTES // 2**20} MB, the most that is sent."
        raise ConfigError(msg, hint="Make it smaller, or cut out the part that matters.")
    kind = media_type_of(data)
    size = _size_of(kind, data) if kind else None
    if kind is None or size is None:
        what = "is empty" if not data else "is none that models can be shown, or it is damaged"
        raise ConfigError(f"The picture {path} {what}.", hint=f"Formats are {FORMATS}.")
    return Picture(path.name, kind, hashlib.sha256(data).hexdigest(), *size), data


def media_type_of(data: bytes) -> MediaType | None:
    """Return the format that the first bytes of a file tell, None for any other."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def _looks_like_one(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return media_type_of(stream.read(_HEAD)) is not None
    except (OSError, ValueError):
        return False


def _size_of(kind: MediaType, data: bytes) -> Size | None:
    """Return width and height in pixels, None when the file is cut or says nonsense."""
    try:
        match kind:
            case "image/png":
                size = struct.unpack(">II", data[16:24]) if data[12:16] == b"IHDR" else (0, 0)
            case "image/gif":
                size = struct.unpack("<HH", data[6:10])
            case "image/jpeg":
                size = next(_sizes_in_jpeg(data), (0, 0))
            case "image/webp":
                size = _size_in_webp(data)
    except (struct.error, IndexError):
        return None
    width, height = size
    return (width, height) if width > 0 and height > 0 else None


def _sizes_in_jpeg(data: bytes) -> Iterator[Size]:
    """Yield the sizes that the frame headers tell: segments are walked, their contents are not read."""
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:  # a byte that only fills
            place += 1
            continue
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        if marker in _SIZE_IN_JPEG:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            yield width, height
        place += 2 + length


def _size_in_webp(data: bytes) -> Size:
    """Return the size from the first chunk: lossy, lossless or extended (RFC 9649)."""
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack("<I", data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        case _:
            return 0, 0
