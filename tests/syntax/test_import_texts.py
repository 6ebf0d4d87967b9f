"""What texts of other languages than Python import, by the shape of their lines."""

import textwrap

import pytest

from vivek.schema.index import Imported
from vivek.syntax.import_texts import imports_in

SOURCES = {
    "typescript": (
        """\
        import a, { b, type C as D } from "./x";
        import * as ns from './ns';
        import "./side";
        import type { T } from "../t";
        export * from "./all";
        export { q } from './q'
        const { r, s: t } = require("./r");
        const u = await import("./lazy");
        import {
          m,
          n,
        } from "@/m";
        import fs = require("fs");
        foo.require("no"); // import "no"
        export const from = 1;
        """,
        [
            Imported("./x", ("a", "b", "C"), 1),
            Imported("./ns", (), 2),
            Imported("./side", (), 3),
            Imported("../t", ("T",), 4),
            Imported("./all", ("*",), 5),
            Imported("./q", ("q",), 6),
            Imported("./r", ("r", "s"), 7),
            Imported("./lazy", (), 8),
            Imported("@/m", ("m", "n"), 9),
            Imported("fs", (), 13),
        ],
    ),
    "go": (
        'package x\n\nimport "fmt"\n\nimport (\n\t"os"\n\n\tlog "github.com/a/b"\n\t// "no"\n)\n',
        [Imported("fmt", (), 3), Imported("os", (), 6), Imported("github.com/a/b", (), 8)],
    ),
    "rust": (
        """\
        use std::io;
        pub use crate::a::{b, c::{d as e, f}, self};
        mod till;
        pub(crate) mod coins;
        use super::*;
            use ::foo::bar;
        extern crate old;
        use anyhow;
        mod inline { }
        """,
        [
            Imported("std", ("io",), 1),
            Imported("crate::a", ("b", "self"), 2),
            Imported("crate::a::c", ("d", "f"), 2),
            Imported("self::till", (), 3),
            Imported("self::coins", (), 4),
            Imported("super", ("*",), 5),
            Imported("foo", ("bar",), 6),
            Imported("old", (), 7),
            Imported("anyhow", (), 8),
        ],
    ),
    "java": (
        "package a;\nimport a.b.C;\nimport static a.b.C.m;\n  import a.b.*;\n// import no;\n",
        [Imported("a.b.C", (), 2), Imported("a.b.C.m", (), 3), Imported("a.b", ("*",), 4)],
    ),
    "kotlin": ("import a.b.C\nimport a.D as E\n", [Imported("a.b.C", (), 1), Imported("a.D", (), 2)]),
    "c": (
        '#include <stdio.h>\n#  include "a/b.h"\n// #include "no"\n',
        [Imported("<stdio.h>", (), 1), Imported("a/b.h", (), 2)],
    ),
    "csharp": (
        "using System;\nglobal using A.B;\nusing static A.C;\nusing X = A.D;\nusing (var a = b) {}\nusing var x = y;\n",
        [Imported("System", (), 1), Imported("A.B", (), 2), Imported("A.C", (), 3), Imported("A.D", (), 4)],
    ),
    "lua": (
        'local a = require("a.b")\nlocal c = require "c/d"\n-- require("no")\nrequire(name)\n  require\'e\'\n',
        [Imported("a.b", (), 1), Imported("c.d", (), 2), Imported("e", (), 5)],
    ),
    "ruby": (
        "require 'json'\nrequire_relative 'a/b'\n  autoload :Foo, 'foo/bar'\nrequire_relative '../x'\nx.load 'no'\n",
        [
            Imported("json", (), 1),
            Imported("./a/b", (), 2),
            Imported("foo/bar", (), 3),
            Imported("../x", (), 4),
        ],
    ),
    "php": (
        """\
        <?php
        use App\\Models\\User;
        use App\\{A, B as C};
        use function A\\f;
        require __DIR__ . "/x.php";
        require_once("y.php");
        use A\\B, C\\D;
        $f = function () use ($x) {};
        """,
        [
            Imported("App\\Models\\User", (), 2),
            Imported("App\\A", (), 3),
            Imported("App\\B", (), 3),
            Imported("A\\f", (), 4),
            Imported("x.php", (), 5),
            Imported("y.php", (), 6),
            Imported("A\\B", (), 7),
            Imported("C\\D", (), 7),
        ],
    ),
    "shell": (
        'source ./lib.sh\n. "$(dirname "$0")/x.sh"\n  source "${DIR}/y.sh"\n. $HOME/z.sh\necho source no.sh\n',
        [
            Imported("./lib.sh", (), 1),
            Imported("x.sh", (), 2),
            Imported("y.sh", (), 3),
            Imported("z.sh", (), 4),
        ],
    ),
    "haskell": ("import Data.List\n", []),
}


@pytest.mark.parametrize("language", SOURCES)
def test_imports_are_told_as_they_are_written(language: str) -> None:
    text, found = SOURCES[language]

    assert list(imports_in(language, textwrap.dedent(text))) == found


@pytest.mark.parametrize("language", SOURCES)
def test_a_text_that_begins_imports_and_ends_none_is_read_in_time(language: str) -> None:
    text = "import (\nimport { a a a\nuse a::{\nexport a\nconst { a\nsource $(\n" * 20_000

    assert len(imports_in(language, text)) <= 2_000
