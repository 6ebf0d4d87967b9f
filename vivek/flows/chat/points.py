"""What a thread keeps of decisions and open ends beside its requests: a few lines that a new generation repeats."""

from vivek.flows.chat.state import ChatState

MOST = 20
"""Points that are kept, the newest."""

LONGEST = 600
"""Characters of one."""


def with_point(state: ChatState, said: str) -> list[str]:
    """Return the thread's points with one more, said of the request of this turn."""
    point = f"request {state.get('turns', 0) + 1}: {' '.join(said.split())}"
    if len(point) > LONGEST:
        point = f"{point[:LONGEST]} …"
    before = [each for each in state.get("points") or () if each != point]
    return [*before, point][-MOST:]


def ended(state: ChatState, status: str) -> list[str]:
    """Return the points at the end of a turn: one more when it did not come to its end, or a check is red."""
    red = [check["name"] for check in state.get("checks") or () if check["status"] == "failed"]
    checks = f"; red: {', '.join(red)}" if red else ""
    told = {
        "declined": "the user did not want the change, it was not applied",
        "incomplete": f"was not finished{checks}",
        "failed": f"failed{checks}",
        "cancelled": "the user stopped it",
        "done": f"was applied although a check is red{checks}" if red and state.get("applied") else "",
    }.get(status, "")
    if status == "declined" and any(f"request {state.get('turns', 0) + 1}:" in p for p in state.get("points") or ()):
        told = ""  # the user said why
    return with_point(state, told) if told else list(state.get("points") or ())
