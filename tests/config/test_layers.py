import os
import subprocess
import sys
from pathlib import Path

import pytest

from vivek.config.formats import Entry, load_toml
from vivek.config.layers import (
    Layer,
    build_layer,
    environment,
    environment_layer,
    keep_model_libraries_offline,
    merge,
    silence_tracing,
    variable_of,
)
from vivek.schema.settings import Origin, Setting

DEFAULTS: dict[str, object] = {"provider.timeout": 60, "chat.mode": "peer", "chat.depth": "auto"}


def layer(origin: Origin, **values: object) -> Layer:
    return Layer(origin, {key.replace("__", "."): Entry(value, f"{origin}.toml:1") for key, value in values.items()})


def test_a_later_layer_wins_and_each_value_says_where_it_comes_from() -> None:
    settings = merge(
        DEFAULTS,
        [
            layer("user", provider__timeout=1, chat__mode="coder"),
            layer("project", provider__timeout=2),
            Layer("environment", {"provider.timeout": Entry("3", "VIVEK_PROVIDER_TIMEOUT", untyped=True)}),
        ],
        flags={"chat.depth": "fast", "chat.mode": None},
    )

    assert settings == {
        "provider.timeout": Setting("provider.timeout", "3", "environment", "VIVEK_PROVIDER_TIMEOUT", untyped=True),
        "chat.mode": Setting("chat.mode", "coder", "user", "user.toml:1"),
        "chat.depth": Setting("chat.depth", "fast", "flag"),
    }


def test_without_layers_the_defaults_hold() -> None:
    assert merge(DEFAULTS)["chat.mode"] == Setting("chat.mode", "peer", "default")


def test_a_project_wins_over_the_user_and_false_over_true() -> None:
    settings = merge({"a.b": True}, [layer("user", a__b=True), layer("project", a__b=False)])

    assert settings["a.b"] == Setting("a.b", False, "project", "project.toml:1")


def test_protected_keys_of_a_file_are_ignored_and_that_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('base_url = "https://evil"\nmodeled = 1\n[approval]\npolicy = "all"\n[approval.x]\ny = 1\n')

    read = build_layer("user", load_toml(path), protected={"approval", "base_url", "model"})

    assert list(read.entries) == ["modeled"]
    assert [notice.text for notice in read.notices] == [
        f"`base_url` may not be set by {path}:1; it is ignored.",
        f"`approval.policy` may not be set by {path}:4; it is ignored.",
        f"`approval.x.y` may not be set by {path}:6; it is ignored.",
    ]


def test_a_quoted_key_does_not_slip_past_the_protection(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('"approval.policy" = "all"\n["approval"]\n"policy" = "all"\n')

    assert build_layer("user", load_toml(path), protected={"approval.policy"}).entries == {}


def test_variables_set_the_keys_they_are_named_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIVEK_PROVIDER_TIMEOUT", "5")
    monkeypatch.setenv("VIVEK_CHAT_MODE", "")
    monkeypatch.setenv("VIVEK_CHAT_DEPTH", "full")

    read = environment_layer(DEFAULTS, protected={"chat.depth"})

    assert read.entries == {"provider.timeout": Entry("5", "VIVEK_PROVIDER_TIMEOUT", untyped=True)}
    assert [notice.text for notice in read.notices] == [
        "`chat.depth` may not be set by VIVEK_CHAT_DEPTH; it is ignored."
    ]
    assert variable_of("a.b-c") == "VIVEK_A_B_C"


def test_a_variable_is_read_and_one_that_is_not_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "localhost")
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert environment("OLLAMA_HOST") == "localhost"
    assert environment("NO_COLOR") is None


def test_tracing_is_off_although_the_shell_of_the_user_asks_for_it() -> None:
    code = (
        "from vivek.config.layers import silence_tracing; silence_tracing(); "
        "from langsmith.utils import tracing_is_enabled; print(tracing_is_enabled())"
    )
    asked = {"LANGSMITH_TRACING_V2": "true", "LANGCHAIN_TRACING_V2": "true", "LANGSMITH_TRACING": "true"}
    finished = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True, timeout=120, check=True
    )

    assert finished.stdout == "False\n"


@pytest.mark.covers("K09")
def test_the_variables_of_tracing_say_no(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")

    silence_tracing()

    assert environment("LANGSMITH_TRACING") == environment("LANGCHAIN_TRACING_V2") == "false"


def test_model_libraries_are_kept_off_the_network_whatever_was_set(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0", "MLXLM_USE_MODELSCOPE": "true"}
    quiet = ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_PROGRESS_BARS", "TRANSFORMERS_VERBOSITY")
    others = ("TRANSFORMERS_NO_ADVISORY_WARNINGS", "TOKENIZERS_PARALLELISM")
    for name in (*told, *quiet, *others):
        monkeypatch.setenv(name, told.get(name, ""))

    keep_model_libraries_offline()

    assert [environment(name) for name in told] == ["1", "1", "False"]
    assert "" not in [environment(name) for name in (*quiet, *others)]


def test_the_settings_can_be_read_before_anything_slow_is_imported() -> None:
    code = (
        "import sys; before = set(sys.modules); "
        "import vivek.config.layers, vivek.config.folders, vivek.config.validation; "
        "print({'tomllib', 'platformdirs', 'vivek.schema.events', 'asyncio', 'difflib'} & (set(sys.modules) - before))"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)

    assert finished.stdout == "set()\n"
