"""What was measured of models is kept, can be copied, and is never trusted to be whole."""

import json
import logging
import stat
from pathlib import Path

import pytest

from vivek.errors import ConfigError
from vivek.providers.spec import ModelSpec
from vivek.schema.counts import Calibration, TokenReport
from vivek.schema.known import Known
from vivek.schema.request import Sampling
from vivek.session.models.known import KnownModels
from vivek.session.models.known_text import LARGEST, dump_known, parse_known

SPEC = ModelSpec("ollama", "qwen2.5-coder:7b")
HERE = "http://127.0.0.1:11434"
FULL = Known(
    model="ollama/qwen2.5-coder:7b",
    digest="sha256:1a2b",
    probed="2026-11-21",
    schema=True,
    tools="text",
    edits={"whole": (3, 3), "search_replace": (1, 3)},
    needles=(True, False),
    thinking="switchable",
    prefill_rate=150.5,
    decode_rate=11.0,
    load_seconds=4.0,
    sampling=Sampling(temperature=0.2, top_k=20, seed=7),
    tokens=Calibration("qwen", (TokenReport(900, 40, 0, 4, 1_012), TokenReport(2_000, 0, 30, 6, 2_260)), 0.0125),
)
REPORT = {"plain": 9, "digits": 0, "other": 0, "messages": 2, "read": 20}


@pytest.fixture
def models(tmp_path: Path) -> KnownModels:
    return KnownModels(tmp_path / "models")


def test_what_is_kept_is_found_again_by_its_owner_alone(models: KnownModels) -> None:
    models.save(SPEC, HERE, FULL)

    assert models.load(SPEC, HERE) == models.load(SPEC, HERE + "/") == FULL
    path = models.path(SPEC, HERE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_another_server_or_model_is_not_known(models: KnownModels) -> None:
    models.save(SPEC, HERE, FULL)

    assert models.load(SPEC, "http://10.0.0.5:11434") == Known(str(SPEC))
    assert models.load(ModelSpec("ollama", "qwen2.5-coder:3b"), HERE, "sha256:9") == Known(
        "ollama/qwen2.5-coder:3b", digest="sha256:9"
    )


def test_other_weights_of_the_same_name_were_not_measured(models: KnownModels) -> None:
    models.save(SPEC, HERE, FULL)

    assert models.load(SPEC, HERE, "sha256:1a2b") == FULL
    assert models.load(SPEC, HERE, "sha256:other") == Known(str(SPEC), digest="sha256:other")


def test_a_model_file_is_known_wherever_it_lies(models: KnownModels) -> None:
    one, other = ModelSpec("local", "/home/ann/m/coder-3b.gguf"), ModelSpec("local", "coder-3b.gguf")

    assert models.path(one, "file:///home/ann/m/coder-3b.gguf") == models.path(other, "")


def test_a_file_names_no_place_and_no_key(models: KnownModels) -> None:
    models.save(SPEC, "http://ann:secret@10.0.0.5:11434", FULL)
    path = models.path(SPEC, "http://ann:secret@10.0.0.5:11434")

    assert path.name.startswith("ollama-qwen2.5-coder-7b-")
    for hidden in ("secret", "10.0.0.5", "11434"):
        assert hidden not in path.name + path.read_text()


def test_a_model_with_a_wild_name_has_a_plain_file(models: KnownModels) -> None:
    path = models.path(ModelSpec("openai_compat", "../../../etc/passwd\x00 '\"" + "x" * 500), HERE)

    assert path.parent == models.path(SPEC, HERE).parent
    assert len(path.name) < 100
    assert path.name.isascii()


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"version": 1, "known": []}', b"{}" * LARGEST]
)
def test_a_damaged_file_is_set_aside_and_logged(
    data: bytes, models: KnownModels, caplog: pytest.LogCaptureFixture
) -> None:
    path = models.path(SPEC, HERE)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING, "vivek"):
        assert models.load(SPEC, HERE) == Known(str(SPEC))

    assert "set aside" in caplog.text
    assert not path.exists()
    assert path.with_suffix(".damaged").read_bytes() == data
    models.save(SPEC, HERE, FULL)
    assert models.load(SPEC, HERE) == FULL


def test_a_folder_that_cannot_be_written_is_no_matter(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "models").write_text("in the way")
    models = KnownModels(tmp_path / "models")
    with caplog.at_level(logging.WARNING, "vivek"):
        models.save_learned(SPEC, HERE, FULL)

    assert "cannot be kept" in caplog.text


def test_speeds_join_what_a_probe_left_meanwhile(models: KnownModels) -> None:
    seen = models.load(SPEC, HERE, "sha256:1a2b")
    models.save(SPEC, HERE, FULL)
    tokens = Calibration("qwen", (TokenReport(900, 0, 0, 4, 1_000),), 0.02)
    models.save_learned(SPEC, HERE, Known(seen.model, digest=seen.digest, decode_rate=9.0, tokens=tokens))

    now = models.load(SPEC, HERE)
    assert (now.decode_rate, now.prefill_rate, now.tokens) == (9.0, None, tokens)
    assert (now.edits, now.probed) == (FULL.edits, FULL.probed)


def test_a_copied_file_says_the_same() -> None:
    assert parse_known(dump_known(FULL).encode()) == FULL
    assert parse_known(dump_known(Known("x")).encode()) == Known("x")


def spoiled(**values: object) -> bytes:
    plain = json.loads(dump_known(FULL))
    plain["known"] |= values
    return json.dumps(plain).encode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": 7},
        {"model": "x\x1b[2J"},
        {"model": "x" * 201},
        {"digest": []},
        {"schema": "yes"},
        {"tools": "telepathy"},
        {"tools": ["text"]},
        {"thinking": 1},
        {"decode_rate": "fast"},
        {"decode_rate": True},
        {"decode_rate": -1},
        {"decode_rate": 0},
        {"decode_rate": float("inf")},
        {"decode_rate": float("nan")},
        {"prefill_rate": 10**300},
        {"load_seconds": 1e12},
        {"needles": [True]},
        {"needles": [1, 0]},
        {"edits": {"whole": [4, 3]}},
        {"edits": {"whole": 3}},
        {"edits": {"../x": [1, 1]}},
        {"edits": {f"d{number}": [1, 1] for number in range(30)}},
        {"sampling": []},
        {"sampling": {"temperature": 500}},
        {"sampling": {"top_k": 1.5}},
        {"sampling": {"seed": -1}},
        {"tokens": []},
        {"tokens": {"reports": 3}},
        {"tokens": {"reports": [[1, 2, 3]]}},
        {"tokens": {"reports": [REPORT | {"read": -1}]}},
        {"tokens": {"reports": [REPORT | {"plain": 1.5}]}},
        {"tokens": {"reports": [REPORT | {"read": True}]}},
        {"tokens": {"reports": [REPORT | {"read": 10**12}]}},
        {"tokens": {"reports": [{"plain": 9}]}},
        {"tokens": {"reports": [REPORT] * 101}},
        {"tokens": {"tables": "../x"}},
        {"tokens": {"tables": 7}},
        {"tokens": {"error": 2}},
        {"tokens": {"error": ""}},
        {"tokens": {"error": float("nan")}},
    ],
)
def test_a_value_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=next(iter(wrong))) as error:
        parse_known(spoiled(**wrong))
    assert "probe" in error.value.hint


def test_a_file_of_another_form_is_refused_and_a_new_field_is_not() -> None:
    whole = json.loads(dump_known(FULL))

    with pytest.raises(ConfigError, match="form 2"):
        parse_known(json.dumps(whole | {"version": 2}).encode())
    whole["known"]["later"] = {"a": 1}
    assert parse_known(json.dumps(whole).encode()) == FULL


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(ConfigError, match="too large"):
        parse_known(dump_known(FULL).encode() + b" " * LARGEST)


def test_a_file_nested_without_end_is_refused() -> None:
    with pytest.raises(ConfigError, match="no JSON"):
        parse_known(b"[" * 60_000)
