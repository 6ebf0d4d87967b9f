"""What hangs on what: who feels a change of a name, the way of imports between two modules, where to begin reading."""

from dataclasses import dataclass

from vivek.schema.architecture import Edge
from vivek.schema.measures import Place


@dataclass(frozen=True, slots=True)
class Dependant:
    """A module that may feel a change.

    Attributes:
        path: The file.
        steps: How far away it is: 1 for one that uses the name itself, 2 for one that imports such a module ...
        role: `source`, `test` ... as `project.roles` names it.
        lines: Where it uses the name; where it imports the module before it, for those that are further away.
        through: The module before it on the way, "" for one that uses the name itself.
    """

    path: str
    steps: int
    role: str
    lines: tuple[int, ...] = ()
    through: str = ""


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change of a name, or of a file, may break.

    Attributes:
        subject: The name, qualified within its file, or the file.
        kind: What it is: `function`, `class`, `module` ...
        place: Where it is defined.
        dependants: The nearest first, then by path.
        tests: Those among them that are tests.
        notes: What limits it: other definitions of the name, uses that the index cannot tell apart.
    """

    subject: str
    kind: str
    place: Place
    dependants: tuple[Dependant, ...] = ()
    tests: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportWay:
    """A shortest way of imports from one module to another; `edges` is empty where there is none.

    Attributes:
        start: The module that imports.
        end: The module that is reached.
        edges: The imports, in order.
        back: A shortest way from the end to the start; together with `edges` it makes a cycle.
    """

    start: str
    end: str
    edges: tuple[Edge, ...] = ()
    back: tuple[Edge, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """A file to read.

    Attributes:
        path: The file.
        why: Why it is worth reading at this point.
        lines: Lines that are neither blank nor comment.
        names: What it defines that is most used.
    """

    path: str
    why: str
    lines: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tour:
    """An order in which to read a repository.

    Attributes:
        stops: The first one first.
        total: How many modules there are.
        notes: What limits it.
    """

    stops: tuple[Stop, ...]
    total: int
    notes: tuple[str, ...] = ()
