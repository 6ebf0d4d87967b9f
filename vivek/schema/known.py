"""What was measured of a model on a server, kept between runs and shareable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from vivek.schema.counts import Calibration
from vivek.schema.request import Sampling

ToolWay = Literal["native", "text", "none"]
ThinkingWay = Literal["none", "switchable", "always"]


@dataclass(frozen=True, slots=True)
class Known:
    """Measurements of one model on one server; None means not measured.

    Attributes:
        model: `provider/model`.
        digest: What tells these weights from others of the same name, as the server said when it was measured.
        probed: Date of the probe (`2026-11-21`), "" when only speeds of ordinary turns are known.
        schema: Whether a JSON schema is enforced.
        tools: How it calls tools: in the server's own way, as text, or not at all.
        edits: For each edit dialect, how many of the built-in cases it solved, as (solved, tried).
        needles: Whether a fact at the begin and at the end of the window was found.
        thinking: Whether it thinks, and whether that can be switched off.
        prefill_rate: Tokens of prompt computed in a second.
        decode_rate: Tokens of reply written in a second.
        load_seconds: Time to load it.
        sampling: The sampling that did best, where it was compared.
        tokens: What its server's counts taught about its tokens.
    """

    model: str
    digest: str | None = None
    probed: str = ""
    schema: bool | None = None
    tools: ToolWay | None = None
    edits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    needles: tuple[bool, bool] | None = None
    thinking: ThinkingWay | None = None
    prefill_rate: float | None = None
    decode_rate: float | None = None
    load_seconds: float | None = None
    sampling: Sampling = field(default_factory=Sampling)
    tokens: Calibration = field(default_factory=Calibration)

    @property
    def learned(self) -> Mapping[str, object]:
        """What every turn measures anew, by name."""
        return {name: getattr(self, name) for name in ("prefill_rate", "decode_rate", "load_seconds", "tokens")}
