from vivek.providers.catalog import did_you_mean, nearest

NAMES = ["qwen2.5-coder:7b", "qwen2.5-coder:1.5b", "llama3.2:3b", "nomic-embed-text:latest"]


def test_the_nearest_name_is_first() -> None:
    assert nearest("qwen2.5-codr:7b", NAMES)[0] == "qwen2.5-coder:7b"
    assert nearest("Llama3.2", NAMES)[0] == "llama3.2:3b"


def test_nothing_alike_is_offered_nothing() -> None:
    assert nearest("xyzzy", NAMES) == ()
    assert did_you_mean("xyzzy", NAMES) == ""
    assert did_you_mean("x", []) == ""


def test_an_offer_can_be_typed() -> None:
    assert did_you_mean("llama3.2:3", NAMES[2:], "ollama/") == "Did you mean `ollama/llama3.2:3b`?"
