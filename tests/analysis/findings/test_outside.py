"""Paths that lead out of their folder, and those that are looked after."""

import pytest

from tests.analysis.findings.marked import found_and_wanted
from vivek.analysis.findings.outside import check_outside

FOUND = {
    "a base name in Python": (
        "a.py",
        """ def keep(folder, upload):
-    name = secure_filename(upload.name)
+    name = upload.name.strip()
=    upload.save(os.path.join(folder, name))
""",
    ),
    "a check in Go": (
        "a.go",
        """ func read(folder, name string) ([]byte, error) {
-    if !filepath.IsLocal(name) {
+    if name == "" {
         return nil, errName
     }
=    return os.ReadFile(filepath.Join(folder, name))
 }
""",
    ),
    "the beginning only": (
        "a.py",
        '-    if ".." in name:\n!    if name.startswith(".."):\n         raise ValueError(name)\n',
    ),
    "too soon": (
        "A.java",
        """     byte[] read(String name) throws IOException {
!        Path place = folder.resolve(name);
         if (!place.startsWith(folder)) {
             throw new IOException(name);
         }
         return Files.readAllBytes(place);
     }
""",
    ),
    "always true": (
        "a.ts",
        """ function read(folder: string, name: string) {
!  const place = folder + "/" + name;
   if (!place.startsWith(folder)) {
     throw new Error(name);
   }
   return readFile(place);
 }
""",
    ),
}
NOTHING = {
    "another guard": (
        "a.py",
        " def f(d, u):\n-    name = os.path.basename(u)\n+    name = secure_filename(u)\n"
        "     return os.path.join(d, name)\n",
    ),
    "no longer joined": ("a.py", " def f(u):\n-    name = os.path.basename(u)\n+    name = u\n     return [name]\n"),
    "far away": (
        "a.py",
        " def f(d, u):\n-    name = os.path.basename(u)\n+    name = u\n     a()\n     b()\n     c()\n     e()\n"
        "     return os.path.join(d, name)\n",
    ),
    "dots are looked for still": ("a.py", '-if ".." in a:\n+if ".." in a or a.startswith(".."):\n     stop()\n'),
    "worked out": (
        "A.java",
        "     void f() {\n+        Path p = folder.resolve(name);\n+        p = p.normalize();\n"
        "         if (p.startsWith(folder)) {\n         }\n     }\n",
    ),
    "resolved": ("a.js", " function f() {\n+  const p = path.resolve(folder, name);\n   p.startsWith(folder);\n }\n"),
    "another language": ("a.rb", "-name = basename(u)\n+name = u\n join(d, name)\n"),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_path_that_may_lead_out_is_found(name: str) -> None:
    found, wanted = found_and_wanted(check_outside, *FOUND[name])

    assert found == wanted
    assert wanted


@pytest.mark.parametrize("name", NOTHING)
def test_a_path_that_is_looked_after_is_none(name: str) -> None:
    assert found_and_wanted(check_outside, *NOTHING[name])[0] == []
