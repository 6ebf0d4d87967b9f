"""MLX as vivek uses it: in this process, on the tiny model: stream, figures, window, stop, memory given back."""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.asking import ask, request, text_of, usage_of
from vivek.errors import (
    ContextWindowExceededError,
    ModelAPIError,
    ProviderUnavailableError,
    RequestInvalidError,
    StreamInterruptedError,
)
from vivek.providers.adapters.mlx import MlxProvider
from vivek.schema.chunk import Chunk
from vivek.schema.request import Sampling
from vivek.schema.tools import ToolCard

pytestmark = pytest.mark.engine

ENDLESS = 30_000  # tokens; longer than any test waits
SECONDS_TO_STOP = 4.0  # on a busy machine; left alone, the work would take much longer
LONG = "word " * 20_000  # more than a window

Maker = Callable[..., MlxProvider]


@pytest.fixture
async def make(mlx_folder: Path) -> AsyncIterator[Maker]:
    """Make providers that are closed when the test is over."""
    made: list[MlxProvider] = []

    def make_one(path: Path = mlx_folder, **more: int) -> MlxProvider:
        made.append(MlxProvider(path, **more))
        return made[-1]

    yield make_one
    for provider in made:
        await provider.close()


async def test_reply_comes_piece_by_piece_with_phases_and_figures(make: Maker) -> None:
    provider = make()

    chunks = await ask(provider, request("Say something.", max_tokens=40))

    assert [chunk.phase for chunk in chunks if chunk.phase] == ["load", "prefill", "decode"]
    assert chunks[0] == Chunk(phase="load")
    assert sum(chunk.pieces for chunk in chunks if chunk.text) > 20, "a piece a token, but for letters of several"
    assert text_of(chunks)
    usage = usage_of(chunks)
    assert usage.prompt_tokens == await provider.count_tokens(request("Say something."))
    assert (usage.cached_tokens, usage.completion_tokens) == (0, 40)
    assert usage.load_seconds is not None
    assert usage.load_seconds > 0
    assert usage.prefill_seconds is not None
    assert usage.decode_seconds is not None
    assert chunks[-1].finish == "length"
    assert [chunk.finish for chunk in chunks[:-1]] == [None] * (len(chunks) - 1)


async def test_weights_are_loaded_once(make: Maker) -> None:
    provider = make()
    await ask(provider, request("One.", max_tokens=2))

    chunks = await ask(provider, request("Two.", max_tokens=2))

    assert "load" not in [chunk.phase for chunk in chunks]
    assert usage_of(chunks).load_seconds is None
    assert (await provider.describe("default")).loaded


async def test_prompt_is_read_in_small_pieces_that_are_told(make: Maker) -> None:
    chunks = await ask(make(), request("word " * 600, max_tokens=1))

    told = [chunk.progress for chunk in chunks if chunk.progress]
    assert len(told) > 2, "a slow reader sees fewer"
    assert [progress.processed for progress in told] == sorted({progress.processed for progress in told})
    assert told[0].processed == 0
    assert told[-1].processed == told[-1].total == usage_of(chunks).prompt_tokens


async def test_same_seed_gives_the_same_text_and_another_seed_another(make: Maker) -> None:
    provider = make()

    async def said(seed: int, temperature: float = 1.0) -> str:
        sampling = Sampling(temperature=temperature, top_p=0.95, top_k=40, repeat_penalty=1.1, seed=seed)
        return text_of(await ask(provider, request("Say.", max_tokens=24, sampling=sampling)))

    assert await said(1) == await said(1) != await said(2)
    assert await said(1, 0.0) == await said(2, 0.0)


async def test_repeat_penalty_and_bounds_are_heeded(make: Maker) -> None:
    provider = make()

    async def said(**sampling: float) -> str:
        asked = Sampling(seed=3, **sampling)  # type: ignore[arg-type]  # top_k is whole below
        return text_of(await ask(provider, request("Say.", max_tokens=60, sampling=asked)))

    greedy = await said(temperature=0.0)
    assert await said(temperature=0.0, repeat_penalty=1.0) == greedy
    assert await said(temperature=0.0, repeat_penalty=2.0) != greedy
    assert await said(temperature=5.0, top_k=1) == greedy
    assert await said(temperature=5.0, top_p=0.000001) == greedy
    assert await said(temperature=5.0, top_k=10**9) != greedy, "more than there are tokens is no error"


async def test_makers_sampling_serves_where_nothing_is_asked(make: Maker, mlx_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(mlx_folder, tmp_path / "hot")
    path = folder / "generation_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"temperature": 5.0}))
    plain, hot = make(), make(folder)

    async def said(provider: MlxProvider, sampling: Sampling) -> str:
        return text_of(await ask(provider, request("Say.", max_tokens=20, sampling=sampling)))

    greedy = await said(plain, Sampling(seed=1))
    assert await said(hot, Sampling(seed=1)) != greedy
    assert await said(hot, Sampling(temperature=0.0)) == greedy


async def test_thought_that_the_template_begins_is_no_text(make: Maker, mlx_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(mlx_folder, tmp_path / "thinker")
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text() + "<think>\n")
    provider = make(folder)
    schema: dict[str, object] = {"type": "object", "properties": {"yes": {"type": "boolean"}}, "required": ["yes"]}
    schema["additionalProperties"] = False

    thought = await ask(provider, request("Say.", max_tokens=20))
    plain = await ask(provider, request("Say.", max_tokens=20, think=False))
    exact = await ask(provider, request("Say.", max_tokens=40, schema=schema))

    assert (await provider.describe("")).abilities == {"thinking", "structured_output"}
    assert (text_of(thought), bool("".join(chunk.thinking for chunk in thought))) == ("", True)
    assert (bool(text_of(plain)), "".join(chunk.thinking for chunk in plain)) == (True, "")
    assert text_of(exact) in {'{"yes":true}', '{"yes":false}'}


async def test_tools_reach_the_prompt(make: Maker, mlx_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(mlx_folder, tmp_path / "tools")
    template = folder / "chat_template.jinja"
    template.write_text("{% for tool in tools or [] %}{{ tool | tojson }}{% endfor %}" + template.read_text())
    provider = make(folder)
    card = ToolCard("look", "Reads a file.", {"type": "object", "properties": {}})

    without, given = [
        usage_of(await ask(provider, request("Say.", max_tokens=1, tools=tools))) for tools in ((), (card,))
    ]

    assert (given.prompt_tokens or 0) > (without.prompt_tokens or 0) + 20


async def test_prompt_over_the_window_is_refused_before_anything_is_loaded(make: Maker) -> None:
    provider = make(window=2_048)
    needed = await provider.count_tokens(request(LONG))

    with pytest.raises(ContextWindowExceededError) as caught:
        await ask(provider, request(LONG))

    assert (caught.value.needed, caught.value.window) == (needed, 2_048)
    assert f"{needed:,}" in caught.value.message
    assert "2,048" in caught.value.message
    assert not (await provider.describe("")).loaded


@pytest.mark.parametrize(("asked", "window"), [(512, 512), (None, 2_048), (10**6, 32_768)])
async def test_window_is_the_one_asked_for_as_far_as_the_model_reaches(
    make: Maker, asked: int | None, window: int
) -> None:
    with pytest.raises(ContextWindowExceededError) as caught:
        await ask(make(window=2_048), request(LONG * 2, window=asked))

    assert caught.value.window == window


async def test_reply_ends_where_the_window_does(make: Maker) -> None:
    provider = make()
    size = await provider.count_tokens(request("Hello."))
    assert size is not None

    chunks = await ask(provider, request("Hello.", max_tokens=500, window=size + 7))

    assert (usage_of(chunks).completion_tokens, chunks[-1].finish) == (7, "length")


async def test_closing_the_iterator_stops_within_a_token(make: Maker) -> None:
    provider = make()
    stream = provider.stream(request("Go on for ever.", max_tokens=ENDLESS))
    async for chunk in stream:
        if chunk.text:
            break
    began = time.monotonic()

    await stream.aclose()
    await ask(provider, request("Hello.", max_tokens=1))

    assert time.monotonic() - began < SECONDS_TO_STOP


async def test_cancelling_stops_a_prompt_within_a_piece(make: Maker) -> None:
    provider = make()
    reading = asyncio.Event()

    async def read() -> None:
        async for chunk in provider.stream(request("word " * 1_500, max_tokens=1)):
            if chunk.progress and chunk.progress.processed:
                reading.set()

    task = asyncio.create_task(read())
    await asyncio.wait_for(reading.wait(), 30)
    began = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - began < 0.25, "nobody waits for the piece that is being computed"
    chunks = await ask(provider, request("word " * 1_500, max_tokens=1))
    first = next(chunk.progress for chunk in chunks if chunk.progress)

    assert 0 < first.cached < first.total - 64, "what was computed is kept, and the rest was not"


async def test_closing_the_provider_breaks_off_and_gives_the_memory_back(make: Maker) -> None:
    provider = make()
    stream = provider.stream(request("Go on for ever.", max_tokens=ENDLESS))
    said = ""
    async for chunk in stream:
        said += chunk.text
        if said:
            break

    await provider.close()

    with pytest.raises(StreamInterruptedError, match="closed") as caught:
        async for chunk in stream:
            said += chunk.text
    assert caught.value.partial == said
    assert not (await provider.describe("")).loaded
    assert "load" in [chunk.phase for chunk in await ask(provider, request("Hello.", max_tokens=1))]


async def test_closing_the_provider_frees_the_weights_and_the_caches(make: Maker) -> None:
    import mlx.core as mx

    provider = make()
    before = mx.get_active_memory()
    await ask(provider, request("word " * 500, max_tokens=4, thread_id="a"))
    assert mx.get_active_memory() > before + 400_000, "the weights alone take as much"

    await provider.close()

    assert mx.get_active_memory() <= before + 4_096


async def test_closing_the_provider_ends_whoever_waits_for_a_count(make: Maker) -> None:
    provider = make()
    stream = provider.stream(request("Go on for ever.", max_tokens=ENDLESS))
    async for chunk in stream:
        if chunk.text:
            break
    counting = asyncio.create_task(provider.count_tokens(request("Hello.")))
    await asyncio.sleep(0)

    await provider.close()

    assert await counting is None


@pytest.mark.kill
@pytest.mark.parametrize(("at", "words"), [("prefill", 4_000), ("decode", 10)])
async def test_ctrl_c_ends_the_program_cleanly(mlx_folder: Path, at: str, words: int) -> None:
    command = (sys.executable, "-c", INTERRUPTED, str(mlx_folder), at, str(words))
    child = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    async with asyncio.timeout(120):
        assert await child.stdout.readline() == b"working\n"
        began = time.monotonic()
        child.send_signal(signal.SIGINT)
        out, errors = await child.communicate()

    assert (out, errors, child.returncode) == (b"interrupted\n", b"", 0)
    assert time.monotonic() - began < SECONDS_TO_STOP


async def test_two_questions_at_once_are_answered_one_after_the_other(make: Maker) -> None:
    provider = make()
    alone = [text_of(await ask(provider, request(text, max_tokens=12))) for text in ("One.", "Two.")]

    both = await asyncio.gather(*(ask(provider, request(text, max_tokens=12)) for text in ("One.", "Two.")))

    assert [text_of(chunks) for chunks in both] == alone


async def test_model_that_cannot_fit_into_memory_is_refused_before_it_is_loaded(make: Maker) -> None:
    provider = make(memory=100_000)

    with pytest.raises(ProviderUnavailableError, match="not enough memory") as caught:
        await ask(provider, request("Hello."))

    assert "this machine has 0.0 GB" in caught.value.message
    assert "smaller model" in caught.value.hint
    assert not (await provider.describe("")).loaded


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"model_type": "mamba9"}, RequestInvalidError, "does not know the architecture mamba9"),
        ({"intermediate_size": 96}, RequestInvalidError, "cannot be loaded"),
        ({"num_hidden_layers": 3}, RequestInvalidError, "cannot be loaded"),
        ({"num_attention_heads": 0}, RequestInvalidError, "cannot be loaded"),
    ],
)
async def test_weights_that_do_not_fit_their_description_are_told(
    make: Maker, mlx_folder: Path, tmp_path: Path, change: dict[str, object], kind: type[ModelAPIError], said: str
) -> None:
    folder = shutil.copytree(mlx_folder, tmp_path / "broken")
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(kind, match=said) as caught:
        await ask(make(folder), request("Hello."))

    assert caught.value.hint


@pytest.mark.parametrize("written", ["{}", "nonsense", '{"version": "1.0", "model": {"type": "X"}}'])
async def test_tokenizer_that_is_none_is_told(make: Maker, mlx_folder: Path, tmp_path: Path, written: str) -> None:
    folder = shutil.copytree(mlx_folder, tmp_path / "broken")
    (folder / "tokenizer.json").write_text(written)

    with pytest.raises(RequestInvalidError, match="tokenizer of broken cannot be loaded"):
        await ask(make(folder), request("Hello."))


async def test_program_code_beside_the_tokenizer_is_not_run(make: Maker, mlx_folder: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(mlx_folder, tmp_path / "sly")
    ran = tmp_path / "ran"
    (folder / "own.py").write_text(f"open({str(ran)!r}, 'w').close()\nclass Own: pass\nclass OwnConfig: pass\n")
    config = json.loads((folder / "tokenizer_config.json").read_text())
    config |= {"tokenizer_class": "Own", "auto_map": {"AutoTokenizer": ["own.Own", "own.Own"]}}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    settings = json.loads((folder / "config.json").read_text())
    settings |= {"auto_map": {"AutoConfig": "own.OwnConfig", "AutoTokenizer": "own.Own"}}
    (folder / "config.json").write_text(json.dumps(settings))

    with suppress(RequestInvalidError):  # either it is refused, or the library's own class serves
        await ask(make(folder), request("Hello.", max_tokens=1))
    assert not ran.exists()


INTERRUPTED = """
import asyncio, sys
from pathlib import Path
from tests.engine.asking import request
from vivek.providers.adapters.mlx import MlxProvider

async def main():
    provider = MlxProvider(Path(sys.argv[1]))
    told = False
    async for chunk in provider.stream(request("word " * int(sys.argv[3]), max_tokens=20_000)):
        here = chunk.text if sys.argv[2] == "decode" else chunk.progress and chunk.progress.processed
        if here and not told:
            print("working", flush=True)
            told = True

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted")
"""
QUIET = """
import asyncio, os, resource, sys
from pathlib import Path
from tests.engine.asking import ask, request
from vivek.providers.adapters.mlx import MlxProvider

async def main():
    provider = MlxProvider(Path(sys.argv[1]))
    await provider.describe("default")
    await provider.health()
    assert not {"mlx", "mlx_lm", "transformers", "llguidance"} & set(sys.modules), "loaded before it is needed"
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3_000, hard))
    await ask(provider, request("word " * 200, max_tokens=4))
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= 3_000, "mlx-lm lowers the limit"
    from huggingface_hub import constants
    assert constants.HF_HUB_OFFLINE and constants.HF_HUB_DISABLE_TELEMETRY
    await provider.close()

asyncio.run(main())
"""


def test_libraries_load_late_say_nothing_and_stay_off_the_network(mlx_folder: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", QUIET, str(mlx_folder)]

    child = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)

    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")
