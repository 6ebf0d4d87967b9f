import hashlib
import itertools
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivek.errors import ThreadError, WorkspaceError
from vivek.prompts.transcript import INTERRUPTED, Entry, RowStore, Transcript, interrupted, row_hash
from vivek.schema.messages import Message
from vivek.schema.transcript import Row
from vivek.workspace.store import Store


class FakeStore:
    """Keeps rows and texts in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.texts: dict[str, str] = {}

    def commit_message(self, row: Row, content: str) -> None:
        assert row.blob == hashlib.sha256(content.encode()).hexdigest()
        assert row.parent is None or row.parent in self.rows
        self.texts[row.blob] = content
        self.rows.setdefault(row.hash, row)

    def transaction(self) -> AbstractContextManager[object]:
        return nullcontext()

    def get_text(self, sha: str) -> str:
        return self.texts[sha]

    def get(self, sha: str) -> bytes:
        return self.texts[sha].encode()

    def chain(self, head: str | None) -> Sequence[Row]:
        rows: list[Row] = []
        while head in self.rows:
            rows.append(self.rows[head])
            head = rows[-1].parent
        return rows[::-1]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / ".vivek") as opened:
        yield opened


TEXTS = st.text(alphabet=st.characters(), max_size=12)
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from(["user", "assistant"]),
        st.sampled_from(["planner", "executor"]),
        TEXTS,
        st.integers(0, 9),
        st.just(()),
    ),
    max_size=6,
)


@given(TEXTS, st.none() | TEXTS, st.lists(ENTRIES, max_size=4))
def test_what_was_sent_before_is_sent_again_byte_for_byte(
    system: str, summary: str | None, steps: list[list[Entry]]
) -> None:
    transcript = Transcript(FakeStore())
    head = transcript.begin_generation(system, summary)
    for entries in steps:
        before = transcript.messages(head)
        head = transcript.append(head, entries)
        after = transcript.messages(head)

        assert after[: len(before) - 1] == before[:-1]
        # The last message may go on, when what follows is said by the same role.
        assert after[len(before) - 1].role == before[-1].role
        assert after[len(before) - 1].content.startswith(before[-1].content)
        if entries and entries[0].role != before[-1].role:
            assert after[: len(before)] == before


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5), st.none() | TEXTS)
def test_every_request_begins_with_the_one_before_and_its_reply(
    calls: list[tuple[str, str]], summary: str | None
) -> None:
    transcript = Transcript(FakeStore())
    head = transcript.begin_generation("rules", summary)
    sent: tuple[Message, ...] = ()
    for asked, replied in calls:
        request = transcript.request(head, asked)
        assert request[: len(sent)] == sent

        head = transcript.append(head, [("user", "planner", asked, 1), ("assistant", "planner", replied, 1)])

        sent = transcript.messages(head)
        assert sent[:-1] == request


@given(TEXTS, ENTRIES)
def test_roles_alternate_in_what_is_sent(system: str, entries: list[Entry]) -> None:
    transcript = Transcript(FakeStore())
    head = transcript.append(transcript.begin_generation(system, "before"), entries)

    roles = [message.role for message in transcript.request(head, "now")]

    assert roles[:2] == ["system", "user"]
    assert all(first != second for first, second in itertools.pairwise(roles))
    assert roles[-1] == "user"


def test_two_texts_of_the_user_in_a_row_are_joined_by_a_blank_line() -> None:
    transcript = Transcript(FakeStore())
    head = transcript.begin_generation("rules", "what was")
    head = transcript.append(head, [("user", "planner", "first", 1)])

    assert transcript.request(head, "second") == (
        Message("system", "rules"),
        Message("user", "what was\n\nfirst\n\nsecond"),
    )


def test_what_cannot_be_sent_is_replaced_before_it_is_sent_and_before_it_is_kept() -> None:
    transcript = Transcript(FakeStore())
    head = transcript.begin_generation("rules")

    request = transcript.request(head, "bad \udc80 name")

    assert request[-1] == Message("user", "bad ? name")
    assert transcript.messages(transcript.append(head, [("user", "planner", "bad \udc80 name", 1)])) == request


def test_a_real_store_keeps_the_transcript_over_a_restart(tmp_path: Path) -> None:
    with Store.open(tmp_path / ".vivek") as store:
        transcript = Transcript(store, count=len)
        head = transcript.begin_generation("rules")
        head = transcript.append(head, [("user", "executor", "größe 好 \udc80", 4), ("assistant", "executor", "ok", 2)])

    with Store.open(tmp_path / ".vivek") as store:
        transcript = Transcript(store)

        assert transcript.messages(head) == (
            Message("system", "rules"),
            Message("user", "größe 好 ?"),
            Message("assistant", "ok"),
        )
        assert transcript.tokens(head) == len("rules") + 4 + 2


def test_committing_again_gives_the_same_head(store: Store) -> None:
    transcript = Transcript(store)
    said: list[tuple[str, str, str, int]] = [("user", "planner", "a", 1), ("assistant", "planner", "b", 1)]

    heads = {transcript.append(transcript.begin_generation("rules", "s"), said) for _ in range(2)}

    assert len(heads) == 1
    assert len(store.chain(heads.pop())) == 4


def test_a_new_generation_knows_nothing_of_the_one_before(store: Store) -> None:
    transcript = Transcript(store)
    old = transcript.append(transcript.begin_generation("rules"), [("user", "planner", "long", 1)])

    new = transcript.begin_generation("rules", "a summary")

    assert transcript.messages(new) == (Message("system", "rules"), Message("user", "a summary"))
    assert transcript.messages(old)[-1].content == "long"


def test_the_hash_covers_parent_role_node_and_content() -> None:
    names = {
        row_hash(None, "user", "planner", "text"),
        row_hash("00", "user", "planner", "text"),
        row_hash(None, "assistant", "planner", "text"),
        row_hash(None, "user", "executor", "text"),
        row_hash(None, "user", "planner", "texts"),
    }

    assert len(names) == 5
    assert (
        row_hash(None, "user", "planner", "ü\n") == hashlib.sha256(b'[null,"user","planner","\\u00fc\\n"]').hexdigest()
    )


def test_a_system_message_can_only_begin_a_generation(store: Store) -> None:
    transcript = Transcript(store)
    head = transcript.begin_generation("rules")

    with pytest.raises(ValueError, match="begin a generation"):
        transcript.append(head, [("system", "", "other rules", 1)])


def test_a_chain_of_its_own_begins_without_a_system_message(store: Store) -> None:
    transcript = Transcript(store)
    log = transcript.append(None, [("user", "", "asked", 0), ("assistant", "", "answered", 0)])

    assert transcript.messages(log) == (Message("user", "asked"), Message("assistant", "answered"))
    assert transcript.append(log, []) == log
    with pytest.raises(ValueError, match="nothing to append"):
        transcript.append(None, [])


def test_an_unknown_head_is_an_error(store: Store) -> None:
    with pytest.raises(WorkspaceError):
        Transcript(store).messages("ab" * 32)
    with pytest.raises(ThreadError, match="damaged at abababababab"):
        Transcript(FakeStore()).messages("ab" * 32)


def test_a_chain_cut_short_is_an_error_and_not_a_short_conversation() -> None:
    store = FakeStore()
    transcript = Transcript(store)
    first = transcript.begin_generation("rules")
    head = transcript.append(first, [("user", "planner", "a", 1), ("assistant", "planner", "b", 1)])
    del store.rows[first]

    with pytest.raises(ThreadError, match="damaged"):
        transcript.messages(head)
    with pytest.raises(ThreadError, match="damaged"):
        transcript.tokens(head)


def test_a_changed_text_is_an_error() -> None:
    store = FakeStore()
    transcript = Transcript(store)
    head = transcript.append(transcript.begin_generation("rules"), [("user", "planner", "delete nothing", 1)])
    store.texts[store.rows[head].blob] = "delete everything"

    with pytest.raises(ThreadError, match="damaged"):
        transcript.messages(head)


@pytest.mark.parametrize(
    ("partial", "kept"),
    [("Half a sen", f"Half a sen\n{INTERRUPTED}"), ("Done.\n\n", f"Done.\n{INTERRUPTED}"), ("", INTERRUPTED)],
)
def test_a_partial_reply_ends_with_a_mark(partial: str, kept: str) -> None:
    assert interrupted(partial) == kept


def test_the_store_of_the_workspace_is_a_row_store(store: Store) -> None:
    accepted: RowStore = store

    assert accepted.chain(None) == []
