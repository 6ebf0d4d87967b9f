"""One conversation: a thread, its model and its lock; every turn is a stream of events."""

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace

from vivek.errors import ThreadDamagedError, ThreadError
from vivek.flows.chat.state import StateUpdate
from vivek.metrics.recorder import Recorder
from vivek.schema.approval import ApprovalPolicy, Decision
from vivek.schema.context import ContextReport
from vivek.schema.events import Event, Notice, Question, TurnDone
from vivek.schema.plan import Depth
from vivek.schema.reopening import Reopening
from vivek.schema.report import TurnUsage
from vivek.schema.wishes import AS_USUAL, TurnWish
from vivek.session.clarifying import asked_back
from vivek.session.compacting import compact_thread
from vivek.session.deciding import pack_decision, question_of
from vivek.session.live import LiveSettings
from vivek.session.parts import Parts
from vivek.session.place import Place
from vivek.session.reopening import pack_asked, reopen, unbegun
from vivek.session.resumed import notices_of
from vivek.session.runner import Runner, Snapshot
from vivek.session.settling import go_on, settle
from vivek.session.threads.index import ThreadIndex
from vivek.session.turns import Turns
from vivek.session.warming import Warming
from vivek.session.weighing import weigh
from vivek.session.wishing import KeptInView, wished_turn


class Session:
    """A conversation with one model in one thread.

    Attributes:
        thread_id: The thread.
        model: `provider/name`.
        banner: One line on model and window.
        notices: What to tell at the start.
        pictures: Files that the next request shows.
        depth: The depth that the command line names, None where it names none.
        prompts: Returns the figures of the newest prompt of every model.
        reopening: What the thread was like when it was opened.
    """

    def __init__(
        self,
        *,
        place: Place,
        parts: Parts,
        runner: Runner,
        index: ThreadIndex,
        thread_id: str,
        live: LiveSettings,
        notices: tuple[Notice, ...],
        recorder: Recorder,
    ) -> None:
        self.thread_id = thread_id
        self.model = parts.label
        self.banner = parts.banner
        self.notices = notices
        self.pictures: tuple[str, ...] = ()
        self.depth: Depth | None = None
        self.reopening = Reopening("new")
        self._view = KeptInView(runner)
        self.prompts = parts.prompts
        self._place = place
        self._parts = parts
        self._runner = runner
        self._index = index
        self._live = live
        self._recorder = recorder
        self._turns = Turns(
            place=place,
            parts=parts,
            runner=runner,
            index=index,
            thread_id=thread_id,
            policy=live.now.session.approval,
            recorder=recorder,
        )
        self.warming = Warming(runner, parts, self._turns.context, lambda: live.now)

    @property
    def waiting(self) -> Question | None:
        """A question that waits for the user, perhaps since an earlier run; None for none."""
        return self._turns.waiting

    @property
    def approval(self) -> ApprovalPolicy:
        """What may be applied without asking; what is set here holds from the next turn on."""
        return self._turns.policy

    @approval.setter
    def approval(self, policy: ApprovalPolicy) -> None:
        self._turns.policy = policy

    def refresh_settings(self) -> tuple[Notice, ...]:
        """Take over what the files of settings say by now, and return what to tell; every new turn begins with it."""
        news = self._live.refresh()
        if news.changed:
            self._parts.adopt(news.settings)
        if news.changes("session.approval"):
            self._turns.policy = news.settings.session.approval
        return news.notices

    def take_news(self) -> tuple[Notice, ...]:
        """Return what came of work behind the conversation since the last call."""
        return (*self._parts.knowing.take_news(), *self._recorder.take_news())

    async def send(self, text: str | None, wish: TurnWish = AS_USUAL) -> AsyncIterator[Event]:
        """Run a turn; the last event is a `TurnDone`.

        Args:
            text: What the user asks; None goes on with the open turn.
            wish: How this turn is wanted.

        Raises:
            VivekError: If there is no turn to go on with, the thread cannot be read, a picture not be shown, or the
                turn not be as it is wanted.
        """
        before = await self._runner.look()
        await self._runner.keep_missed_end(before)
        if text is None:
            async for event in self._continue(before):
                yield event
            return
        for notice in self.refresh_settings():
            yield notice
        said, pictures = self._parts.see(text, self.pictures)
        how = self._live.now.session
        turn = wished_turn(said, pictures, wish, before, parts=self._parts, how=how, depth=self.depth)
        async for event in settle(self._turns, before):
            yield event
        async with aclosing(self.warming.settled()) as read:
            async for event in read:
                yield event
        self.pictures = ()
        turn["adding"] = self._view.take_due()
        await self._begin(text, turn)
        async for event in self._turns.run(self._runner.begin(turn, self._turns.context()), started=True):
            yield event

    async def _begin(self, text: str, turn: StateUpdate) -> None:
        """Note what is asked before anything is done with it, so that no sudden end can lose it."""
        self._turns.context().calls.forget(self.thread_id)
        asked = pack_asked(turn, await self._runner.look())
        where = self._parts.served.base_url
        self._index.begin(
            self.thread_id,
            self._place.root,
            kind="chat",
            title=text,
            model=self.model,
            base_url=where,
            asked=asked,
        )

    async def answer(self, decision: Decision) -> AsyncIterator[Event]:
        """Answer an approval; the last event is a `TurnDone`.

        Raises:
            ThreadError: If nothing waits for an answer.
        """
        snapshot = await self._runner.look()
        if snapshot.standing != "needs_approval":
            msg = f"Nothing waits for approval in thread {self.thread_id}."
            raise ThreadError(msg, hint="Send a new request.")
        said = pack_decision(decision, snapshot.values, self._parts.store)
        if decision.always and not snapshot.values.get("question"):
            self._turns.policy = "edits"
        self._turns.waiting = None
        async for event in self._turns.run(self._runner.answer(snapshot, said, self._turns.context()), started=False):
            yield event

    def warm(self) -> None:
        """Have a model of this machine read what the next prompt begins with, once for each state of the thread."""
        self.warming.begin()

    async def compact(self, keep: str = "") -> tuple[Notice, ...]:
        """Sum the conversation up now, `keep` above all; return what to tell, or raise as `compact_thread` does."""
        await self.warming.stop()
        told = await compact_thread(self._runner, self._turns.context(), keep)
        self.warming.forget()
        return told

    async def in_view(self, paths: Sequence[str] | None = None) -> tuple[str, ...]:
        """Keep these files in view of the model and no others, if any are given; return those that are."""
        if paths is not None:
            await self._view.change(paths)
        return await self._view.paths()

    async def context(self) -> ContextReport:
        """Return what the thread costs the windows and caches of its models; raises what `weigh` raises."""
        return await weigh(self._runner, self._parts)

    async def prepare(self) -> None:
        """Find out whether a change waits since an earlier run; begin what is done behind the conversation."""
        self._parts.knowing.begin()
        try:
            snapshot = await self._runner.look()
            self.reopening = reopen(self._turns, snapshot)
        except ThreadDamagedError:
            self._index.settle(self.thread_id, self._place.root, status="damaged")
            raise
        await self._runner.keep_missed_end(snapshot)
        if snapshot.standing == "needs_approval":
            self._turns.waiting = question_of(snapshot.values, self._parts.store)
        self.notices = (*self.notices, *notices_of(self.reopening))

    async def _continue(self, before: Snapshot) -> AsyncIterator[Event]:
        if before.standing == "needs_approval":
            if self._turns.policy in ("edits", "all") and not before.values.get("question"):
                async for event in self.answer(Decision(approved=True)):
                    yield event
                return
            yield question_of(before.values, self._parts.store)
            yield TurnDone(self._turns.report(before, "needs_approval", 0.0))
            return
        waits = before.standing == "unfinished" or unbegun(self._turns, before) is not None
        if not waits and asked_back(before.values) is not None:
            yield TurnDone(replace(self._turns.report(before, "needs_answer", 0.0), usage=TurnUsage()))
            return
        if not waits:
            msg = f"Thread {self.thread_id} has no open turn."
            raise ThreadError(msg, hint="Give a prompt.")
        async for event in go_on(self._turns, before):
            yield event
