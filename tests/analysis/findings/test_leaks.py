"""What stays open on a way out, and what is closed although it looks as if it were not."""

import pytest

from tests.analysis.findings.marked import found_and_wanted
from vivek.analysis.findings.leaks import check_leaks

FOUND = {
    "a file in Python": ("a.py", "+def f(p):\n!    out = open(p, 'w')\n+    out.write(text())\n+    out.close()\n"),
    "a path in Python": (
        "a.py",
        "+async def f(p):\n!    out = p.open('w')\n+    dump(out)\n+    out.close()\n+    return 1\n",
    ),
    "a way out in C": (
        "a.c",
        """ int count(const char *path)
 {
     FILE *in = fopen(path, "r");
     if (in == NULL)
         return -1;
+    if (getc(in) == EOF) {
!        return 0;
+    }
     fclose(in);
     return 1;
 }
""",
    ),
    "a way out in a script": (
        "a.ts",
        """ export async function first(path: string) {
   const file = await open(path);
   const line = await read(file);
+  if (line === "") {
!    return null;
+  }
   await file.close();
   return line;
 }
""",
    ),
    "an error in Java": (
        "A.java",
        """     int size(Path path) throws IOException {
!        InputStream in = Files.newInputStream(path);
+        int size = in.readAllBytes().length;
+        in.close();
         return size;
     }
""",
    ),
    "a body that was closed in any case": (
        "a.go",
        """ func get(url string) (int, error) {
     answer, err := http.Get(url)
     if err != nil {
         return 0, err
     }
-    defer answer.Body.Close()
+    if answer.StatusCode != 200 {
!        return 0, errStatus
+    }
+    answer.Body.Close()
     return answer.StatusCode, nil
 }
""",
    ),
    "a listener": ("a.js", '!  node.removeEventListener("click", () => close());\n'),
    "a listener that is bound": ("a.ts", "!  source.removeListener('data', this.heard.bind(this));\n"),
}
NOTHING = {
    "with": ("a.py", "+def f(p):\n+    with open(p) as i:\n+        return i.read()\n"),
    "try": ("a.py", "+def f(p):\n+    i = open(p)\n+    try:\n+        go(i)\n+    finally:\n+        i.close()\n"),
    "handed on": ("a.py", "+def f(p):\n+    i = open(p)\n+    if go(i):\n+        return i\n+    i.close()\n"),
    "kept": ("a.py", "+def f(self, p):\n+    i = open(p)\n+    self.i = i\n+    go()\n+    i.close()\n"),
    "nothing between": ("a.py", "+def f(p):\n+    i = open(p)\n+    i.close()\n"),
    "no file": ("a.py", "+def f(p):\n+    i = p.open(True)\n+    go(i)\n+    i.close()\n"),
    "not of this change": ("a.py", " def f(p):\n     i = open(p)\n     go(i)\n     i.close()\n+    done()\n"),
    "goto": (
        "a.c",
        ' int f(void)\n {\n     FILE *in = fopen(p, "r");\n+    if (x)\n+        goto end;\n+    if (y)\n'
        "+        return 1;\n"
        " end:\n     fclose(in);\n }\n",
    ),
    "was it opened": (
        "a.c",
        ' int f(void)\n {\n     FILE *in = fopen(p, "r");\n+    if (!in)\n+        return 1;\n'
        "     fclose(in);\n     return 0;\n }\n",
    ),
    "closed in its block": (
        "a.c",
        ' int f(void)\n {\n     FILE *in = fopen(p, "r");\n+    if (x) {\n+        fclose(in);\n'
        "+        return 1;\n+    }\n"
        "     fclose(in);\n     return 0;\n }\n",
    ),
    "given away": (
        "a.js",
        " async function f(p) {\n   const file = await open(p);\n+  if (good) {\n+    return file;\n+  }\n"
        "   await file.close();\n }\n",
    ),
    "finally": (
        "a.js",
        " async function f(p) {\n   const file = await open(p);\n   try {\n+    return 1;\n   } finally {\n"
        "     await file.close();\n   }\n }\n",
    ),
    "deferred otherwise": (
        "a.go",
        " func f() error {\n \tin, err := open()\n \tif err != nil {\n \t\treturn err\n \t}\n-\tdefer in.Close()\n"
        "+\tdefer func() { in.Close() }()\n+\tif bad {\n+\t\treturn errBad\n+\t}\n \treturn nil\n }\n",
    ),
    "two functions": (
        "a.c",
        """ FILE *take(const char *path)
 {
     FILE *in = fopen(path, "r");
+    if (spare != NULL)
+        return spare;
     return in;
 }
 void give(FILE *in)
 {
     fclose(in);
 }
""",
    ),
    "an old way out": (
        "a.c",
        """ int f(void)
 {
     FILE *in = fopen(p, "r");
     if (x)
         return 1;
+    y();
     fclose(in);
     return 0;
 }
""",
    ),
    "the same listener": ("a.js", '+  node.removeEventListener("click", close);\n'),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_stays_open_is_found_where_it_leaves(name: str) -> None:
    found, wanted = found_and_wanted(check_leaks, *FOUND[name])

    assert found == wanted
    assert wanted


@pytest.mark.parametrize("name", NOTHING)
def test_what_is_closed_or_handed_on_is_none(name: str) -> None:
    assert found_and_wanted(check_leaks, *NOTHING[name])[0] == []
