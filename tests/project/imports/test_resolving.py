"""Which files an import reaches, by their names alone."""

import pytest

from vivek.project.imports.resolving import Resolver, go_module
from vivek.schema.index import Imported

PYTHON = [
    *("src/shop/__init__.py", "src/shop/till.py", "src/shop/coins/__init__.py", "src/shop/coins/mint.py"),
    *("src/shop/stub.pyi", "src/shop/spaces/deep/one.py", "tests/test_till.py", "tests/doubles.py"),
    *("plugins/extra/__init__.py", "plugins/extra/more.py", "scripts/run.py", "scripts/shared.py", "manage.py"),
    *("other/shop/__init__.py", "other/shop/till.py", "other/app.py", "json/__init__.py", "vendored/email/__init__.py"),
]


@pytest.mark.parametrize(
    ("path", "module", "names", "reached"),
    [
        ("src/shop/till.py", "shop.coins", (), ["src/shop/coins/__init__.py"]),
        ("src/shop/till.py", "shop.coins.mint", ("make",), ["src/shop/coins/mint.py"]),
        ("src/shop/till.py", "shop.coins", ("mint",), ["src/shop/coins/mint.py"]),
        ("src/shop/till.py", "shop.coins", ("mint", "Coin"), ["src/shop/coins/mint.py", "src/shop/coins/__init__.py"]),
        ("src/shop/till.py", "shop.coins", ("*",), ["src/shop/coins/__init__.py"]),
        ("src/shop/till.py", ".coins", ("mint",), ["src/shop/coins/mint.py"]),
        ("src/shop/till.py", ".", ("coins",), ["src/shop/coins/__init__.py"]),
        ("src/shop/coins/mint.py", "..till", ("Till",), ["src/shop/till.py"]),
        ("src/shop/coins/mint.py", "..", ("till",), ["src/shop/till.py"]),
        ("src/shop/coins/mint.py", ".....far", ("x",), []),
        ("src/shop/till.py", "shop.stub", (), ["src/shop/stub.pyi"]),
        ("src/shop/till.py", "shop.spaces.deep.one", (), ["src/shop/spaces/deep/one.py"]),
        ("src/shop/till.py", "shop.spaces.deep", ("one", "two"), ["src/shop/spaces/deep/one.py"]),
        ("src/shop/till.py", "shop", ("till",), []),  # itself
        ("tests/test_till.py", "shop.till", ("Till",), ["other/shop/till.py"]),
        ("other/app.py", "shop.till", ("Till",), ["other/shop/till.py"]),
        ("tests/test_till.py", "doubles", (), ["tests/doubles.py"]),
        ("tests/test_till.py", "tests.doubles", (), ["tests/doubles.py"]),
        ("manage.py", "extra.more", (), ["plugins/extra/more.py"]),
        ("scripts/run.py", "shared", ("x",), ["scripts/shared.py"]),
        ("src/shop/till.py", "shared", ("x",), []),
        ("src/shop/till.py", "email", (), []),
        ("src/shop/till.py", "requests.sessions", ("Session",), []),
        ("src/shop/till.py", "os", (), []),
    ],
)
def test_python(path: str, module: str, names: tuple[str, ...], reached: list[str]) -> None:
    assert list(Resolver(PYTHON).resolve(path, Imported(module, names))) == reached


OTHERS = {
    "web": [
        *("web/src/app.tsx", "web/src/ui/button.tsx", "web/src/ui/index.ts", "web/src/money.js", "web/src/types.d.ts"),
        *("web/src/coins.ts", "web/src/coins.test.ts", "web/data.json", "web/lib/index.js", "index.js"),
    ],
    "go": [
        "go/till/till.go",
        "go/till/till_test.go",
        "go/till/close.go",
        "go/money/money.go",
        "go/main.go",
        "money/m.go",
    ],
    "rust": [
        *("rs/Cargo.toml", "rs/src/lib.rs", "rs/src/till.rs", "rs/src/till/drawer.rs", "rs/src/coins/mod.rs"),
        *("rs/src/coins/mint.rs", "shop-core/src/lib.rs", "shop-core/src/prices.rs", "rs/tests/all.rs"),
    ],
    "java": [
        *("app/src/main/java/shop/Till.java", "app/src/main/java/shop/coins/Coin.java", "lib/src/shop/coins/Mint.kt"),
        "lib/src/other/Till.java",
    ],
    "c": ["src/till.c", "src/till.h", "src/money/coin.h", "include/shop/api.h", "a/same.h", "b/same.h", "src/x/y.cpp"],
    "lua": ["src/shop/till.lua", "shop/coins/init.lua", "main.lua"],
    "ruby": ["lib/shop/till.rb", "lib/shop.rb", "app/models/coin.rb", "bin/run.rb", "spec/till_spec.rb"],
    "php": [
        "src/Models/Till.php",
        "src/Kernel.php",
        "src/drawer.php",
        "lib/a/Same.php",
        "lib/b/Same.php",
        "web/Str.php",
    ],
    "shell": ["bin/run.sh", "bin/lib.sh", "common/log.sh", "root.sh"],
}
FILES = [path for paths in OTHERS.values() for path in paths]


@pytest.mark.parametrize(
    ("path", "module", "names", "reached"),
    [
        ("web/src/app.tsx", "./ui", (), ["web/src/ui/index.ts"]),
        ("web/src/app.tsx", "./ui/button", (), ["web/src/ui/button.tsx"]),
        ("web/src/app.tsx", "./ui/button.js", (), ["web/src/ui/button.tsx"]),
        ("web/src/ui/button.tsx", "../money", (), ["web/src/money.js"]),
        ("web/src/ui/button.tsx", "../coins.test", (), ["web/src/coins.test.ts"]),
        ("web/src/ui/button.tsx", "..", (), []),
        ("web/src/ui/button.tsx", "../../data.json?raw", (), ["web/data.json"]),
        ("web/src/app.tsx", "./types", (), ["web/src/types.d.ts"]),
        ("web/src/app.tsx", "@/ui/button", (), ["web/src/ui/button.tsx"]),
        ("web/src/app.tsx", "ui/button", (), ["web/src/ui/button.tsx"]),
        ("web/src/app.tsx", "../../../out", (), []),
        ("web/src/app.tsx", "../..", (), ["index.js"]),
        ("web/src/app.tsx", "react", (), []),
        ("web/src/app.tsx", "@angular/core", (), []),
        ("go/main.go", "example.com/shop/go/till", (), ["go/till/close.go", "go/till/till.go"]),
        ("go/main.go", "fmt", (), []),
        ("go/main.go", "net/money", (), []),
        ("rs/src/lib.rs", "self::till", (), ["rs/src/till.rs"]),
        ("rs/src/till.rs", "self::drawer", (), ["rs/src/till/drawer.rs"]),
        ("rs/src/till/drawer.rs", "super", ("Till",), ["rs/src/till.rs"]),
        ("rs/src/till/drawer.rs", "super::super::coins", ("Coin",), ["rs/src/coins/mod.rs"]),
        ("rs/src/till.rs", "crate::coins", ("mint", "Coin"), ["rs/src/coins/mint.rs", "rs/src/coins/mod.rs"]),
        ("rs/src/till.rs", "crate::coins::mint", ("make",), ["rs/src/coins/mint.rs"]),
        ("rs/src/till.rs", "crate", ("run",), ["rs/src/lib.rs"]),
        ("rs/src/coins/mod.rs", "mint", ("make",), ["rs/src/coins/mint.rs"]),
        ("rs/src/till.rs", "shop_core::prices", ("Price",), ["shop-core/src/prices.rs"]),
        ("rs/src/till.rs", "shop_core", ("Price",), ["shop-core/src/lib.rs"]),
        ("rs/src/till.rs", "std::collections", ("HashMap",), []),
        ("rs/src/till.rs", "serde", ("Serialize",), []),
        ("app/src/main/java/shop/Till.java", "shop.coins.Coin", (), ["app/src/main/java/shop/coins/Coin.java"]),
        ("app/src/main/java/shop/Till.java", "shop.coins.Coin.mint", (), ["app/src/main/java/shop/coins/Coin.java"]),
        (
            *("app/src/main/java/shop/Till.java", "shop.coins", ("*",)),
            ["app/src/main/java/shop/coins/Coin.java", "lib/src/shop/coins/Mint.kt"],
        ),
        ("lib/src/shop/coins/Mint.kt", "shop.Till", (), ["app/src/main/java/shop/Till.java"]),
        ("lib/src/other/Till.java", "java.util.List", (), []),
        ("src/till.c", "till.h", (), ["src/till.h"]),
        ("src/till.c", "money/coin.h", (), ["src/money/coin.h"]),
        ("src/x/y.cpp", "../till.h", (), ["src/till.h"]),
        ("src/x/y.cpp", "coin.h", (), ["src/money/coin.h"]),
        ("src/x/y.cpp", "<shop/api.h>", (), ["include/shop/api.h"]),
        ("src/x/y.cpp", "<till.h>", (), []),
        ("src/x/y.cpp", "same.h", (), []),
        ("main.lua", "shop.till", (), ["src/shop/till.lua"]),
        ("src/shop/till.lua", "shop.coins", (), ["shop/coins/init.lua"]),
        ("main.lua", "cjson", (), []),
        ("lib/shop.rb", "./shop/till", (), ["lib/shop/till.rb"]),
        ("spec/till_spec.rb", "../lib/shop", (), ["lib/shop.rb"]),
        ("spec/till_spec.rb", "shop/till", (), ["lib/shop/till.rb"]),
        ("spec/till_spec.rb", "models/coin", (), ["app/models/coin.rb"]),
        ("spec/till_spec.rb", "json", (), []),
        ("src/Kernel.php", "App\\Models\\Till", (), ["src/Models/Till.php"]),
        ("src/Models/Till.php", "App\\Kernel", (), ["src/Kernel.php"]),
        ("src/Models/Till.php", "Illuminate\\Support\\Str", (), []),
        ("src/Models/Till.php", "App\\x\\Same", (), []),
        ("src/Models/Till.php", "../drawer.php", (), ["src/drawer.php"]),
        ("src/Models/Till.php", "src/drawer.php", (), ["src/drawer.php"]),
        ("bin/run.sh", "lib.sh", (), ["bin/lib.sh"]),
        ("bin/run.sh", "./lib.sh", (), ["bin/lib.sh"]),
        ("bin/run.sh", "../root.sh", (), ["root.sh"]),
        ("bin/run.sh", "log.sh", (), ["common/log.sh"]),
        ("bin/run.sh", "/etc/profile", (), []),
        ("notes.md", "till", (), []),
        ("Tool.cs", "Shop.Tills", (), []),
    ],
)
def test_other_languages(path: str, module: str, names: tuple[str, ...], reached: list[str]) -> None:
    assert list(Resolver(FILES).resolve(path, Imported(module, names))) == reached


def test_the_module_of_go_is_taken_at_its_word_where_it_is_known() -> None:
    known = Resolver(OTHERS["go"], go_modules={"go": "example.com/shop"})

    assert known.resolve("go/main.go", Imported("example.com/shop/money")) == ("go/money/money.go",)
    assert known.resolve("go/main.go", Imported("github.com/other/money")) == ()
    assert known.resolve("go/till/till.go", Imported("example.com/shop")) == ("go/main.go",)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"// a comment\nmodule example.com/shop // why\n\ngo 1.22\n", "example.com/shop"),
        (b'module "example.com/shop"\r\n', "example.com/shop"),
        (b"go 1.22\n", ""),
        (b"\xff\xfe", ""),
    ],
)
def test_a_go_mod_names_its_module(data: bytes, name: str) -> None:
    assert go_module(data) == name
