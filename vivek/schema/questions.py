"""Questions about commands, each answered by a `Decision`, and the one that a plan asks, answered in words.

The question about a change is among the events.
"""

from dataclasses import dataclass

from vivek.schema.commands import Judgement
from vivek.schema.sandbox import Confinement


@dataclass(frozen=True, slots=True)
class Clarification:
    """What the model must know before it can do anything; the next message answers it.

    Attributes:
        text: The question.
        choices: Answers that can be picked by their number, from 1; () where it has to be answered in words.
    """

    text: str
    choices: tuple[str, ...] = ()

    def meant(self, said: str) -> str:
        """Return the answer that is meant: the choice where its number was given, else what was said."""
        number = said.strip().rstrip(".)")
        if number.isascii() and number.isdigit() and len(number) == 1 and 1 <= int(number) <= len(self.choices):
            return self.choices[int(number) - 1]
        return next((each for each in self.choices if each.casefold() == said.strip().casefold()), said)

    def shown(self) -> str:
        """Return the question with its numbered choices."""
        listed = "\n".join(f"{number}. {choice}" for number, choice in enumerate(self.choices, 1))
        return f"{self.text}\n\n{listed}" if listed else self.text


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
