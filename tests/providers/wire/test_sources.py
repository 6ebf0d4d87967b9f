from vivek.providers.wire.sources import sourced
from vivek.schema.models import ModelInfo
from vivek.schema.request import Sampling


def test_every_fact_and_ability_gets_its_source() -> None:
    info = ModelInfo(
        "m",
        window_loaded=1,
        window_maximum=2,
        parameters=3,
        quantisation="q",
        architecture="a",
        size_bytes=4,
        abilities=frozenset({"vision", "tools"}),
        cache_bytes=5,
        sampling=Sampling(top_k=1),
        digest="d",
        gpu_share=0.0,
        window_default=6,
        prompts_kept=7,
        at_once=8,
    )
    facts = {"window_loaded", "window_maximum", "window_default", "parameters", "quantisation", "architecture"}
    facts |= {"size_bytes", "cache_bytes", "digest", "gpu_share", "sampling", "prompts_kept", "at_once"}
    facts |= {"tools", "vision"}
    assert sourced(info, "here").sources == dict.fromkeys(facts, "here")


def test_what_is_unknown_has_no_source_and_a_better_source_stays() -> None:
    info = ModelInfo("m", parameters=3, size_bytes=4, sources={"parameters": "the file"})
    assert sourced(info, "here").sources == {"parameters": "the file", "size_bytes": "here"}
    assert sourced(ModelInfo("m"), "here").sources == {}
