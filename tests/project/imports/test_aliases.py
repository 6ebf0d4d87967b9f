"""What `tsconfig.json` calls folders is followed: `baseUrl`, `paths`, what it extends; a broken one says nothing."""

import pytest

from vivek.project.imports.aliases import around, load_aliases
from vivek.project.imports.resolving import Resolver
from vivek.schema.index import Imported

FILES = {
    "app/core/prices.ts": "",
    "app/core/index.ts": "",
    "app/views/list.tsx": "",
    "lib/money.ts": "",
    "web/app/core/prices.ts": "",
}


def reached(told: dict[str, str], module: str, path: str = "app/main.ts") -> tuple[str, ...]:
    files = {**FILES, path: "", **told}
    aliases = load_aliases(files, lambda name: files[name].encode() if name in files else None)
    return Resolver(files, aliases=aliases).resolve(path, Imported(module, line=1))


@pytest.mark.parametrize(
    ("options", "module", "file"),
    [
        ('{"compilerOptions": {"paths": {"#core/*": ["./app/core/*"]}}}', "#core/prices", "app/core/prices.ts"),
        ('{"compilerOptions": {"paths": {"#core": ["./app/core"]}}}', "#core", "app/core/index.ts"),
        ('{"compilerOptions": {"baseUrl": "app"}}', "core/prices", "app/core/prices.ts"),
        ('{"compilerOptions": {"baseUrl": "app", "paths": {"#v/*": ["views/*"]}}}', "#v/list", "app/views/list.tsx"),
        ('{"compilerOptions": {"paths": {"#x/*": ["gone/*", "lib/*"]}}}', "#x/money", "lib/money.ts"),
        (
            '{"compilerOptions": {"paths": {"#*": ["lib/*"], "#core/*": ["app/core/*"]}}}',
            "#core/prices",
            "app/core/prices.ts",
        ),
        (
            '{ // "paths": no\n "compilerOptions": {"paths": {"#/*": ["lib/*",],},}, /* } */ }',
            "#/money",
            "lib/money.ts",
        ),
    ],
)
def test_a_name_for_a_folder_is_followed(options: str, module: str, file: str) -> None:
    assert reached({"tsconfig.json": options}, module) == (file,)


def test_what_it_extends_counts_and_the_nearest_file_first() -> None:
    base = {"base.json": '{"compilerOptions": {"baseUrl": "app"}}', "tsconfig.json": '{"extends": "./base"}'}
    assert reached(base, "core/prices") == ("app/core/prices.ts",)
    near = {**base, "web/tsconfig.json": '{"compilerOptions": {"baseUrl": "app"}}'}
    assert reached(near, "core/prices", "web/app/main.ts") == ("web/app/core/prices.ts",)


@pytest.mark.parametrize(
    "options",
    [
        "",
        "{",
        "[]",
        '{"compilerOptions": 1}',
        '{"compilerOptions": {"baseUrl": 1, "paths": [1]}}',
        '{"compilerOptions": {"paths": {"#*": "lib/*", "#a/*/*": ["lib/*"], "#b/*": [1]}}}',
        '{"compilerOptions": {"baseUrl": "../.."}}',
        '{"extends": "./tsconfig.json"}',
        "[" * 100_000,
    ],
)
def test_a_file_that_says_nothing_sensible_says_nothing(options: str) -> None:
    files = {"tsconfig.json": options}
    found = load_aliases(files, lambda name: files[name].encode())
    assert around("app/main.ts", found) is None or not list(found[""].places("core/prices"))
    assert reached(files, "#core/prices") == ()
