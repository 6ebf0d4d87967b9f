"""What becomes of a turn that broke off: its partial reply is kept, in the answer and in the transcript."""

import json

from vivek.flows.chat.state import StateUpdate
from vivek.prompts.transcript import Entry, interrupted
from vivek.session.parts import Parts


def closed_by(note: str, head: str | None, parts: Parts) -> StateUpdate:
    """Return the state that closes a turn which the user stopped or saw fail.

    Args:
        note: What was kept of it, by its hash in the store.
        head: The transcript it went on from, None when it had none yet.
        parts: The store, the transcript, and a count.
    """
    kept = json.loads(parts.store.get_text(note))
    partial = interrupted(kept["text"])
    update: StateUpdate = {
        "status": kept["status"],
        "answer": parts.store.put_text(partial),
        "spooled": kept.get("spooled", ""),
    }
    if head and kept["asked"] and kept["text"]:
        said = [
            Entry("user", kept["node"], kept["asked"], parts.count(kept["asked"])),
            Entry("assistant", kept["node"], partial, parts.count(partial)),
        ]
        update["head"] = parts.transcript.append(head, said)
    return update
