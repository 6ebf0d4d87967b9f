"""The head of a model file: what it says, and that no file can hurt."""

import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.tiny_model import PARAMETERS, TinyModel
from tests.providers.engine.files import CHAT, gguf, text
from vivek.providers.engine.metadata import GgufError, load_head


def file(folder: Path, data: bytes) -> Path:
    path = folder / "model.gguf"
    path.write_bytes(data)
    return path


def with_value(kind_and_value: bytes) -> bytes:
    """A file with one key, whose value is given as bytes."""
    return b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text("key") + kind_and_value


def test_head_of_the_tiny_model_is_read_whole(tiny_model: TinyModel) -> None:
    head = load_head(tiny_model.q8_0)

    assert head.parameters == PARAMETERS
    assert head.values["qwen2.context_length"] == 32_768
    assert "<|im_start|>" in str(head.values["tokenizer.chat_template"])
    assert "tokenizer.ggml.tokens" not in head.values


def test_every_scalar_type_is_read(tmp_path: Path) -> None:
    numbers = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
    for kind, layout in numbers.items():
        data = with_value(struct.pack("<I", kind) + struct.pack(layout, 1))

        assert load_head(file(tmp_path, data)).values == {"key": 1}


def test_short_arrays_of_numbers_are_kept_and_long_ones_read_over(tmp_path: Path) -> None:
    head = load_head(file(tmp_path, gguf({"heads": [8, 0, 8], "scores": [1] * 1_025, "none": [], "after": "it"})))

    assert head.values == {"heads": (8, 0, 8), "after": "it"}


def test_many_arrays_of_numbers_cannot_fill_the_memory(tmp_path: Path) -> None:
    head = load_head(file(tmp_path, gguf({f"array.{number}": [7] * 1_024 for number in range(100)})))

    assert sum(len(value) for value in head.values.values() if isinstance(value, tuple)) == 2**16


def test_file_shorter_than_its_tensors_is_called_incomplete(tmp_path: Path) -> None:
    data = gguf(CHAT, [(64, 32), (64,), (64,)])

    with pytest.raises(GgufError, match="incomplete download"):
        load_head(file(tmp_path, data[: len(data) - 64 - 300]))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "ends before"),
        (b"GGU", "ends before"),
        (b"PK\x03\x04 something else", "no GGUF file"),
        (b"GGUF" + struct.pack(">I", 3), "version is 50331648"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "version is 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**63, 0), "announces 9223372036854775808 entries"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**40), "announces 1099511627776 entries"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62), "announces"),
        (with_value(struct.pack("<I", 13)), "unknown type 13"),
        (with_value(struct.pack("<IQ", 8, 2**20 + 1)), "announces"),
        (with_value(struct.pack("<IIQ", 9, 9, 1)), "array has the unknown type 9"),
        (with_value(struct.pack("<IIQ", 9, 8, 2**40)), "announces"),
        (with_value(struct.pack("<IIQ", 9, 8, 2**22)), "ends before"),
        (with_value(struct.pack("<IIQ", 9, 0, 2**40)), "announces"),
        (with_value(struct.pack("<IIQ", 9, 12, 2**26)), "ends before"),
        (with_value(struct.pack("<IIQQ", 9, 8, 1, 2**63)), "ends before"),
        (b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + text("t") + struct.pack("<I", 9), "announces 9 entries"),
    ],
)
def test_damaged_head_is_refused_with_its_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(GgufError, match=reason):
        load_head(file(tmp_path, data))


def test_many_arrays_cannot_multiply_the_limit_of_strings(tmp_path: Path) -> None:
    empty_strings = struct.pack("<IIQ", 9, 8, 2**20) + bytes(8 * 2**20)
    pairs = b"".join(text(f"array.{number}") + empty_strings for number in range(5))

    with pytest.raises(GgufError, match="more strings than a vocabulary"):
        load_head(file(tmp_path, b"GGUF" + struct.pack("<IQQ", 3, 0, 5) + pairs))


def test_large_file_costs_no_more_memory_than_its_head(tmp_path: Path) -> None:
    path = file(tmp_path, gguf())
    with path.open("r+b") as stream:
        stream.truncate(2**33)  # a hole: 8 GiB that take no room

    tracemalloc.start()
    load_head(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * 2**20


WHOLE = gguf()


@settings(max_examples=300, deadline=None)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=12),
    length=st.integers(0, len(WHOLE)),
)
def test_any_damage_ends_in_a_head_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], length: int
) -> None:
    data = bytearray(WHOLE)
    for place, byte in changes:
        data[place] = byte
    path = file(tmp_path_factory.getbasetemp(), bytes(data[:length]))

    try:
        load_head(path)
    except GgufError as error:
        assert str(error)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_after_the_magic_end_in_a_head_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes
) -> None:
    path = file(tmp_path_factory.getbasetemp(), b"GGUF\x03\x00\x00\x00" + junk)

    try:
        load_head(path)
    except GgufError as error:
        assert str(error)
