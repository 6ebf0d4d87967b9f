"""V03: imports in Python that lead to nothing this project, its environment or its lock files have."""

import ast
import sys
from collections.abc import Iterator, Sequence

from vivek.analysis.validators.changed import Changed, imported
from vivek.analysis.validators.facts import ProjectFacts
from vivek.analysis.validators.popular import look_alike, normalised
from vivek.schema.concerns import Concern

# What is imported by another name than it is installed by.
_INSTALLED_AS = {
    "attr": "attrs", "bs4": "beautifulsoup4", "Crypto": "pycryptodome", "cv2": "opencv-python",
    "dateutil": "python-dateutil", "dotenv": "python-dotenv", "fitz": "pymupdf", "git": "gitpython",
    "jose": "python-jose", "jwt": "pyjwt", "magic": "python-magic", "multipart": "python-multipart",
    "MySQLdb": "mysqlclient",
    "OpenSSL": "pyopenssl", "PIL": "pillow", "pkg_resources": "setuptools", "psycopg2": "psycopg2-binary",
    "serial": "pyserial", "skimage": "scikit-image", "sklearn": "scikit-learn", "socks": "pysocks", "usb": "pyusb",
    "yaml": "pyyaml", "zmq": "pyzmq",
}  # fmt: skip


def check_imports(changes: Sequence[Changed], facts: ProjectFacts) -> Iterator[Concern]:
    """Say which modules a change begins to import that nobody provides."""
    foreign = [(change, _foreign(change.nodes, facts)) for change in changes]
    if not any(tops for _, tops in foreign):
        return
    own = _own_modules(changes, facts)
    for change, imports in foreign:
        tops = {top: line for top, line in imports.items() if top not in own}
        before = _foreign(change.nodes_before, facts) if tops else {}
        optional = _optional_lines(change.nodes) if tops else frozenset()
        for top, line in tops.items():
            if top in before:
                continue
            if line in optional:
                yield change.doubt("V03", "note", f"`{top}` is not installed; the import may fail", line)
                continue
            like = look_alike(top, "python")
            hint = f"; {like}" if like else ""
            yield change.doubt("V03", "ask", f"`{top}` is neither installed nor in a lock file{hint}", line)


def _foreign(nodes: Sequence[ast.AST], facts: ProjectFacts) -> dict[str, int]:
    """Return the top-level modules that a text imports and neither Python nor the environment has, with their lines."""
    found: dict[str, int] = {}
    for module, line in imported(nodes):
        top = module.partition(".")[0]
        if not _provided(top, facts):
            found.setdefault(top, line)
    return found


def _provided(top: str, facts: ProjectFacts) -> bool:
    if top in sys.stdlib_module_names or top == "__future__":
        return True
    if facts.installed is None or top in facts.installed:
        return True  # an environment that nobody could look into is not held against the change
    locked = {normalised(name) for name in facts.locked}
    return normalised(top) in locked or _INSTALLED_AS.get(top, "") in locked


def _own_modules(changes: Sequence[Changed], facts: ProjectFacts) -> frozenset[str]:
    """Return the names under which the project's own files can be imported.

    Every folder may be one that code is run from, so that a module beside another counts, wherever both lie.
    """
    paths = facts.files | {change.path for change in changes if not change.deleted}
    own: set[str] = set()
    for path in paths:
        if path.endswith((".py", ".pyi", ".so", ".pyx")):
            *folders, name = path.split("/")
            own.update(folders)
            own.add(name.partition(".")[0])
    return frozenset(own)


def _optional_lines(nodes: Sequence[ast.AST]) -> frozenset[int]:
    """Return the lines of imports that the text itself expects to fail."""
    lines: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Try) and any(_expects(handler.type) for handler in node.handlers):
            lines.update(inner.lineno for part in node.body for inner in ast.walk(part) if isinstance(inner, ast.stmt))
    return frozenset(lines)


def _expects(kind: ast.expr | None) -> bool:
    names = {node.id for node in ast.walk(kind) if isinstance(node, ast.Name)} if kind is not None else {"Exception"}
    return not names.isdisjoint({"ImportError", "ModuleNotFoundError", "Exception"})
