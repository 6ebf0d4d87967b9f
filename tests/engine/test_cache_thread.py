"""Nothing is read twice: every call of a thread begins with the whole prompt of the call before, by the server's count.

The same thread of five turns for all: a question, an edit with a red check, a plan and a verdict, a refusal, a search.
"""

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.engine.forced import ForcedEngine
from tests.engine.long_thread import Script, Told, hold, make_shop, turns
from tests.engine.server import serve
from tests.engine.tiny_model import TinyModel
from tests.session.conftest import sandbox
from vivek.providers.adapters.llamacpp import LlamaCppProvider
from vivek.schema.sandbox import SandboxStatus
from vivek.session.opening import open_session
from vivek.session.options import Choices
from vivek.session.place import open_place

__all__ = ["sandbox"]

pytestmark = pytest.mark.engine

TRIMS = """\
{%- if messages[0].role == 'system' %}{%- set first = messages[0].content + '\\n\\n' %}{%- set said = messages[1:] %}
{%- else %}{%- set first = '' %}{%- set said = messages %}{%- endif %}
{%- for message in said %}{%- set role = 'model' if message.role == 'assistant' else message.role %}
{{- '<|im_start|>' + role + '\\n' + (first if loop.first else '') + (message.content | trim) + '<|im_end|>\\n' }}
{%- endfor %}{%- if add_generation_prompt %}{{- '<|im_start|>model\\n' }}{%- endif %}"""
FORGETS_THOUGHT = """\
{%- for message in messages %}{%- set text = message.content.split('</think>')[-1].lstrip('\\n') %}
{{- '<|im_start|>' + message.role + '\\n' + text + '<|im_end|>\\n' }}{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}
{%- if enable_thinking is defined and enable_thinking is false %}{{- '<think>\\n\\n</think>\\n\\n' }}{%- endif %}
{%- endif %}"""


@pytest.mark.parametrize("template", ["", TRIMS, FORGETS_THOUGHT], ids=["chatml", "trims", "forgets thought"])
async def test_every_call_takes_the_prompt_before_from_the_cache_of_one_slot(
    tiny_model: TinyModel, tmp_path: Path, sandbox: SandboxStatus, template: str
) -> None:
    script = Script()
    with serve(tiny_model.q8_0, window=16_384, template=template) as server, ForcedEngine(server) as engine:
        engine.script([lambda body: script.reply(body["messages"][-1]["content"])] * 40)
        assert server.get("/props")["total_slots"] == 1
        place = open_place(make_shop(tmp_path / "shop"))
        provider = LlamaCppProvider(engine.url, engine.key)
        async with open_session(place, Choices(interactive=True), provider=provider) as session:
            told = [await hold(session, turn, script) for turn in turns(5)]

    assert set(script.asked) >= {"planner", "executor", "reviewer"}
    assert [each.report.status for each in told] == ["done"] * 5
    for before, cached in pairs(told):
        assert cached >= 0.99 * before
    for each in told:
        shown = each.report.usage
        assert shown.cached_tokens == sum(call.usage.cached_tokens or 0 for call in each.calls)


def pairs(told: Sequence[Told]) -> list[tuple[int, int]]:
    """Return, for each call but the first, the tokens of the prompt before it and those that it took from the cache."""
    usages = [call.usage for each in told for call in each.calls]
    found = []
    for before, after in itertools.pairwise(usages):
        assert before.prompt_tokens is not None
        assert after.cached_tokens is not None
        found.append((before.prompt_tokens, after.cached_tokens))
    return found
