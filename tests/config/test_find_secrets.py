"""Secrets in what a model writes, and in what would leave this machine."""

import ast
import getpass
import importlib
import inspect
import json
import secrets
import time
import types
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.config.test_redaction import ORDINARY, SECRETS
from vivek.config import secrets as module
from vivek.config.redaction import remember
from vivek.config.secrets import find_secrets
from vivek.config.veil import Veil, veil
from vivek.schema.placeholders import placeholder_in
from vivek.schema.secret import Secret

HEX = sha256(b"nothing to see").hexdigest()
MORE = {
    "AWS Access Key": f"aws_secret_key = '{(HEX[:20] + HEX[:20].upper())}'",
    "Azure Storage Account access key": f"AccountKey={(HEX + HEX)[:86]}==",
    "Discord Bot Token": f"M{HEX[:23]}.{HEX[:6]}.{HEX[:27]}",
    "Mailchimp Access Key": f"{HEX[:32]}-us12",
    "SendGrid API Key": f"SG.{HEX[:22]}.{HEX[:43]}",
    "Slack Token": "https://hooks.slack.com/services/T0123/B0123/abcdef0123456789",
    "Square OAuth Secret": f"sq0csp-{HEX[:43]}",
    "Telegram Bot Token": f"123456789:{HEX[:35]}",
    "Twilio API Key": f"AC{HEX[:32]}",
}


@pytest.mark.parametrize("kind", MORE)
def test_shapes_of_the_library_are_found_with_their_kind_and_line(kind: str) -> None:
    text = f"first\nx {MORE[kind]}\nlast\n"

    [found] = find_secrets(text)
    assert (found.kind, found.line) == (kind, 2)
    assert text[found.start : found.end] in MORE[kind]
    assert len(text[found.start : found.end]) >= 34


@pytest.mark.covers("V07")
@pytest.mark.parametrize("name", SECRETS)
def test_keys_of_well_known_services_are_found(name: str) -> None:
    found = find_secrets(f"a = 1\nKEY = '{SECRETS[name]}'\n")

    assert {each.line for each in found} == {2}


def test_registries_and_the_users_own_keys_are_found() -> None:
    remember(Secret("ky93-plain-words-only"))

    assert len(find_secrets(f"//registry.example/:_authToken={HEX[:36]}\n")) == 1
    assert len(find_secrets("x = 'ky93-plain-words-only'")) == 1


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_lines_hold_no_secret(text: str) -> None:
    assert find_secrets(text) == ()


@pytest.mark.parametrize("known", [ast, getpass, inspect, secrets, json], ids=lambda known: known.__name__)
def test_source_files_hold_no_secret(known: types.ModuleType) -> None:
    assert find_secrets(inspect.getsource(known)) == ()


PIECES = (
    "sk-",
    "aws",
    "aws key '",
    "//",
    "cl_key = ",
    "1-",
    "xox",
    "http://",
    ":" * 9,
    "a",
    "0",
    " ",
    "key=",
    "MO",
    "x",
)


@pytest.mark.parametrize("piece", PIECES)
def test_monstrous_texts_take_time_that_grows_with_their_length_only(piece: str) -> None:
    find_secrets("")
    began = time.process_time()
    find_secrets(piece * (200_000 // len(piece)))

    assert time.process_time() - began < 8


def test_every_plugin_that_is_named_exists() -> None:
    for name, kind in module._PLUGINS:
        assert importlib.import_module(f"detect_secrets.plugins.{name}").__dict__[kind]


@pytest.mark.covers("K04")
def test_a_veiled_text_holds_placeholders_and_comes_back_exactly() -> None:
    first, second = SECRETS["github"], SECRETS["stripe"]
    text = f"a = '{first}'\nb = '{second}'\nc = '{first}'\n"
    mine = Veil()

    hidden = mine.hide(text)

    assert hidden == "a = 'ghp_⟦secret:1⟧'\nb = '⟦secret:2⟧'\nc = 'ghp_⟦secret:1⟧'\n"
    assert mine.lift(hidden) == text
    assert mine.hide(f"later {second} and {first}") == "later ⟦secret:2⟧ and ghp_⟦secret:1⟧"
    assert mine.lift("⟦secret:9⟧") == "⟦secret:9⟧"
    assert first[4:] not in repr(mine)
    assert veil(text) == (hidden, {"⟦secret:1⟧": first[4:], "⟦secret:2⟧": second})


@pytest.mark.parametrize("text", ["Authorization: Bearer {}", "x-api-key: {}", "https://u:{}@host/x", "password='{}'"])
def test_a_placeholder_is_no_secret_itself(text: str) -> None:
    mine = Veil()
    once = mine.hide(text.format(HEX))

    assert HEX not in once
    assert mine.hide(once) == once


@given(
    st.lists(st.sampled_from([*SECRETS.values(), *MORE.values(), *ORDINARY, "\n", " ", "'"]), max_size=8).map("".join)
)
def test_whatever_is_veiled_can_be_lifted_and_is_veiled_the_same_way_again(text: str) -> None:
    mine = Veil()
    hidden = mine.hide(text)

    assert mine.lift(hidden) == text
    assert mine.hide(text) == hidden


@pytest.mark.covers("J06")
def test_a_placeholder_is_seen_in_what_would_be_written() -> None:
    assert placeholder_in("key = '⟦secret:12⟧'") == "⟦secret:12⟧"
    assert placeholder_in("key = '⟦secret:12⟧'", before="x ⟦secret:12⟧") is None
    assert placeholder_in("⟦secret⟧ ⟦secret:x⟧ secret:1") is None


def test_nothing_is_looked_up_over_the_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import requests

    asked: list[object] = []
    monkeypatch.setattr(requests, "request", lambda *arguments, **more: asked.append(arguments))
    monkeypatch.setattr(requests.Session, "send", lambda *arguments, **more: asked.append(arguments))
    for text in (*MORE.values(), *SECRETS.values()):
        find_secrets(text)

    assert asked == []
