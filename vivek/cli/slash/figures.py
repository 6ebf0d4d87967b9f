"""`/metrics` and `/config`: what was measured, and what is set."""

import shutil

from vivek.cli.render.safe_text import one_line
from vivek.cli.slash.desk import Desk


async def show_metrics(desk: Desk, words: str) -> None:
    """Show what calls and turns cost: of this thread, or of all of them.

    Raises:
        WorkspaceError: If the metrics cannot be read.
    """
    from vivek.cli.render.metrics import metrics_text
    from vivek.session.doors.metrics import read_metrics

    if words not in ("", "all"):
        desk.tell("hint: `/metrics` is about this thread, `/metrics all` about all of this project")
        return
    report = read_metrics(desk.place, thread=None if words else desk.thread)
    desk.tell(metrics_text(report, shutil.get_terminal_size().columns))


async def show_config(desk: Desk, words: str) -> None:
    """Show the settings that are not the defaults, or those whose names begin as said, each with who says it.

    Raises:
        ConfigError: If a file of settings cannot be used.
    """
    from vivek.session.doors.configuration import show_settings

    shown = show_settings(desk.place, desk.choices.profile)
    if words:
        found = [each for each in shown.settings if each.key.startswith(words)]
    else:
        found = [each for each in shown.settings if each.origin != "default"]
    if not found:
        desk.tell(f"No setting begins with `{one_line(words)}`." if words else "Everything is as it ships.")
    lines = [f"{each.key} = {one_line(str(each.value), 200)}  ({one_line(each.said_by, 200)})" for each in found]
    desk.tell("\n".join([*lines, "hint: `/config model` shows a table, `vivek config set KEY VALUE` changes one"]))
