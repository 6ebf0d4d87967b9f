"""Servers that do what no server should, over real sockets, for every dialect.

The rows of the fault catalogue and where each is tested: "here" is below, the rest is where its subject is.

E01 nothing listens: test_contract_failures::test_nobody_listening_is_told_with_the_address_and_what_to_do,
    test_retry_rows::test_that_nothing_runs_on_this_machine_is_told_at_once
E02 unknown host, IPv6 alone: wire/test_translate::test_an_unknown_host_is_told_apart_from_a_silent_one,
    here::test_a_server_that_listens_on_ipv6_alone_is_found
E03 never answers: test_contract_failures::test_silence_before_text_is_a_timeout,
    here::test_stopping_while_a_server_is_silent_works_at_once
E04 late first byte: here::test_a_late_first_byte_is_waited_for, here::test_the_limits_of_silence_are_generous
E05 drop by drop: here::test_a_server_that_drips_is_heard_to_the_end, test_streams::test_byte_by_byte_changes_nothing
E06 silence after text: test_contract_failures::test_silence_after_text_is_an_interruption
E07 hangs up: test_contract::test_a_connection_that_breaks_in_a_reply_keeps_its_text,
    test_contract_failures::test_a_server_that_hangs_up_at_once_is_unavailable,
    here::test_a_connection_that_is_reset_keeps_its_text, here::test_a_server_that_closes_its_side_alone_is_noticed,
    here::test_an_empty_reply_is_no_reply
E08 no end mark: test_contract::test_a_body_that_ends_with_its_connection_is_no_proof_of_completeness
E09 error inside: test_contract::test_an_error_after_text_is_an_interruption_with_the_servers_words,
    test_contract::test_an_error_before_text_is_no_interruption
E10 something else: test_contract_failures::test_a_web_page_instead_of_a_reply_is_named,
    test_contract_failures::test_noise_that_is_no_http_is_told,
    test_hostile_streams::test_garbage_instead_of_a_status_line_is_told,
    test_hostile_streams::test_json_instead_of_a_stream_is_told_with_its_beginning,
    test_hostile_streams::test_another_framing_is_told_as_such,
    wire/test_http::test_an_answer_that_is_no_object_is_shown
E11 split characters: test_streams::test_a_cut_at_every_byte_changes_nothing,
    test_streams::test_over_real_sockets_it_is_the_same
E12 bytes that are no text: test_hostile_streams::test_bytes_that_are_no_text_show_as_replacement_characters
E13 cuts anywhere: test_streams::test_many_cuts_anywhere_change_nothing,
    test_streams::test_byte_by_byte_changes_nothing
E14 what the specification allows: wire/test_sse::test_what_the_specification_allows_is_read,
    test_contract::test_noise_between_the_pieces_changes_nothing,
    test_contract::test_carriage_returns_before_line_ends_change_nothing
E15 floods: test_hostile_streams::test_a_line_of_ten_megabytes_is_read,
    test_hostile_streams::test_a_line_without_an_end_is_broken_off,
    test_hostile_streams::test_a_million_empty_events_take_little_time,
    test_hostile_streams::test_a_reply_without_an_end_is_broken_off,
    wire/test_body::test_a_stream_over_its_cap_is_broken_off, wire/test_ahead::test_what_is_not_taken_is_not_read
E16 end marks and reasons: test_contract::test_a_reply_without_its_end_mark_is_interrupted_and_keeps_its_text,
    test_contract::test_what_follows_the_end_mark_is_not_read, test_hostile_streams::test_two_end_marks_are_one,
    wire/test_openai::test_the_reason_is_handed_on, wire/test_openai::test_an_end_mark_without_a_reason_is_no_stop
E17 a prompt that is too long: test_contract_failures::test_a_prompt_that_is_too_long_is_told_with_both_numbers,
    session/test_refused_prompts::test_a_long_conversation_goes_on_from_a_summary,
    session/test_refused_prompts::test_a_server_that_refuses_again_ends_the_turn_with_its_words
E18 a prompt that is cut: flows/test_measuring::test_a_server_that_read_less_is_found_out,
    session/test_whole_replies::test_a_server_that_cut_the_prompt_is_told_and_its_reply_not_used
E19 keys: wire/test_keys::test_a_refused_key_is_told_by_where_it_came_from,
    end_to_end/test_keys::test_a_refused_key_is_told_by_where_it_stands
E20 no such model: test_contract_abilities::test_a_model_that_is_not_there_comes_with_the_nearest
E21 refused fields: wire/test_refusals::test_a_refused_field_is_left_out_from_then_on,
    adapters/test_anthropic::test_a_field_that_a_model_refuses_is_left_out_from_then_on
E22 limits: test_retry_rows::test_a_limit_is_waited_for_as_the_server_says,
    test_retry_rows::test_a_limit_that_lasts_is_told_instead
E23 one failure: test_retry_rows::test_one_failure_that_passes_is_not_seen_in_the_answer
E24 loading: test_retry_rows::test_a_server_that_loads_is_progress
E25 redirects: test_contract_failures::test_a_redirect_is_refused
E26 packed bodies: wire/test_body::test_an_answer_packed_as_nobody_asked_is_told,
    wire/test_body::test_a_stream_that_is_packed_wrongly_is_told,
    wire/test_body::test_a_stream_that_is_packed_all_the_same_is_unpacked
E27 proxies: wire/test_http::test_a_dead_proxy_does_not_matter_on_this_machine,
    wire/test_http::test_a_proxy_that_refuses_is_named
E28 certificates: wire/test_client::test_a_certificate_that_cannot_be_trusted_is_told_with_the_clock
E29 another server or model:
    adapters/test_llamacpp_facts::test_a_server_that_was_restarted_otherwise_is_told_in_the_same_turn,
    session/models/test_showing::test_another_model_that_would_answer_in_its_place_is_not_shown
E30 odd shapes: wire/test_openai::test_a_role_that_changes_and_a_second_choice_change_nothing,
    wire/test_openai::test_thoughts_are_told_apart,
    test_hostile_streams::test_a_thought_without_an_end_is_never_an_answer,
    test_contract_abilities::test_native_calls_arrive_in_pieces_and_whole,
    wire/test_tool_deltas::test_an_id_may_be_missing_or_come_late,
    wire/test_tool_deltas::test_arguments_may_be_an_object,
    test_contract_abilities::test_a_reply_that_breaks_after_a_call_began_is_an_interruption
E31 odd arguments: prompts/calls/test_written::test_calls_are_read_and_the_rest_stays_text
E32 nothing, or the same again: flows/test_cut_replies::test_an_answer_that_stays_empty_fails_visibly,
    flows/test_cut_replies::test_repetition_without_end_is_stopped_named_and_asked_for_once_more
E33 another format:
    session/test_edit_formats::test_an_edit_that_fails_is_asked_for_one_rung_lower_and_the_good_one_is_kept
E34 odd figures: test_hostile_streams::test_figures_that_are_none_are_unknown,
    wire/test_openai_usage::test_figures_are_read_where_they_were_measured
"""

import asyncio
import re
import socket
import struct
import time
from pathlib import Path

import pytest

from tests.providers.conversation import collect, text_of
from tests.providers.dialects import DIALECTS, Dialect
from tests.providers.raw_server import Seen, in_chunks, json_reply, raw_server, stream_head
from tests.providers.serving import sends, served
from vivek.errors import StreamInterruptedError
from vivek.providers.wire.http import HttpDoor, Timeouts

HERE = Path(__file__)


@pytest.fixture(params=sorted(DIALECTS))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


def test_every_row_names_tests_that_are_there() -> None:
    rows = re.split(r"\n(?=E\d\d )", (__doc__ or "").strip())[1:]
    assert [row[:3] for row in rows] == [f"E{n:02}" for n in range(1, 35)]
    for row in rows:
        named = re.findall(r"([\w/]+)::(\w+)", row)
        assert named, row
        for module, test in named:
            beside = HERE.parent / f"{module}.py"
            path = HERE if module == "here" else beside if beside.exists() else HERE.parents[1] / f"{module}.py"
            assert f"def {test}(" in path.read_text(encoding="utf-8"), f"{module}::{test}"


@pytest.mark.parametrize("host", ["[::1]", "localhost"])
async def test_a_server_that_listens_on_ipv6_alone_is_found(dialect: Dialect, host: str) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        found = {address[4][0] for address in socket.getaddrinfo(host.strip("[]"), 80)}
    except OSError:
        pytest.skip("this machine has no IPv6")
    if "::1" not in found:
        pytest.skip("on this machine `localhost` has no address of IPv6")
    async with raw_server(sends(dialect, dialect.piece("yes"), dialect.end), "::1") as server:
        provider = dialect.open(server.url.replace("127.0.0.1", host), None)
        try:
            assert text_of(await collect(provider)) == "yes"
        finally:
            await provider.close()


@pytest.mark.parametrize("answered", [False, True], ids=["before the status", "before the first token"])
async def test_stopping_while_a_server_is_silent_works_at_once(dialect: Dialect, answered: bool) -> None:
    asked = asyncio.Event()

    async def silent(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        if answered:
            writer.write(stream_head(dialect.kind))
        asked.set()
        await asyncio.Event().wait()

    async with served(dialect, silent) as (provider, server):
        task = asyncio.create_task(collect(provider))
        await asyncio.wait_for(asked.wait(), 30)
        server.hung_up.clear()
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.hung_up.wait(), 30)
    assert time.monotonic() - began < 2


async def test_a_late_first_byte_is_waited_for(dialect: Dialect) -> None:
    async def late(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        await asyncio.sleep(0.3)
        writer.write(stream_head(dialect.kind))
        await asyncio.sleep(0.3)
        writer.write(in_chunks(dialect.piece("at last") + dialect.end))

    async with served(dialect, late, Timeouts(between_tokens=0.1)) as (provider, _):
        assert text_of(await collect(provider)) == "at last"


async def test_the_limits_of_silence_are_generous() -> None:
    limits = Timeouts()
    door = HttpDoor("http://127.0.0.1:1")
    assert limits.load >= 600
    assert limits.first_token >= 300
    assert limits.between_tokens >= 60
    assert door._client.timeout.read is None, "the library's own five seconds must not come back"
    await door.close()


async def test_a_server_that_drips_is_heard_to_the_end(dialect: Dialect) -> None:
    body = dialect.piece("slow") + dialect.end
    step = len(body) // 30

    async def drips(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        writer.write(stream_head(dialect.kind))
        for place in range(0, len(body), step):
            writer.write(in_chunks(body[place : place + step], last=False))
            await writer.drain()
            await asyncio.sleep(0.02)
        writer.write(in_chunks(b""))

    began = time.monotonic()
    async with served(dialect, drips, Timeouts(first_token=0.4, between_tokens=0.4)) as (provider, _):
        assert text_of(await collect(provider)) == "slow"
    assert time.monotonic() - began > 0.4, "all of it took longer than the limit of silence"


async def test_a_connection_that_is_reset_keeps_its_text(dialect: Dialect) -> None:
    async def resets(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        writer.write(stream_head(dialect.kind) + in_chunks(dialect.piece("so far"), last=False))
        await writer.drain()
        await asyncio.sleep(0.2)  # a reset throws away what was not read yet
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    async with served(dialect, resets) as (provider, _):
        with pytest.raises(StreamInterruptedError, match="broke off") as caught:
            await collect(provider)
    assert caught.value.partial == "so far"


async def test_a_server_that_closes_its_side_alone_is_noticed(dialect: Dialect) -> None:
    async def half_closes(request: Seen, writer: asyncio.StreamWriter) -> None:
        if request.path != dialect.path:
            writer.write(json_reply({}))
            return
        writer.write(stream_head(dialect.kind, chunked=False) + dialect.piece("so far"))
        writer.write_eof()
        await asyncio.Event().wait()

    async with served(dialect, half_closes) as (provider, _):
        with pytest.raises(StreamInterruptedError) as caught:
            await collect(provider)
    assert caught.value.partial == "so far"


async def test_an_empty_reply_is_no_reply(dialect: Dialect) -> None:
    async with served(dialect, sends(dialect)) as (provider, _):
        with pytest.raises(StreamInterruptedError, match="without its end mark"):
            await collect(provider)
