"""What a change takes away that waited, told of an error or kept others out; and what only looks like that."""

import pytest

from tests.analysis.findings.marked import found_and_wanted
from vivek.analysis.findings.lost import check_lost

FOUND = {
    "an await in a script": (
        "a.ts",
        """ async function keep(store: Store) {
   await store.put("a", 1);
-  await store.put("b", 2);
+  if (wanted) {
!    store.put("b", 2);
+  }
 }
""",
    ),
    "an await in Python": (
        "a.py",
        """ async def keep(store):
     await store.put("a", 1)
-    await store.put("b", 2)
!    store.put("b", 2)
""",
    ),
    "an error of a promise": ("a.js", "-  await send(mail);\n!  await send(mail).catch(() => {});\n"),
    "an error in Rust": (
        "a.rs",
        """ fn keep(file: &mut File) -> io::Result<()> {
-    file.write_all(b"x")?;
!    let _ = file.write_all(b"x");
     Ok(())
 }
""",
    ),
    "the question to a scanner": (
        "a.go",
        """ func count(r io.Reader) (int, error) {
     scanner := bufio.NewScanner(r)
     n := 0
     for scanner.Scan() {
         n++
     }
-    return n, scanner.Err()
!    return n, nil
 }
""",
    ),
    "what closing a written file says": (
        "a.c",
        """ int keep(const char *path)
 {
     FILE *out = fopen(path, "wb");
     fputs("x", out);
-    return fclose(out) == 0 ? 0 : -1;
!    fclose(out);
+    return 0;
 }
""",
    ),
    "the wait for a group": (
        "a.go",
        """ func all(names []string) []string {
     found := make([]string, len(names))
     var tasks sync.WaitGroup
     for at, name := range names {
         tasks.Add(1)
         go func(at int, name string) {
             defer tasks.Done()
             found[at] = look(name)
         }(at, name)
     }
-    tasks.Wait()
=    return found
 }
""",
    ),
    "the wait for futures": (
        "A.java",
        "-        CompletableFuture.allOf(jobs).join();\n!        CompletableFuture.allOf(jobs);\n",
    ),
    "the lock of a writer": (
        "a.go",
        """ func (s *Shop) Add(name string, count int) {
-    s.mutex.Lock()
-    defer s.mutex.Unlock()
!    s.mutex.RLock()
+    defer s.mutex.RUnlock()
     s.stock[name] += count
 }
""",
    ),
    "one step on a number": (
        "A.java",
        """-        return next.getAndIncrement();
!        int number = next.get();
+        next.set(number + 1);
+        return number;
""",
    ),
    "one step on a map": (
        "A.java",
        """     private final ConcurrentMap<String, Page> pages = new ConcurrentHashMap<>();
     Page page(String name) {
-        return pages.computeIfAbsent(name, this::load);
!        Page page = pages.get(name);
+        if (page == null) {
+            page = load(name);
+            pages.put(name, page);
+        }
+        return page;
     }
""",
    ),
    "that one alone makes a file": (
        "a.c",
        "-    int fd = open(path, O_CREAT | O_EXCL, 0600);\n!    int fd = open(path, O_CREAT, 0600);\n",
    ),
    "a comparison of texts": (
        "A.java",
        """     boolean fits(String word) {
-        return kept.equals(word);
!        return kept == word;
     }
""",
    ),
}
NOTHING = {
    "nothing awaits it any more": ("a.py", " async def f(x):\n-    await x.go()\n+    x.go()\n"),
    "the last of an arrow": ("a.js", " await x.go(1);\n f(() =>\n-  await x.go(2)\n+  x.go(2)\n );\n"),
    "the whole of an arrow": ("a.js", " await x.go(1);\n const f = () =>\n-  await x.go(2)\n+  x.go(2)\n f();\n"),
    "what follows waits": ("a.js", " await x.go(1);\n-await x.go(2);\n+x.go(2)\n+  .then(done);\n"),
    "another call is dropped": ("a.rs", "-    file.write_all(b)?;\n+    let _ = file.flush();\n"),
    "an error is handled": ("a.js", "-  await send(m);\n+  await send(m).catch(() => log(m));\n"),
    "it is asked elsewhere": (
        "a.go",
        " scanner := bufio.NewScanner(r)\n-if scanner.Err() != nil {\n+if err := scanner.Err(); err != nil {\n }\n",
    ),
    "a context is not asked": ("a.go", " ctx := background()\n-return ctx.Err()\n+return nil\n"),
    "a file that is read": (
        "a.c",
        '     FILE *in = fopen(path, "rb");\n-    return fclose(in);\n+    fclose(in);\n+    return 0;\n',
    ),
    "a group goes elsewhere": (
        "a.go",
        " func f() {\n \tvar g sync.WaitGroup\n \tg.Add(1)\n \tgo f(&g)\n-\tg.Wait()\n+\twait(&g)\n }\n",
    ),
    "readers that only read": (
        "a.go",
        " func (s *S) F() int {\n+\ts.m.RLock()\n+\tdefer s.m.RUnlock()\n \treturn s.n\n }\n",
    ),
    "a lock that is changed": (
        "a.go",
        " func (s *S) F() {\n+\ts.m.RLock()\n+\ts.m.RUnlock()\n+\ts.m.Lock()\n+\ts.n = 1\n+\ts.m.Unlock()\n }\n",
    ),
    "a map of one thread": (
        "A.java",
        " Map<String, Page> pages = new HashMap<>();\n-pages.computeIfAbsent(a, f);\n+x = pages.get(a);\n"
        "+pages.put(a, x);\n",
    ),
    "objects are compared": ("A.java", " void f(Node word) {\n-  kept.equals(word);\n+  kept == word;\n }\n"),
    "held against nothing": ("A.java", " void f(String word) {\n-  kept.equals(word);\n+  word == null;\n }\n"),
    "a new file": ("a.js", "+await x.go(1);\n+x.go(2);\n"),
    "another language": ("a.rb", "-await x.go(1)\n+x.go(1)\n"),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_is_taken_away_is_found_where_it_was(name: str) -> None:
    found, wanted = found_and_wanted(check_lost, *FOUND[name])

    assert found == wanted
    assert wanted


@pytest.mark.parametrize("name", NOTHING)
def test_what_only_looks_like_it_is_none(name: str) -> None:
    assert found_and_wanted(check_lost, *NOTHING[name])[0] == []
