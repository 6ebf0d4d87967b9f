"""A unified diff in colours."""

from rich.text import Text

from vivek.cli.render.safe_text import visible

_HEADS = ("diff ", "--- ", "+++ ", "index ", "new file", "deleted file", "old mode", "new mode", "rename ", "\\ ")


def diff_text(diff: str) -> Text:
    """Return a unified diff with each line in the colour of its kind."""
    drawn = Text(overflow="fold")
    in_hunk = False
    for line in visible(diff).removesuffix("\n").split("\n"):
        if line.startswith(("diff ", "--- ")) and not (in_hunk and line.startswith("--- ")):
            in_hunk = False
        drawn.append(line + "\n", style=_style(line, in_hunk=in_hunk))
        in_hunk = in_hunk or line.startswith("@@")
    drawn.rstrip()
    return drawn


def _style(line: str, *, in_hunk: bool) -> str:
    if line.startswith("@@"):
        return "cyan"
    if not in_hunk or line.startswith("\\ "):
        return "bold" if line.startswith(_HEADS) else ""
    return {"+": "green", "-": "red"}.get(line[:1], "")
