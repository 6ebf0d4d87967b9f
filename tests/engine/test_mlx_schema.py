"""JSON by schema from MLX: valid whatever the model would like to say, with weights that mean nothing."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import jsonschema
import pytest

from tests.engine.asking import ask, request, text_of, usage_of
from tests.engine.test_streaming import SCHEMA
from vivek.errors import RequestInvalidError
from vivek.prompts.parse import PLAN_SCHEMA, REVIEW_SCHEMA, ascii_only
from vivek.providers.adapters.mlx import MlxProvider
from vivek.schema.request import Sampling

pytestmark = pytest.mark.engine


@pytest.fixture
async def provider(mlx_folder: Path) -> AsyncIterator[MlxProvider]:
    provider = MlxProvider(mlx_folder)
    yield provider
    await provider.close()


async def test_twenty_replies_by_schema_are_all_valid(provider: MlxProvider) -> None:
    for seed in range(20):
        sampling = Sampling(temperature=1.0, seed=seed)
        asked = request("Answer in JSON.", max_tokens=700, schema=SCHEMA, sampling=sampling)

        chunks = await ask(provider, asked)

        assert chunks[-1].finish == "stop"
        jsonschema.validate(json.loads(text_of(chunks)), SCHEMA)


@pytest.mark.parametrize("schema", [PLAN_SCHEMA, REVIEW_SCHEMA], ids=["plan", "review"])
async def test_schemas_of_the_nodes_are_enforced(provider: MlxProvider, schema: dict[str, object]) -> None:
    asked = request("Answer in JSON.", max_tokens=4_000, schema=ascii_only(schema), sampling=Sampling(1.0, seed=5))

    chunks = await ask(provider, asked)

    assert chunks[-1].finish == "stop"
    jsonschema.validate(json.loads(text_of(chunks)), schema)


async def test_letters_of_several_tokens_survive_in_a_string(provider: MlxProvider) -> None:
    schema = {"type": "object", "properties": {"said": {"const": "naïve café — 日本 👍🏽"}}, "required": ["said"]}

    chunks = await ask(provider, request("Say it.", max_tokens=200, schema=schema))

    assert json.loads(text_of(chunks)) == {"said": "naïve café — 日本 👍🏽"}


async def test_blanks_between_the_parts_are_none(provider: MlxProvider) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "boolean"}, "b": {"type": "null"}}, "required": ["a", "b"]}

    said = text_of(await ask(provider, request("Say it.", max_tokens=60, schema=schema)))

    assert said in {'{"a":true,"b":null}', '{"a":false,"b":null}'}


async def test_a_reply_that_is_cut_off_says_so(provider: MlxProvider) -> None:
    chunks = await ask(provider, request("Answer in JSON.", max_tokens=5, schema=SCHEMA))

    assert (chunks[-1].finish, usage_of(chunks).completion_tokens) == ("length", 5)


@pytest.mark.parametrize(
    "schema",
    [{"type": "string", "pattern": "(?<=a)b", "maxLength": 5}, {"type": "no such type"}, {"$ref": "#/missing"}],
    ids=str,
)
async def test_a_schema_that_cannot_be_enforced_is_refused(provider: MlxProvider, schema: dict[str, object]) -> None:
    with pytest.raises(RequestInvalidError, match="cannot be enforced"):
        await ask(provider, request("Say it.", schema=schema))

    assert text_of(await ask(provider, request("Hello.", max_tokens=4))), "it goes on"


async def test_a_repeat_penalty_does_not_break_the_schema(provider: MlxProvider) -> None:
    sampling = Sampling(temperature=1.0, repeat_penalty=3.0, seed=4)

    chunks = await ask(provider, request("Say it.", max_tokens=700, schema=SCHEMA, sampling=sampling))

    jsonschema.validate(json.loads(text_of(chunks)), SCHEMA)
