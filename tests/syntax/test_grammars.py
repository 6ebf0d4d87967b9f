"""What the grammars tell of each language; they come with the extra `index`, which the tests have."""

import textwrap

import pytest

from vivek.syntax.outline import outline

SOURCES = {
    "a.ts": (
        """\
        @Component({
          selector: "till",
        })
        export class Till extends Drawer {
          @Input() size = 1;
          // adds
          @Output()
          async total(a: number): Promise<number> { return 1 }
          change = (coin: Coin) => {
            return 2;
          };
          get open() { return true }
          abstract lock(): void;
        }
        export const sum = async (x) => { return x };
        const one = 1, two = () => 2;
        export default function main() {}
        namespace Coins { export function mint() {} }
        interface Coin { value: number }
        type Kind = "a" | "b";
        enum Side { Heads }
        function over(a: string): void;
        function over(a: any) {}
        let Made = class { go() {} };
        function* walk() {}
        """,
        [
            ("Till", "class", 0, 3, 14, ""),
            ("Till.total", "method", 6, 7, 8, "  "),
            ("Till.change", "method", 8, 8, 11, "  "),
            ("Till.open", "method", 11, 11, 12, "  "),
            ("Till.lock", "method", 12, 12, 13, "  "),
            ("sum", "function", 14, 14, 15, ""),
            ("main", "function", 16, 16, 17, ""),
            ("Coins", "namespace", 17, 17, 18, ""),
            ("Coins.mint", "function", 17, 17, 18, "namespace Coins { "),
            ("Coin", "interface", 18, 18, 19, ""),
            ("Kind", "type", 19, 19, 20, ""),
            ("Side", "enum", 20, 20, 21, ""),
            ("over", "function", 21, 21, 22, ""),
            ("over", "function", 22, 22, 23, ""),
            ("Made", "class", 23, 23, 24, ""),
            ("Made.go", "method", 23, 23, 24, "let Made = class { "),
            ("walk", "function", 24, 24, 25, ""),
        ],
    ),
    "a.tsx": ("const App = () => <p>{1}</p>;\n", [("App", "function", 0, 0, 1, "")]),
    "a.js": (
        "class A {\n  @dec\n  run() {}\n  #hid() {}\n}\n",
        [("A", "class", 0, 0, 5, ""), ("A.run", "method", 1, 2, 3, "  "), ("A.#hid", "method", 3, 3, 4, "  ")],
    ),
    "a.go": (
        """\
        package till

        // Total adds.
        func Total(a int) int { return 1 }
        func (t *Till[K]) Add(a int) int {
            return 1
        }
        type Till[K any] struct { x int }
        type (
            A int
        )
        """,
        [
            ("Total", "function", 3, 3, 4, ""),
            ("Till.Add", "method", 4, 4, 7, ""),
            ("Till", "type", 7, 7, 8, ""),
            ("A", "type", 8, 8, 11, ""),
        ],
    ),
    "a.rs": (
        """\
        /// A till.
        #[derive(Debug)]
        // plain
        #[repr(C)]
        pub struct Till { x: i32 }
        impl<T> Till<T> {
            #[inline]
            pub fn total(&self) -> i32 { 1 }
        }
        impl fmt::Display for Till { fn fmt(&self) {} }
        mod inner {
            fn a() {}
        }
        trait Count { fn count(&self); }
        macro_rules! coins { () => {} }
        union U { a: i32 }
        mod outer;
        """,
        [
            ("Till", "struct", 1, 4, 5, ""),
            ("Till.total", "method", 6, 7, 8, "    "),
            ("Till.fmt", "method", 9, 9, 10, "impl fmt::Display for Till { "),
            ("inner", "module", 10, 10, 13, ""),
            ("inner.a", "function", 11, 11, 12, "    "),
            ("Count", "trait", 13, 13, 14, ""),
            ("Count.count", "method", 13, 13, 14, "trait Count { "),
            ("coins", "macro", 14, 14, 15, ""),
            ("U", "union", 15, 15, 16, ""),
            ("outer", "module", 16, 16, 17, ""),
        ],
    ),
    "A.java": (
        """\
        package till;
        public class Till<T> {
          @Override
          @Test
          public int total(int a) { return 1; }
          Till() {}
          static class Coin { void flip() {} }
        }
        enum Side { HEADS, TAILS; Side other() { return this; } }
        record R(int a) { R { } }
        @interface Mark { int value(); }
        """,
        [
            ("Till", "class", 1, 1, 8, ""),
            ("Till.total", "method", 2, 4, 5, "  "),
            ("Till.Till", "constructor", 5, 5, 6, "  "),
            ("Till.Coin", "class", 6, 6, 7, "  "),
            ("Till.Coin.flip", "method", 6, 6, 7, "  static class Coin { "),
            ("Side", "enum", 8, 8, 9, ""),
            ("Side.other", "method", 8, 8, 9, "enum Side { HEADS, TAILS; "),
            ("R", "record", 9, 9, 10, ""),
            ("R.R", "constructor", 9, 9, 10, "record R(int a) { "),
            ("Mark", "annotation", 10, 10, 11, ""),
        ],
    ),
    "a.c": (
        """\
        struct till { int x; };
        struct till make(void);
        typedef struct { int y; } coin;
        static int *total(int a) { return 0; }
        #ifdef BIG
        int big(void) { return 1; }
        #else
        int big(void) { return 2; }
        #endif
        struct later;
        enum { ONE };
        """,
        [
            ("till", "struct", 0, 0, 1, ""),
            ("coin", "type", 2, 2, 3, ""),
            ("total", "function", 3, 3, 4, ""),
            ("big", "function", 5, 5, 6, ""),
            ("big", "function", 7, 7, 8, ""),
        ],
    ),
    "a.cpp": (
        """\
        namespace till {
        template <typename T>
        class Drawer : public Box {
         public:
          Drawer() : x(1) {}
          ~Drawer() {}
          bool operator==(const Drawer& o) const { return true; }
          int& at(int i) { return x; }
        };
        }
        int till::Drawer<int>::total(int a) { return 1; }
        extern "C" { int raw(void) { return 1; } }
        namespace { int hidden() { return 1; } }
        """,
        [
            ("till", "namespace", 0, 0, 10, ""),
            ("till.Drawer", "class", 1, 1, 9, ""),
            ("till.Drawer.Drawer", "method", 4, 4, 5, "  "),
            ("till.Drawer.~Drawer", "method", 5, 5, 6, "  "),
            ("till.Drawer.operator==", "method", 6, 6, 7, "  "),
            ("till.Drawer.at", "method", 7, 7, 8, "  "),
            ("till.Drawer.total", "function", 10, 10, 11, ""),
            ("raw", "function", 11, 11, 12, 'extern "C" { '),
            ("hidden", "function", 12, 12, 13, "namespace { "),
        ],
    ),
    "a.h": (
        "class A { int f() { return 1; } };\n",
        [("A", "class", 0, 0, 1, ""), ("A.f", "method", 0, 0, 1, "class A { ")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", SOURCES)
def test_definitions_are_found_with_names_kinds_and_places(path: str) -> None:
    source, wanted = SOURCES[path]

    found = outline(path, textwrap.dedent(source)) or ()

    assert [(each.name, each.kind, each.start, each.head, each.end, each.indent) for each in found] == wanted


def test_places_are_counted_in_characters() -> None:
    (found,) = outline("a.js", "/* größe */ function f() {} // ü\n") or ()

    assert (found.indent, found.alone) == ("/* größe */ ", False)


def test_what_is_faulty_itself_is_left_out_and_the_rest_is_found() -> None:
    text = "class A {\n  f() { return 1 }\n  g() { return ( }\n}\nfunction h() {}\n"

    assert [symbol.name for symbol in outline("a.js", text) or ()] == ["A.f", "h"]
