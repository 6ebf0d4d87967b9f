"""Questions about commands; the one about a change is among the events. Each is answered by a `Decision`."""

from dataclasses import dataclass

from vivek.schema.commands import Judgement
from vivek.schema.sandbox import Confinement


@dataclass(frozen=True, slots=True)
class TrustRequested:
    """The user must decide whether a command of the project's own may run after edits.

    `source` is the file that names the command, `kind` what it is for: `test`, `lint`, `build`.
    """

    command: str
    source: str
    sandbox: Confinement
    kind: str = "test"


@dataclass(frozen=True, slots=True)
class CommandRequested:
    """The user must decide on a command of the model; the fields are those of `Judgement`.

    `origin` says what text led to it, such as `from README.md`, or "".
    """

    command: str
    argvs: tuple[tuple[str, ...], ...]
    rule: str
    reason: str
    sandbox: Confinement
    warnings: tuple[str, ...] = ()
    destructive: bool = False
    remember: str = ""
    origin: str = ""

    @classmethod
    def of(cls, command: str, judged: Judgement, sandbox: Confinement, origin: str = "") -> "CommandRequested":
        """Return the question that a judgement leads to."""
        return cls(
            command,
            judged.argvs,
            judged.rule,
            judged.reason,
            sandbox,
            judged.warnings,
            judged.destructive,
            "" if judged.destructive else judged.remember,
            origin,
        )
