"""Which language a file is written in, told by its name alone; never opens it."""

_SUFFIXES = {
    "batch": "bat cmd",
    "c": "c h",
    "clojure": "clj cljs",
    "cmake": "cmake",
    "cpp": "cc cpp cxx hh hpp hxx",
    "csharp": "cs",
    "css": "css less sass scss",
    "csv": "csv tsv",
    "cython": "pyx pxd",
    "dart": "dart",
    "diff": "diff patch",
    "elisp": "el",
    "elixir": "ex exs",
    "erlang": "erl hrl",
    "fsharp": "fs fsx",
    "go": "go",
    "graphql": "graphql gql",
    "groovy": "gradle groovy",
    "haskell": "hs",
    "hcl": "hcl tf",
    "html": "htm html svelte vue",
    "ini": "cfg conf ini properties",
    "java": "java",
    "javascript": "cjs js jsx mjs",
    "json": "ipynb json",
    "json5": "json5 jsonc",
    "jsonl": "jsonl ndjson",
    "julia": "jl",
    "kotlin": "kt kts",
    "latex": "tex",
    "lua": "lua",
    "make": "mak mk",
    "markdown": "markdown md mdx",
    "nim": "nim",
    "nix": "nix",
    "objc": "m mm",
    "ocaml": "ml mli",
    "perl": "pl pm",
    "php": "php",
    "powershell": "ps1 psm1",
    "protobuf": "proto",
    "python": "py pyi",
    "r": "r",
    "rst": "rst",
    "ruby": "rake rb",
    "rust": "rs",
    "scala": "scala",
    "shell": "bash env fish sh zsh",
    "sql": "sql",
    "swift": "swift",
    "text": "lock log txt",
    "toml": "toml",
    "typescript": "cts mts ts tsx",
    "vim": "vim",
    "xml": "svg xml xsd xsl",
    "yaml": "yaml yml",
    "zig": "zig",
}
_NAMES = {
    "cmake": "cmakelists.txt",
    "docker": "containerfile dockerfile",
    "groovy": "jenkinsfile",
    "ini": ".editorconfig",
    "make": "gnumakefile justfile makefile",
    "ruby": "brewfile gemfile rakefile vagrantfile",
    "shell": ".bashrc .env .profile .zshrc",
    "text": ".dockerignore .gitattributes .gitignore authors changelog codeowners copying go.mod go.sum license notice "
    "procfile readme",
}
_BY_SUFFIX = {suffix: language for language, suffixes in _SUFFIXES.items() for suffix in suffixes.split()}
_BY_NAME = {name: language for language, names in _NAMES.items() for name in names.split()}
_PROSE = frozenset({"markdown", "rst", "text", "latex"})


def language_of(path: str) -> str | None:
    """Return the language of a file, such as `python`, or None when its name does not tell."""
    name = path.rpartition("/")[2].lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    stem, dot, suffix = name.rpartition(".")
    return _BY_SUFFIX.get(suffix) if dot and stem else None


def is_prose(path: str) -> bool:
    """Return whether a file holds text for people, or text of an unknown kind, rather than code."""
    language = language_of(path)
    return language is None or language in _PROSE
