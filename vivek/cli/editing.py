"""What the keys do that write a message: Enter, new lines, pastes. Leaving and stopping is not their business."""

from collections.abc import Callable

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import is_searching
from prompt_toolkit.key_binding import ConditionalKeyBindings, KeyBindings, KeyBindingsBase, KeyPressEvent
from prompt_toolkit.keys import Keys

from vivek.cli.folding import Folds
from vivek.cli.pasting import goes_on

_TOO_LONG = "This paste is too long to be edited here; it is sent whole."


def editing_keys(folds: Folds, tell: Callable[[str], None], bare: Callable[[], bool] = bool) -> KeyBindingsBase:
    """Return the keys that write a message.

    Args:
        folds: Holds what is pasted.
        tell: Writes lines above what is typed.
        bare: Whether Enter on an empty line means something.
    """
    keys = KeyBindings()
    pasting = False

    @keys.add("enter")
    def _send(event: KeyPressEvent) -> None:
        nonlocal pasting
        buffer, rest = event.current_buffer, event.key_processor.input_queue
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor(1)
            buffer.insert_text("\n")
        elif pasting or goes_on(rest):
            pasting = bool(rest)
            buffer.insert_text("\n")
        elif buffer.text.strip() or (not buffer.text and bare()):
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    @keys.add("c-j")
    def _newline(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add(Keys.BracketedPaste)
    def _paste(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text(folds.fold(event.data))

    @keys.add("c-o")
    def _open(event: KeyPressEvent) -> None:
        if not _open_fold(event.current_buffer, folds):
            tell(_TOO_LONG)

    return ConditionalKeyBindings(keys, ~is_searching)  # Ctrl-R has a line of its own


def _open_fold(buffer: Buffer, folds: Folds) -> bool:
    """Put the text of the fold at the cursor, or before it, into the line; False if it is too much for that."""
    if folds.stands(buffer.document.current_char):
        buffer.cursor_right()
    char = buffer.document.char_before_cursor
    text = folds.opened(char)
    if text is not None:
        buffer.delete_before_cursor(1)
        buffer.insert_text(text)
    return text is not None or not folds.stands(char)
