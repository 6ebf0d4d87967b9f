"""What a probe found of schemas decides whether one is sent."""

import pytest

from tests.flows.doubles import Server, ask, asker_of, question
from vivek.prompts.transcript import Transcript
from vivek.schema.known import Known

SCHEMA: dict[str, object] = {"type": "object", "properties": {"a": {"type": "integer"}}}


@pytest.mark.parametrize(("enforced", "sent"), [(None, True), (True, True), (False, False)])
async def test_a_server_that_ignores_schemas_is_not_sent_any(
    transcript: Transcript, head: str, enforced: bool | None, sent: bool
) -> None:
    server = Server(['{"a": 1}'])
    asking = asker_of(server, transcript, known=Known("scripted/default", schema=enforced))

    answer, _ = await ask(asking, question(head, schema=SCHEMA))

    assert answer.value == '{"a": 1}'
    assert (server.requests[0].schema is not None) is sent
