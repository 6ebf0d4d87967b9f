"""What of a reply was shown: edits are kept back where a diff will show them, nothing is shown twice or lost."""

import re
from dataclasses import replace

from vivek.cli.render.blocks import Block, Splitter, name_in
from vivek.cli.render.drafts import measured
from vivek.schema.held import Held
from vivek.schema.report import TurnReport

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})(.*)$")


class Reply:
    """What the model said in a turn, and what of it the reader saw.

    Attributes:
        folding: Whether code is kept back, because it is shown as a diff later.
    """

    def __init__(self) -> None:
        self.folding = False
        self._folded: Block | None = None
        self._name: Block | None = None
        self._splitter = Splitter()
        self.forget()

    def forget(self) -> None:
        """Begin the account of another turn."""
        self._said = Held()
        self._seen = Held()

    def feed(self, text: str) -> list[Block]:
        """Take a piece of text; return the blocks to show."""
        self._said.add(text)
        return self._show(self._splitter.feed(text))

    def finish(self) -> list[Block]:
        """End one reply; return what is left of it to show."""
        return self._show(self._splitter.finish()) + self._unfold()

    def tail(self, lines: int) -> str:
        """Return the end of what is not shown yet."""
        return self._splitter.tail(lines)

    def seen(self, text: str) -> None:
        """Note text that was shown as it came."""
        self._said.add(text)
        self._seen.add(text)

    def rest(self, report: TurnReport) -> str:
        """Return the answer of a report if the reader has not seen it, else ""."""
        shown = self._said if report.changes else self._seen
        if report.shortened:
            return "" if shown.length else report.answer
        text = shown.text()
        if report.answer in text:
            return ""
        answer = _squeezed(report.answer)
        return "" if not answer or answer in _squeezed(text) else report.answer

    def _show(self, blocks: list[Block]) -> list[Block]:
        shown: list[Block] = []
        for block in blocks:
            if self.folding and block.kind in ("code", "edit"):
                self._fold(block)
                continue
            shown += self._unfold()
            if self.folding and block.kind == "name":
                self._name = block
                continue
            self._seen.add(block.text)
            shown.append(block)
        return shown

    def _fold(self, block: Block) -> None:
        """Keep an edit back, and count what is kept back."""
        name = name_in(self._name.text) if self._name is not None else ""
        folded = self._folded or Block("folded", name)
        names, changed = folded.text, folded.changed
        if block.kind == "edit":
            named, added, removed = measured(block.text, block.state)
            before = changed or (0, 0)
            changed = (before[0] + added, before[1] + removed)
            names = ", ".join(filter(None, dict.fromkeys((names, named))))
        self._folded = replace(folded, text=names, lines=folded.lines + block.lines, changed=changed)
        self._name = None

    def _unfold(self) -> list[Block]:
        """Return what was kept back in short, or a name with nothing below it."""
        name, self._name = self._name, None
        folded, self._folded = self._folded, None
        return [block for block in (folded, name) if block is not None]


def _squeezed(text: str) -> str:
    """Return a text as it reads: without fences and differences in white space."""
    return " ".join(word for line in text.split("\n") if not _FENCE.match(line) for word in line.split())
