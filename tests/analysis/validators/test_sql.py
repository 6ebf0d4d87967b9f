"""Values that are put into SQL text, and what only looks like it."""

import pytest

from tests.analysis.validators.changes import doubts
from vivek.analysis.validators.sql import SAYS

pytestmark = pytest.mark.covers("V11")


def lines_of(path: str, text: str, before: str = "") -> list[int | None]:
    return [concern.line for concern in doubts("V11", path, before, text) if concern.text == SAYS]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "db.execute(f\"SELECT a FROM t WHERE b = '{name}'\")\n"),
        ("a.py", "db.execute(f'SELECT a FROM {TABLE} WHERE b = {name}')\n"),
        ("a.py", "db.execute('SELECT a FROM t WHERE b = %s' % name)\n"),
        ("a.py", "db.execute('DELETE FROM t WHERE b = %s AND c = %s' % (B, name))\n"),
        ("a.py", "db.execute('SELECT a FROM t WHERE b = {}'.format(name))\n"),
        ("a.py", "db.execute('SELECT a FROM t WHERE b = ' + name + ' ORDER BY a')\n"),
        ("a.py", "q = 'SELECT a FROM t'\nq += f\" AND b = '{name}'\"\n"),
        ("a.py", "def f(ids):\n    db.execute(f'SELECT a FROM t WHERE b IN ({ids})')\n"),
        ("a.py", "db.execute(f'UPDATE t SET a = {x}')\n"),
        ("a.py", "        with db:\n    return db.execute(f'SELECT a FROM t WHERE b = {name}')\n  else:\n"),
        ("a.js", "db.query(`SELECT a FROM t WHERE b = ${name}`);\n"),
        ("a.ts", "db.query('SELECT a FROM t WHERE b = ' + name);\n"),
        ("a.go", "q := fmt.Sprintf(\"SELECT a FROM t WHERE b = '%s'\", name)\n"),
        ("a.go", "q := fmt.Sprintf(`SELECT a\nFROM t WHERE b = %v`, name)\n"),
        ("A.java", 'String q = "SELECT a FROM t WHERE b = \'" + name + "\'";\n'),
        ("A.java", 'String q = String.format("SELECT a FROM t WHERE b = %s", name);\n'),
        ("a.rs", "let q = format!(\"SELECT a FROM t WHERE b = '{name}'\");\n"),
        ("a.c", 'sprintf(q, "SELECT a FROM t "\n  "WHERE b = \'%s\'", name);\n'),
    ],
)
def test_a_value_in_the_text_of_a_statement_is_found(path: str, text: str) -> None:
    assert len(lines_of(path, text)) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "db.execute('SELECT a FROM t WHERE b = ?', (name,))\n"),
        ("a.py", "db.execute('SELECT a FROM t WHERE b = %s', (name,))\n"),
        ("a.py", "db.execute(f'SELECT a FROM {table} WHERE b = ?', (name,))\n"),
        ("a.py", "db.execute(f'SELECT a FROM t WHERE b = {LIMIT}')\n"),
        ("a.py", "db.execute(f'SELECT a FROM t LIMIT {int(most)}')\n"),
        ("a.py", "db.execute(f'SELECT a FROM t LIMIT {most:d}')\n"),
        ("a.py", "marks = ','.join('?' * 3)\ndb.execute(f'SELECT a FROM t WHERE b IN ({marks})', x)\n"),
        ("a.py", 'db.execute(f\'INSERT INTO t VALUES ({", ".join("?" * 3)})\', x)\n'),
        ("a.py", "some = ', '.join(['?'] * 3)\ndb.execute(f'SELECT a FROM t WHERE b IN ({some})', x)\n"),
        ("a.py", "for kind in ('a', 'b'):\n    db.execute(f\"SELECT a FROM t WHERE b = '{kind}'\")\n"),
        ("a.py", "old = f'SELECT {k} FROM {t}'\ndb.execute(f'DELETE FROM {t} WHERE {k} IN ({old})')\n"),
        ("a.py", "print(f'Update the list: {name} = {value}')\n"),
        ("a.js", "db.query('SELECT a FROM t WHERE b = $1', [name]);\n"),
        ("a.ts", "await sql`SELECT a FROM t WHERE b = ${name}`;\n"),
        ("a.js", "db.query(`SELECT a FROM ${table} WHERE b = $1`, [name]);\n"),
        ("a.js", "// db.query(`SELECT a FROM t WHERE b = ${name}`);\n"),
        ("a.go", 'q := fmt.Sprintf("SELECT a FROM t WHERE b = %d", number)\n'),
        ("a.go", "row := db.QueryRow(\"SELECT a FROM t WHERE b = '%s'\")\n"),
        ("A.java", 'String q = "SELECT a FROM " + table + " WHERE b = ?";\n'),
        ("a.rs", 'let q = format!("SELECT a FROM t WHERE b = {LEAST}");\n'),
        ("a.c", 'sprintf(q, "SELECT a FROM t WHERE b = %d", number);\n'),
    ],
)
def test_what_cannot_be_a_parameter_or_no_stranger_wrote_is_none(path: str, text: str) -> None:
    assert lines_of(path, text) == []


def test_only_an_added_statement_counts() -> None:
    old = "db.query(`SELECT a FROM t WHERE b = ${name}`);\n"

    assert lines_of("a.js", old + "const where = 1;\n", old) == []
    assert lines_of("a.js", "const where = 1;\n" + old, "const where = 1;\n") == [2]
