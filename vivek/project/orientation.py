"""Says in one line what a project is: languages, frameworks, how it is tested, where it starts. By names and lists."""

import re
import shlex
from collections import Counter
from collections.abc import Sequence

from vivek.project.tooling.commands import Root, Tooling
from vivek.syntax.languages import is_prose, language_of

_NO_CODE = frozenset({"csv", "diff", "html", "css", "ini", "json", "json5", "jsonl", "toml", "xml", "yaml", "make"})
# Where each list of dependencies names them: a part of the file, and the names in it.
_DEPENDENCIES = {
    "pyproject.toml": (
        r"^dependencies\s*=\s*\[(.*?)\]\s*$|^\[tool\.poetry\.dependencies\](.*?)(?=^\[|\Z)",
        r"[\w.-]+",
    ),
    "requirements.txt": (r"(.*)", r"^[\w.-]+"),
    "Pipfile": (r"^\[packages\](.*?)(?=^\[|\Z)", r"^[\w.-]+"),
    "setup.cfg": (r"^install_requires\s*=(.*?)(?=^\S|\Z)", r"^\s+[\w.-]+"),
    "package.json": (r'"(?:dev|peer)?[dD]ependencies"\s*:\s*\{(.*?)\}', r'"[@\w./-]+"(?=\s*:)'),
    "Gemfile": (r"(.*)", r"^\s*gem\s+['\"][\w-]+"),
    "go.mod": (r"(.*)", r"[\w.-]+(?=/|\s+v\d)"),
    "Cargo.toml": (r"^\[dependencies\](.*?)(?=^\[|\Z)", r"^[\w-]+"),
    "composer.json": (r'"require"\s*:\s*\{(.*?)\}', r'"[\w./-]+"(?=\s*:)'),
    "mix.exs": (r"(.*)", r"\{:\w+"),
}
# As the lists of dependencies name them, with the name people use.
_FRAMEWORKS = {
    "django": "Django", "flask": "Flask", "fastapi": "FastAPI", "starlette": "Starlette", "tornado": "Tornado",
    "aiohttp": "aiohttp", "click": "click", "typer": "typer", "sqlalchemy": "SQLAlchemy", "pydantic": "pydantic",
    "numpy": "numpy", "pandas": "pandas", "torch": "PyTorch", "langgraph": "LangGraph", "react": "React", "vue": "Vue",
    "svelte": "Svelte", "next": "Next.js", "express": "Express", "nestjs": "NestJS", "electron": "Electron",
    "rails": "Rails", "sinatra": "Sinatra", "laravel": "Laravel", "symfony": "Symfony", "spring-boot": "Spring Boot",
    "gin-gonic": "Gin", "axum": "axum", "actix-web": "Actix", "tokio": "tokio", "phoenix": "Phoenix",
}  # fmt: skip
_WORD = re.compile(r"[A-Za-z][\w]*(?:-[\w]+)*")
_STARTS = ("__main__.py", "main.py", "app.py", "manage.py", "cli.py", "wsgi.py", "asgi.py", "server.py", "index.js",
           "index.ts", "main.go", "main.rs", "server.js", "app.js")  # fmt: skip
_SCRIPT = re.compile(r'^\s*"?([\w.-]{1,40})"?\s*=\s*"([\w.]{1,80}:[\w.]{1,80})"', re.M)
_SCRIPTS = re.compile(r"^\[project\.scripts\]\s*$(.*?)(?=^\[|\Z)", re.M | re.S)
_APART = re.compile(r"(?:tests?|docs?|examples?|benchmarks?|\.)")
_LANGUAGE = re.compile(r"[A-Za-z][\w+#.-]{0,19}", re.ASCII)  # a project's file says it: one word, no sentence
_MOST_SAID = 8
_LANGUAGES, _FRAMES, _ENTRIES, _LONGEST = 3, 4, 3, 300


def orientation(root: Root, tooling: Tooling) -> str:
    """Return the line, "" for a project without code.

    Args:
        root: The files of the project.
        tooling: Its own commands.
    """
    said_to_be = [name for name in tooling.languages if _LANGUAGE.fullmatch(name)][:_MOST_SAID]
    spoken = said_to_be or spoken_languages(root)
    if not spoken:
        return ""
    said = [", ".join(spoken)]
    if frameworks := _frameworks(root):
        said.append(f"uses {', '.join(frameworks)}")
    if tooling.test is not None:
        said.append(f"tests: `{shlex.join(tooling.test.argv)}`")
    if entries := _entries(root):
        said.append(f"starts in {', '.join(entries)}")
    return f"About this project: {'; '.join(said)}."[:_LONGEST]


def spoken_languages(root: Root) -> Sequence[str]:
    """Return the languages of a project's code, the most used first."""
    found = Counter(language_of(path) for path in root.files if not is_prose(path))
    counted = [(name, number) for name, number in found.items() if name is not None and name not in _NO_CODE]
    counted.sort(key=lambda pair: (-pair[1], pair[0]))
    most = counted[0][1] if counted else 0
    return [name for name, number in counted[:_LANGUAGES] if number * 20 >= most]


def _frameworks(root: Root) -> Sequence[str]:
    named: set[str] = set()
    for path, (part, name) in _DEPENDENCIES.items():
        if path not in root:
            continue
        for found in re.finditer(part, root.text(path), re.M | re.S):
            listed = "".join(group or "" for group in found.groups())
            named.update(word.lower() for each in re.findall(name, listed, re.M) for word in _WORD.findall(each))
    return [name for word, name in _FRAMEWORKS.items() if word in named][:_FRAMES]


def _entries(root: Root) -> Sequence[str]:
    listed = _SCRIPTS.search(root.text("pyproject.toml"))
    scripts = [f"`{name}` ({place})" for name, place in _SCRIPT.findall(listed[1] if listed else "")]
    starts = sorted(
        (
            path
            for path in root.files
            if path.rpartition("/")[2] in _STARTS and path.count("/") <= 1 and not _APART.match(path)
        ),
        key=lambda path: (path.count("/"), _STARTS.index(path.rpartition("/")[2]), path),
    )
    return [*scripts, *(f"`{path}`" for path in starts)][:_ENTRIES]
