"""Vectors in the OpenAI shape: `/v1/embeddings`, its answer checked and put in the order of the texts."""

from collections.abc import Mapping, Sequence

from vivek.errors import ModelAPIError, ModelNotFoundError
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.model_lists import entries as objects
from vivek.providers.wire.reply import whole

EMBEDDINGS_PATH = "/v1/embeddings"
_LARGEST = 1e30  # far beyond any embedding; leaves out NaN and infinity as well
_ABSENT = frozenset({404, 405, 501})  # the server lacks the path, or was started without embeddings


async def fetch_embeddings(
    door: HttpDoor, model: str, texts: Sequence[str], *, path: str = EMBEDDINGS_PATH
) -> list[list[float]] | None:
    """Return one vector for each text, in their order; None if the server cannot embed.

    It is waited for as long as for a model to load: the first call may load one.

    Raises:
        ModelNotFoundError: If the server has no such model.
        ModelAPIError: If the server cannot be reached, refuses, or answers with something else.
    """
    if not texts:
        return []
    try:
        answer = await door.post_json(path, {"model": model, "input": list(texts)}, limit=door.timeouts.load)
    except ModelAPIError as error:
        if error.status in _ABSENT and not isinstance(error, ModelNotFoundError):
            return None
        raise
    vectors = read_embeddings(answer, len(texts))
    if vectors is None:
        msg = f"{door.place} sent no usable vectors for {len(texts)} texts."
        raise ModelAPIError(msg, hint=f"Is `{model}` a model for embeddings?")
    return vectors


def read_embeddings(answer: Mapping[str, object], count: int) -> list[list[float]] | None:
    """Return the vectors of an answer in the order of their texts, None when it is not whole and sound.

    Sound is: one vector for each text, all of one length, all numbers finite. Servers may answer out of order and
    number the vectors; one that numbers none keeps the order.
    """
    entries = objects(answer, "data")
    vectors: dict[int | None, list[float] | None] = {}
    for place, entry in enumerate(entries):
        vectors[whole(entry.get("index", place))] = _vector(entry.get("embedding"))
    if len(entries) != count or vectors.keys() != set(range(count)):
        return None
    ordered = [vector for _, vector in sorted(vectors.items()) if vector]
    return ordered if len(ordered) == count and len({len(vector) for vector in ordered}) == 1 else None


def _vector(value: object) -> list[float] | None:
    if not isinstance(value, list):
        return None
    numbers = [float(each) for each in value if type(each) in (int, float) and abs(each) < _LARGEST]
    return numbers if len(numbers) == len(value) else None
