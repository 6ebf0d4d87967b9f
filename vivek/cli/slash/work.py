"""`/mode` and `/model`: how the model works, and which one it is."""

from dataclasses import replace
from typing import cast, get_args

from vivek.cli.render.safe_text import one_line
from vivek.cli.slash.desk import Desk
from vivek.schema.plan import ModeName

MODES: tuple[str, ...] = get_args(ModeName)


async def set_mode(desk: Desk, words: str) -> None:
    """Change how the model works."""
    if words not in MODES:
        desk.tell(f"mode: {desk.choices.mode or 'not chosen'}\nhint: `/mode {'|'.join(MODES)}` changes it")
        return
    mode = cast(ModeName, words)
    if await desk.reopen(replace(desk.choices, thread=desk.thread, latest=False, mode=mode)) is not None:
        desk.tell(f"mode: {mode}")


async def set_model(desk: Desk, words: str) -> None:
    """Show the model, or change it."""
    if not words:
        conversation = desk.opened()
        now = one_line(conversation.banner) if conversation else "No model is open."
        here = "`/model PROVIDER/NAME` changes it here, such as `/model ollama/qwen2.5-coder:7b`"
        desk.tell(f"{now}\nhint: {here}\n`vivek models list` shows them all, `vivek models use` keeps one")
        return
    same = words.partition("/")[0] == (desk.choices.model or "").partition("/")[0]
    base_url = desk.choices.base_url if same else None
    # The model that works is meant, also where the command line gave it another than the rest.
    choices = replace(desk.choices, model=words, base_url=base_url, executor=None)
    await desk.reopen(replace(choices, thread=desk.thread, latest=False))
