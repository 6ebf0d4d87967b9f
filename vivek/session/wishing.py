"""What a turn begins with: the user's words, its mode and depth, a plan to follow, the files that are kept in view."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vivek.errors import ThreadError
from vivek.flows.chat.packing import Packed
from vivek.flows.chat.state import StateUpdate, begin_turn
from vivek.project.checks.output import cut_output, readable
from vivek.schema.pictures import Picture
from vivek.schema.plan import Depth
from vivek.schema.wishes import Attached, TurnWish
from vivek.session.clarifying import answering
from vivek.session.parts import Parts
from vivek.session.spec import SessionSpec
from vivek.tools.spec import ToolsSpec, result_room

if TYPE_CHECKING:
    from vivek.session.runner import Runner, Snapshot


@dataclass(slots=True)
class KeptInView:
    """The files that the user keeps in view of the model until they are dropped.

    They are saved with the thread: at once where it is at rest, else with its next turn.

    Attributes:
        runner: The thread's graph.
    """

    runner: "Runner"
    _due: tuple[str, ...] | None = None

    async def paths(self) -> tuple[str, ...]:
        """Return them, relative to the root, in the order in which they were added."""
        if self._due is not None:
            return self._due
        return tuple((await self.runner.look()).values.get("added") or ())

    async def change(self, paths: Sequence[str]) -> None:
        """Keep these files in view and no others."""
        self._due = tuple(dict.fromkeys(paths))
        if (await self.runner.look()).standing == "finished":
            await self.runner.rest({"added": list(self._due)})
            self._due = None

    def take_due(self) -> list[str] | None:
        """Return those that the next turn has to save, None where nothing changed."""
        due, self._due = self._due, None
        return None if due is None else list(due)


def wished_turn(
    request: str,
    pictures: Sequence[Picture],
    wish: TurnWish,
    before: "Snapshot",
    *,
    parts: Parts,
    how: SessionSpec,
    depth: Depth | None,
) -> StateUpdate:
    """Return the input that starts a turn.

    Args:
        request: The user's words.
        pictures: What they show.
        wish: How the turn is wanted.
        before: Where the thread stands.
        parts: Modes, window and store.
        how: How the thread works.
        depth: The depth that the command line names, which a mode does not overrule.

    Raises:
        ConfigError: If there is no such mode.
        ThreadError: If a plan is to be followed and the turn before made none.
    """
    mode = parts.modes.check(wish.mode or how.mode)
    said = parts.store.put_text(request)
    turn = begin_turn(said, mode=mode.name, depth=depth or mode.depth or how.depth, pictures=pictures)
    turn |= {"reads_only": wish.reads_only, "plan_only": wish.plan == "show"}
    if wish.plan == "follow":
        if not before.values.get("plan_only") or not before.values.get("plan"):
            msg = "The turn before made no plan that could be followed."
            raise ThreadError(msg, hint="`/plan WHAT` makes one.")
        turn["plan"] = before.values["plan"]
    turn |= answering(request, wish, before.values, parts.store)
    return turn | {"results": [_packed(each, parts) for each in wish.attached]}


def _packed(attached: Attached, parts: Parts) -> Packed:
    """Return a text that goes with the message like the result of a tool: fenced as data, cut to the same room."""
    text = cut_output(readable(attached.text.encode()), result_room(parts.window, ToolsSpec()), parts.count)
    return {"label": attached.label, "text": parts.store.put_text(text), "note": ""}
