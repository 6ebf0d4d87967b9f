"""Tells two model files apart without reading them whole."""

import hashlib
from pathlib import Path

_PLACES = 8
_BYTES = 16 * 1024


def load_fingerprint(path: Path) -> str:
    """Return what tells these weights from others, the same for every copy of the file wherever it lies.

    It is made of the size and of pieces from all over the file: its head and eight places in its weights, which
    differ between two models of the same shape.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as stream:
        size = stream.seek(0, 2)
        digest = hashlib.sha256(str(size).encode())
        for place in range(_PLACES + 1):
            stream.seek(max(0, size - _BYTES) * place // _PLACES)
            digest.update(stream.read(_BYTES))
    return f"sampled:{digest.hexdigest()[:32]}"
