from vivek.providers.wire.model_lists import entries, from_lm_studio, from_old_lm_studio, from_openai


def test_a_list_that_is_none_is_empty() -> None:
    assert entries({}, "data") == entries({"data": None}, "data") == entries({"data": ["x"]}, "data") == []
    assert entries({"data": [{"id": "x"}]}, "data") == [{"id": "x"}]


def test_the_window_is_read_in_each_servers_place() -> None:
    vllm = from_openai({"id": "a", "max_model_len": 8192})
    llama = from_openai({"id": "b", "meta": {"n_ctx": 4096, "n_ctx_train": 32768, "n_params": 5, "size": 7}})
    router = from_openai({"id": "c", "context_length": 131072})
    bare = from_openai({"id": "d"})

    assert [info.window_loaded for info in (vllm, llama, router, bare)] == [8192, 4096, 131072, None]
    assert (llama.window_maximum, llama.parameters, llama.size_bytes) == (32768, 5, 7)
    assert (vllm.sources, bare.sources) == ({"window_loaded": "/v1/models"}, {})


def test_lm_studio_tells_the_window_of_the_loaded_instance() -> None:
    info = from_lm_studio(
        {
            "type": "llm",
            "key": "qwen/qwen3-4b",
            "architecture": "qwen3",
            "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
            "size_bytes": 2_500_000_000,
            "params_string": "4B",
            "loaded_instances": [{"id": "qwen/qwen3-4b", "config": {"context_length": 8192, "parallel": 1}}],
            "max_context_length": 40960,
            "capabilities": {"vision": False, "trained_for_tool_use": True, "reasoning": True},
        }
    )

    assert (info.name, info.window_loaded, info.window_maximum, info.loaded) == ("qwen/qwen3-4b", 8192, 40960, True)
    assert (info.parameters, info.quantisation, info.size_bytes) == (4_000_000_000, "Q4_K_M", 2_500_000_000)
    assert info.abilities == {"structured_output", "tools", "thinking"}


def test_lm_studio_tells_an_embedding_model_that_is_not_loaded() -> None:
    info = from_lm_studio({"type": "embedding", "key": "nomic", "params_string": None, "loaded_instances": []})

    assert (info.abilities, info.loaded, info.window_loaded) == ({"embeddings"}, False, None)
    assert (info.parameters, info.quantisation, info.architecture) == (None, None, None)


def test_an_older_lm_studio_tells_less() -> None:
    loaded = from_old_lm_studio(
        {
            "id": "a",
            "type": "llm",
            "arch": "qwen2",
            "quantization": "Q4_0",
            "state": "loaded",
            "loaded_context_length": 4096,
            "max_context_length": 32768,
        }
    )
    embeds = from_old_lm_studio({"id": "b", "type": "embeddings", "state": "not-loaded"})

    assert (loaded.window_loaded, loaded.window_maximum, loaded.loaded) == (4096, 32768, True)
    assert (embeds.abilities, embeds.loaded, embeds.sources) == ({"embeddings"}, False, {})
