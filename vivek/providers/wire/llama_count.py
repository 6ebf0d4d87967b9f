"""Asks llama.cpp's server how many tokens the prompt of a request has, in one step where the build can."""

from collections.abc import Mapping

from vivek.errors import ModelAPIError, ProviderUnavailableError
from vivek.providers.wire.http import HttpDoor
from vivek.providers.wire.reply import whole

COUNT_PATH = "/v1/chat/completions/input_tokens"
TEMPLATE_PATH, TOKENS_PATH = "/apply-template", "/tokenize"


class PromptCounter:
    """Counts prompts; remembers which way the server has.

    Args:
        door: Where it answers.
    """

    def __init__(self, door: HttpDoor) -> None:
        self._door = door
        self._at_once = True

    async def count(self, body: Mapping[str, object]) -> int | None:
        """Return the size of the prompt that a chat request makes; None where the server lacks the means.

        Args:
            body: The request as it would be sent, so that template, tools, schema and thinking count as they will.

        Raises:
            ProviderUnavailableError: If the server does not answer.
        """
        asked = {**body, "stream": False}
        if self._at_once:
            answer = await self._asked(COUNT_PATH, asked)
            if answer is not None and (counted := whole(answer.get("input_tokens"))) is not None:
                return counted
            self._at_once = False
        # Older builds write the prompt for one question and split it for another.
        prompt = (await self._asked(TEMPLATE_PATH, asked) or {}).get("prompt")
        if not isinstance(prompt, str):
            return None
        text = {"content": prompt, "add_special": True, "parse_special": True}
        tokens = (await self._asked(TOKENS_PATH, text) or {}).get("tokens")
        return len(tokens) if isinstance(tokens, list) else None

    async def _asked(self, path: str, body: Mapping[str, object]) -> Mapping[str, object] | None:
        try:
            return await self._door.post_json(path, body)
        except ProviderUnavailableError:
            raise
        except ModelAPIError:
            return None
