"""Which variables of the environment a Python text reads, and what only looks as if it did."""

import pytest

from vivek.schema.measures import UNNAMED
from vivek.syntax.measures import measures_of

LIBRARIES = """
from decouple import config
from environs import Env

env = Env()
env.read_env(".env")
A = env("PLAIN"), env.int("NUMBER", 3), config("DECOUPLED", default="config('NOT')")
other("NOT"), env(name), environment("NOT")
"""

WRAPPED = '''
import os

KEY = "BY_CONSTANT"


def setting(name: str, default: str = "") -> str:
    """Ask for setting("DOCUMENTED")."""
    return os.environ.get(name, default)


def _quiet(name):
    return os.environ[name]


def unlike(name):
    os.environ["WRITTEN"] = name
    return name


a = setting("BY_FUNCTION"), _quiet("BY_PRIVATE"), unlike("NOT"), os.environ[KEY]
b = os.getenv(f"{a}_NAME")
'''

SETTINGS = """
from typing import ClassVar
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class App(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")
    url: str
    token: str = Field(validation_alias=AliasChoices("TOKEN", "APP_KEY"))
    size: int = Field(default=3, description="NOT")
    kept: ClassVar[int] = 1
    _own: int = 2


class Old(BaseSettings):
    host: str

    class Config:
        env_prefix = "old_"


class Plain:
    port: int
"""

OPTIONS = """
import click


@click.option("--one", envvar="ONE")
@click.option("--two", envvar=["TWO", "TOO"])
def run(one, two):
    pass
"""


def read(text: str, path: str = "a.py") -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for known in measures_of(path, text).known:
        if known.kind == "environment variable":
            found.setdefault(known.name, []).append(known.place.line)
    return found


def unnamed(text: str, path: str = "a.py") -> list[int]:
    return [known.place.line for known in measures_of(path, text).known if known.kind == UNNAMED]


def test_what_a_library_is_asked_for_is_read() -> None:
    assert read(LIBRARIES) == {"PLAIN": [7], "NUMBER": [7], "DECOUPLED": [7]}


def test_a_configuration_of_a_server_is_asked_for_variables() -> None:
    text = "from starlette.config import Config\n\nconfig = Config('.env')\nDEBUG = config('DEBUG', cast=bool)\n"

    assert read(text) == {"DEBUG": [4]}
    assert read(text.replace("starlette", "other")) == {}


def test_a_library_that_puts_a_prefix_before_names_is_not_guessed_at() -> None:
    assert read(f'{LIBRARIES}\nwith env.prefixed("APP_"):\n    env("X")\n') == {}


def test_what_a_function_of_the_file_is_asked_for_is_read_where_it_is_named() -> None:
    assert read(WRAPPED) == {"BY_FUNCTION": [21], "BY_PRIVATE": [21], "BY_CONSTANT": [21]}


def test_a_name_that_is_made_while_running_is_told_but_no_function_that_only_its_own_file_calls() -> None:
    assert unnamed(WRAPPED) == [9, 22]


def test_fields_of_settings_are_variables_with_their_prefix_or_by_their_own_names() -> None:
    assert read(SETTINGS) == {"APP_URL": [9], "TOKEN": [10], "APP_KEY": [10], "APP_SIZE": [11], "OLD_HOST": [17]}


def test_an_option_of_a_command_line_names_its_variables() -> None:
    assert read(OPTIONS) == {"ONE": [5], "TWO": [6], "TOO": [6]}


@pytest.mark.parametrize(
    "text",
    [
        "from os import path\npath('environ')\n",
        "def config(name): ...\nconfig('NOT')  # environ\n",
        "environ = {}\nenviron['NOT']\n",
        "import os\nenv = dict(os.environ)\nenv.update(a=1)\n",
        "class Env: ...\nenv = Env()\nenv('NOT')\n",
    ],
)
def test_what_only_looks_like_the_environment_is_none(text: str) -> None:
    assert (read(text), unnamed(text)) == ({}, [])


def test_scripts_take_the_environment_apart_and_ask_by_names_that_are_made() -> None:
    text = (
        'const { PORT, HOST: host = "x" } = process.env;\n'
        "a(import.meta.env.SSR, import.meta.env.VITE_KEY, Bun.env.BUN_KEY, process.env.MODE);\n"
        "f(process.env[name]); // process.env.NOT\n"
        "const { NOT } = process.argv;\n"
    )

    assert read(text, "a.ts") == {"PORT": [1], "HOST": [1], "BUN_KEY": [2], "MODE": [2], "VITE_KEY": [2]}
    assert unnamed(text, "a.ts") == [3]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", "package a\nfunc f(n string) string { return os.Getenv(n) }\n"),
        ("a.rs", "fn f(n: &str) { env::var(n); }\n"),
        ("A.java", "class A { String f(String n) { return System.getenv(n); } }\n"),
    ],
)
def test_other_languages_ask_by_names_that_are_made(path: str, text: str) -> None:
    assert (len(unnamed(text, path)), read(text, path)) == (1, {})
