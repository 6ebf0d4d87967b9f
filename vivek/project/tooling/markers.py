"""How a project is built that is known by one file at its root, and what its Makefile offers; reads files only."""

import re
from collections.abc import Iterator
from typing import get_args

from vivek.project.tooling.commands import CommandKind, ProjectCommand, Root

_TARGET = re.compile(r"^([A-Za-z][\w.-]*)(?=[ \t:])[^:=\n]*:(?!=)", re.M)
# It takes files and no folders.
_SHELLCHECK = 'git ls-files -z "*.sh" "*.bash" | xargs -0 shellcheck --'
_KINDS: dict[str, CommandKind] = {
    "test": "test",
    "tests": "test",
    "check": "test",
    "lint": "lint",
    "typecheck": "types",
    "types": "types",
    "format": "format",
    "fmt": "format",
    "build": "build",
}


def marked_commands(root: Root) -> Iterator[ProjectCommand]:
    """Yield the commands that come with a language's own build tool."""
    if "Cargo.toml" in root:
        yield from _each(
            "Cargo.toml", "rust", test="cargo test --quiet", lint="cargo clippy --quiet", build="cargo check"
        )
        yield ProjectCommand("format", ("cargo", "fmt"), "Cargo.toml", "rust")
    if "go.mod" in root:
        yield from _each("go.mod", "go", test="go test ./...", lint="go vet ./...", build="go build ./...")
        yield ProjectCommand("format", ("gofmt", "-l", "-w", "."), "go.mod", "go")
    if ".shellcheckrc" in root:
        yield ProjectCommand("lint", ("sh", "-c", _SHELLCHECK), ".shellcheckrc", "shell", ("shellcheck", "--"))
    if "pom.xml" in root:
        maven = "./mvnw" if "mvnw" in root else "mvn"
        yield from _each("pom.xml", "java", test=f"{maven} -q -o test", build=f"{maven} -q -o compile")
    gradle = root.first("build.gradle", "build.gradle.kts")
    if gradle:
        run = "./gradlew" if "gradlew" in root else "gradle"
        yield from _each(gradle, "java", test=f"{run} -q --offline test", build=f"{run} -q --offline assemble")
    if ".rspec" in root:
        yield from _each(".rspec", "ruby", test="bundle exec rspec")
    if root.has("Rakefile", r"[ \t]*(?:Rake::TestTask|task :test|task default: \S*test)"):
        yield from _each("Rakefile", "ruby", test="bundle exec rake test" if "Gemfile" in root else "rake test")
    if "mix.exs" in root:
        yield from _each("mix.exs", "elixir", test="mix test", build="mix compile", format="mix format")


def target_commands(root: Root) -> Iterator[ProjectCommand]:
    """Yield what a Makefile or justfile offers under the usual names."""
    for source, program in ((root.first("GNUmakefile", "makefile", "Makefile"), "make"), (_justfile(root), "just")):
        targets = set(_TARGET.findall(root.text(source))) if source else set()
        for name, kind in _KINDS.items():
            if name in targets:
                yield ProjectCommand(kind, (program, name), source)


def _justfile(root: Root) -> str:
    return root.first("justfile", "Justfile", ".justfile")


def _each(source: str, language: str, **lines: str) -> Iterator[ProjectCommand]:
    for kind in get_args(CommandKind):
        if kind in lines:
            yield ProjectCommand(kind, tuple(lines[kind].split()), source, language)
