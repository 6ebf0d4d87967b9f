"""A picture that was shown in a conversation."""

import math
from dataclasses import dataclass

from vivek.schema.messages import MediaType

_PATCH = 28  # pixels a side that one token stands for in the picture models that tell it (Qwen-VL)
_LEAST, _MOST = 256, 4096


@dataclass(frozen=True, slots=True)
class Picture:
    """What is kept of a picture beside its bytes.

    Attributes:
        name: The file's name, as the model is told it.
        media_type: Its format.
        sha: SHA-256 (hex) of its bytes in the content store.
        width: Pixels.
        height: Pixels.
    """

    name: str
    media_type: MediaType
    sha: str
    width: int
    height: int

    @property
    def tokens(self) -> int:
        """About how many tokens it takes; no server tells before, and each kind of model counts in its own way."""
        patches = math.ceil(self.width / _PATCH) * math.ceil(self.height / _PATCH)
        return min(max(patches, _LEAST), _MOST)

    @property
    def line(self) -> str:
        """How it is named where it cannot be seen."""
        return f"[picture {self.name}, {self.width}x{self.height}]"
