"""Lets only tokens through that keep a reply on its JSON schema: a mask over the vocabulary for every token."""

import json
from collections.abc import Mapping
from typing import Any

from vivek.errors import ModelAPIError, RequestInvalidError
from vivek.providers.engine.mlx.library import told_as_ours


class SchemaGuide:
    """Makes masks for one model; reading its vocabulary takes up to half a second, once.

    Args:
        tokenizer: The model's, as mlx-lm wraps it.
        vocabulary: Tokens that the model gives a number to; some have no text.
    """

    def __init__(self, tokenizer: Any, vocabulary: int) -> None:  # the tokenizer has no types
        with told_as_ours("JSON cannot be enforced with this tokenizer", "Choose another model."):
            from llguidance.hf import from_tokenizer

            self._vocabulary = max(vocabulary, len(tokenizer))
            ends = sorted(tokenizer.eos_token_ids)
            # The tokenizer proper, inside mlx-lm's wrapper: llguidance asks for its class.
            self._tokens = from_tokenizer(tokenizer._tokenizer, n_vocab=self._vocabulary, eos_token=ends)

    def mask(self, schema: Mapping[str, object]) -> "SchemaMask":
        """Return a logits processor for one reply.

        Raises:
            RequestInvalidError: If the schema asks for what cannot be enforced.
        """
        from llguidance import LLMatcher

        with told_as_ours("The schema of the reply cannot be enforced", ""):
            # A weak model would print blanks for ever where they are allowed.
            grammar = LLMatcher.grammar_from_json_schema(json.dumps(schema), overrides={"whitespace_flexible": False})
            matcher = LLMatcher(self._tokens, grammar, log_level=0)
        if matcher.is_error():
            first = str(matcher.get_error()).strip().splitlines()[0]
            raise RequestInvalidError(f"The schema of the reply cannot be enforced: {first}")
        return SchemaMask(matcher, self._vocabulary)


class SchemaMask:
    """The state of one reply."""

    def __init__(self, matcher: Any, vocabulary: int) -> None:  # llguidance is not checked
        from llguidance.numpy import allocate_token_bitmask

        self._matcher = matcher
        self._bits = allocate_token_bitmask(1, vocabulary)
        self._seen: int | None = None

    def __call__(self, tokens: Any, logits: Any) -> Any:
        """Return the logits with all that would leave the schema at minus infinity.

        Args:
            tokens: An MLX array of all tokens so far; the first time only the prompt.
            logits: An MLX array, one row.

        Raises:
            ModelAPIError: If the mask let something through that it should not have.
        """
        import mlx.core as mx
        import numpy as np
        from llguidance.numpy import fill_next_token_bitmask

        if self._seen is not None and not self._matcher.is_stopped():
            self._matcher.consume_tokens(tokens[self._seen :].tolist())
        self._seen = len(tokens)
        if self._matcher.is_error():
            raise ModelAPIError(f"The reply left its schema: {self._matcher.get_error()}")
        fill_next_token_bitmask(self._matcher, self._bits)
        size = logits.shape[-1]
        allowed = np.zeros(size, dtype=bool)
        known = np.unpackbits(self._bits.view(np.uint8)[0], bitorder="little")[:size]
        allowed[: len(known)] = known
        return mx.where(mx.array(allowed), logits, mx.array(-mx.inf, logits.dtype))
