"""Replies as models write them, for everything that draws: each has what its name says."""

PROSE = """\
The discount is cut off, not rounded. `round()` gives the nearest cent, and the sum of all lines stays
what the customer sees on the bill, as long as *every* line is rounded and not only the **total** of them.

That is why the change belongs into `till/prices.py`, into the function `discount` of src/till/__init__.py.

See [the documentation](https://docs.example.org/round) or <https://example.org>.
"""

LISTS = """\
What to do:

1. Open the file:
   ```sh
   cd till
   ls
   ```
   and look at it.
2. Change it:
    - the import,
    - the function
      with its docstring.

3. Run the tests.

- [ ] nothing is done yet
* another list

> A quote that is long enough to be broken on a narrow terminal, with `code` in it.
> > And one inside of it.
"""

TABLE = """\
# Prices

| name | price in cents | what it is |
|:-----|---------------:|:----------:|
| apple | 120 | a fruit that keeps the doctor away |
| tea | 350 | `leaves` in a bag |

## A wide one

| a | b | c | d | e | f | g | h | i | j |
|---|---|---|---|---|---|---|---|---|---|
| 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | ten |

---

Done.
"""

CODE = '''\
Here it is:

```python
"""Prices in cents."""

import math


def discount(price: int, percent: int) -> int:
    """Take a percentage off a price.

    What is left is rounded to the nearest cent; "half up", it's called.

    Args:
        price: In cents.
        percent: From 0 to 100.

    Returns:
        The new price.
    """
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} is no percentage")
    return math.floor(price * (100 - percent) / 100 + 0.5)
```
And in Go, with tabs:
~~~go
func discount(price int) int {
\treturn price / 2 // half
}
~~~
'''

WIDE = """\
日本語の文章は一文字が二桁の幅を占めますから、行の折り返しは文字数ではなく桁数で決まります。とても長い行です。

Family 👨‍👩‍👧 and flag 🇩🇪, a heart ❤️, a thumb 👍🏽, accents é (combined), Ünïcödé.

- 項目一
- 項目二 with mixed 文字 in it
"""

EDITS = """\
I change two places.

till/prices.py
<<<<<<< SEARCH
    return price * percent // 100
=======
    return round(price * percent / 100)
>>>>>>> REPLACE

*** Begin Patch
*** Update File: till/bill.py
@@ def total
 def total(lines):
-    return sum(lines)
+    return sum(lines, 0)
*** End Patch

--- a/till/tax.py
+++ b/till/tax.py
@@ -1,2 +1,2 @@
 def tax(price):
-    return price * 19
+    return price * 7

Both are tested.
"""

HOSTILE = """\
Now \x1b[2J\x1b[31mred\x1b[0m and \x1b]0;title\x07 and \x9b5A and \rback and \u202eturned\u202c around.

```sh
echo '\x1b[8mhidden' # \x1b[?1049h
```

<script>alert(1)</script> [link](javascript:alert(1)) \x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\
"""

UNFINISHED = """\
It ends in the middle of

```python
def half(
"""

CORPUS = {
    "prose": PROSE,
    "lists": LISTS,
    "table": TABLE,
    "code": CODE,
    "wide": WIDE,
    "edits": EDITS,
    "hostile": HOSTILE,
    "unfinished": UNFINISHED,
    "many lines": "".join(f"Line {number} of a long reply, which is a paragraph.\n\n" for number in range(60)),
}
