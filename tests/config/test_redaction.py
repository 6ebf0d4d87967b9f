import ast
import getpass
import inspect
import secrets
import time
import tokenize
import types
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.config import redaction
from vivek.config.redaction import MARK, redact

# Made up here, in the form of the real ones.
LETTERS = sha256(b"no secret at all").hexdigest()
SECRETS = {
    "github": f"ghp_{LETTERS[:36]}",
    "github, fine-grained": f"github_pat_{LETTERS[:22]}_{LETTERS}",
    "gitlab": f"glpat-{LETTERS[:20]}",
    "slack": f"xoxb-{LETTERS[:24]}",
    "openai": f"sk-proj-{LETTERS[:48]}",
    "anthropic": f"sk-ant-api03-{LETTERS}",
    "openrouter": f"sk-or-v1-{LETTERS}",
    "stripe": f"sk_live_{LETTERS[:24]}",
    "aws": f"AKIA{LETTERS[:16].upper()}",
    "google": f"AIza{LETTERS[:35]}",
    "hugging face": f"hf_{LETTERS[:34]}",
    "npm": f"npm_{LETTERS[:36]}",
    "pypi": f"pypi-{LETTERS}",
    "web token": f"eyJ{LETTERS[:20]}.eyJ{LETTERS[:30]}.{LETTERS[:43]}",
}


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("around", ["{}", "key: {}", '"{}"', "https://host/?key={}&x=1", "({})", "a={}\n"])
def test_a_key_that_tells_by_its_beginning_what_it_is_is_taken_out(name: str, around: str) -> None:
    text = redact(around.format(SECRETS[name]))

    assert MARK in text
    assert LETTERS[6:14] not in text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "password=hunter2\n",
        "export DB_PASSWORD=hunter2",
        "  MYSQL_PWD=hunter2",
        "run --password=hunter2 now",
        "https://host/login?user=a&password=hunter2&b=c",
        'password = "hunter2"',
        "'api_key': 'hunter2'",
        "API-KEY: 'hunter2'",
        'client_secret := "hunter2"',
        '{"secret":"hunter2"}',
        "postgres://root:hunter2@db:5432/x",
        "Authorization: Bearer hunter2",
        'headers = {"Authorization": "Basic hunter2"}',
        "x-api-key: hunter2",
        "AWS_SECRET_ACCESS_KEY=hunter2+/hunter2",
        "auth_token='hunter2'",
        "passphrase => 'hunter2'",
        "proxy-authorization: token hunter2",
    ],
)
def test_a_value_given_to_a_name_of_secrets_is_taken_out(text: str) -> None:
    assert "hunter2" not in redact(text)
    assert MARK in redact(text)


def test_a_bearer_token_is_taken_out_wherever_it_stands() -> None:
    assert redact(f"curl said: Bearer {LETTERS}, bye") == f"curl said: Bearer {MARK}, bye"


def test_a_token_is_secret_only_when_it_is_long_and_has_digits() -> None:
    assert redact(f'token = "{LETTERS}"') == f'token = "{MARK}"'
    assert redact('token = "plus_or_minus_sign"') == 'token = "plus_or_minus_sign"'
    assert redact('token = "x1"') == 'token = "x1"'


BODY = "\n".join([LETTERS] * 3 + [LETTERS[:10]])


@pytest.mark.parametrize("kind", ["RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PRIVATE KEY"])
def test_a_private_key_is_taken_out_also_when_it_is_cut_or_escaped(kind: str) -> None:
    begin, end = f"-----BEGIN {kind}-----", f"-----END {kind}-----"

    assert redact(f"a\n{begin}\n{BODY}\n{end}\nb") == f"a\n{begin}{MARK}\n{end}\nb"
    assert redact(f"a\n{begin}\n{BODY}") == f"a\n{begin}{MARK}"
    assert redact(f"{begin}\nProc-Type: 4,ENCRYPTED\nDEK-Info: x\n\n{BODY}\n{end}") == f"{begin}{MARK}\n{end}"
    escaped = BODY.replace("\n", "\\n")
    assert LETTERS[:10] not in redact(f'"{begin}\\n{escaped}\\n{end}"')


def test_secrets_that_are_known_are_taken_out_wherever_they_stand() -> None:
    assert redact("it is swordfish1!", known=["swordfish1"]) == f"it is {MARK}!"
    assert redact("abcabc", known=["abc", ""]) == "abcabc"


ORDINARY = [
    "password = get_password()",
    "password=password,",
    "password: str",
    "api_key=None",
    "self.token = token",
    "token=tokens[0]",
    "max_tokens=4096",
    "prompt_tokens = 12345678",
    "def login(password: str, token: str) -> None:",
    "password = args.password",
    "secret=args.secret",
    'password = ""',
    'type="password"',
    'label: "Password"',
    'os.environ["API_KEY"]',
    "PASSWORD=$DB_PASSWORD",
    "api_key = '<your key>'",
    'api_key="YOUR_API_KEY"',
    "token = next(tokens)",
    "Bearer authentication is used.",
    "bearer of good news",
    "a task-oriented-and-very-long-hyphenated-name",
    "sk-toolbar-button-large",
    "https://example.org/a:b@c",
    "git@github.com:a/b.git",
    "http://localhost:8080/x",
    "https://user:password@host/",
    "-----BEGIN PRIVATE KEY----- is how such a block begins.",
    "-----BEGIN CERTIFICATE-----\n" + BODY,
    LETTERS,
    "sha256:" + LETTERS,
    "the secret: be kind",
    "password_field = form.password",
    "if token == '+':",
    "tokenizer=fast",
    'secret = "{{ vault_secret }}"',
    "password: true",
    "password=%s",
    "import secrets",
    "key = 'hunter2'",
    "passwd.py:12: note",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_code_and_prose_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "module", [ast, getpass, inspect, secrets, tokenize, types], ids=lambda module: module.__name__
)
def test_source_files_of_the_standard_library_stay_as_they_are(module: types.ModuleType) -> None:
    source = inspect.getsource(module)

    assert redact(source) == source


@given(
    st.lists(st.sampled_from([*SECRETS.values(), *ORDINARY, "password=", "'hunter2'", "\n", " ", "x"]), max_size=6).map(
        " ".join
    )
)
def test_what_was_redacted_stays_as_it_is(text: str) -> None:
    once = redact(text)

    assert redact(once) == once


@pytest.mark.parametrize(
    "piece",
    [
        "sk-",
        "eyJ-",
        "eyJaaaaaaaa.",
        "token=",
        "-----BEGIN PRIVATE KEY-----\n",
        "a",
        "password='",
        "://a:",
        "Bearer ",
        "\t",
        "gh",
    ],
)
def test_monstrous_texts_take_time_that_grows_with_their_length_only(piece: str) -> None:
    began = time.process_time()
    redact(piece * (200_000 // len(piece)))

    assert time.process_time() - began < 5


def test_the_mark_itself_is_no_secret() -> None:
    assert redact(f"password={redaction.MARK}") == f"password={redaction.MARK}"
