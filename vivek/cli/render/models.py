"""Models as text: the table of all of them, all about one, what a download means. No drawing library, for pipes."""

from collections.abc import Iterator, Sequence

from vivek.cli.render.safe_text import fit, one_line, visible, width_of
from vivek.schema.details import Fact, ModelDetails
from vivek.schema.fetching import FetchPlan
from vivek.schema.listing import ListedModel, ListedServer
from vivek.schema.models import ModelInfo

_UNITS = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
_ABILITIES = {"tools": "tools", "thinking": "thinks", "vision": "sees", "embeddings": "embeds"}
_HEADS = ("MODEL", "SIZE", "WEIGHTS", "WINDOW", "CAN")
_LEAST_STATE = 12
_LEAST_NAME = 24


def bytes_of(size: int | None) -> str:
    """Return a number of bytes as people say it, "" when it is unknown."""
    if size is None:
        return ""
    unit, factor = next((pair for pair in _UNITS if size >= pair[1]), ("B", 1))
    return f"{size / factor:.1f} {unit}" if factor > 1 else f"{size} B"


def tokens_of(tokens: int | None) -> str:
    """Return a number of tokens as people say it, such as `32k`; "" when it is unknown."""
    if tokens is None:
        return ""
    return f"{tokens / 1024:.0f}k" if tokens >= 1024 else str(tokens)


def parameters_of(info: ModelInfo) -> str:
    """Return the number of weights and their quantisation, such as `7.6B Q4_K_M`."""
    count = info.parameters
    said = "" if count is None else f"{count / 1e9:.1f}B" if count >= 1e8 else f"{count / 1e6:.1f}M"
    return f"{said} {one_line(info.quantisation or '', 16)}".strip()


def window_of(info: ModelInfo) -> str:
    """Return the window as loaded and at most, such as `8k of 32k`; "" when nothing is known."""
    loaded, most = tokens_of(info.window_loaded), tokens_of(info.window_maximum)
    if loaded and most and loaded != most:
        return f"{loaded} of {most}"
    return loaded or most


def model_table(models: Sequence[ListedModel], *, width: int) -> str:
    """Return a table of models, one line each; what does not fit the terminal is left out from the right.

    Args:
        models: What to list.
        width: Columns of the terminal.
    """
    rows = [
        [
            one_line(model.name),
            bytes_of(model.info.size_bytes),
            parameters_of(model.info),
            window_of(model.info),
            " ".join(word for ability, word in _ABILITIES.items() if ability in model.info.abilities),
        ]
        for model in models
    ]
    table = [list(_HEADS), *rows]
    lasts = ["STATE", *(_state_of(model) for model in models)]
    widths = [max(width_of(row[column]) for row in table) for column in range(len(_HEADS))]
    while len(widths) > 1 and sum(widths) + 2 * len(widths) + _LEAST_STATE > width:
        widths.pop()
    widths[0] = min(widths[0], max(_LEAST_NAME, width - 2 - _LEAST_STATE))
    lines = []
    for row, last in zip(table, lasts, strict=True):
        cells = [fit(cell, wide) for cell, wide in zip(row, widths, strict=False)]
        cells = [cell + " " * (wide - width_of(cell)) for cell, wide in zip(cells, widths, strict=True)]
        room = max(_LEAST_STATE, width - sum(widths) - 2 * len(widths))
        lines.append("  ".join([*cells, fit(last, room)]).rstrip())
    return "\n".join(lines)


def server_line(server: ListedServer) -> str:
    """Return one line on somebody who was asked and has no model to offer."""
    problem, title, place = one_line(server.problem) or "no model", one_line(server.title), one_line(server.place)
    if problem.startswith(title):
        return problem
    # What went wrong often names the address already.
    return f"{title}: {problem}" if place in problem else f"{title}, {place}: {problem}"


def details_text(details: ModelDetails) -> str:
    """Return all about one model, section by section."""
    sections = [
        ("said of it", details.facts),
        ("in force here", details.treatment),
        ("measured here", details.measured),
    ]
    place = one_line(details.place)
    lines = [f"{one_line(details.name)}{f' at {place}' if place else ''}"]
    window = f"{details.window:,} tokens: {visible(details.window_why)}"
    lines += ["", "window", f"  {window}"]
    for title, facts in sections:
        if facts:
            lines += ["", title, *_table_of(facts)]
    if not details.measured:
        lines += ["", "measured here", "  nothing yet"]
    if details.profile:
        lines.append(f"  kept in {one_line(details.profile, 500)}")
    return "\n".join(lines)


def plan_text(plan: FetchPlan) -> str:
    """Return what a download means, one line a fact."""
    rows = [
        ("what", plan.title),
        ("size", _size_of(plan)),
        ("licence", _licence_of(plan)),
        ("checksum", plan.checksum),
        ("from", plan.source),
        ("to", f"{plan.target}{f' ({bytes_of(plan.free_bytes)} free)' if plan.free_bytes is not None else ''}"),
        *(("note", note) for note in plan.notes),
    ]
    return "\n".join(f"  {name:<9} {one_line(value, 500)}" for name, value in rows if value)


def offer_of(plan: FetchPlan) -> str:
    """Return a download in one line, to be asked about."""
    parts = [bytes_of(plan.size_bytes) or "size unknown", f"licence {_licence_of(plan)}", _short(plan.checksum)]
    return f"{one_line(plan.title)} ({', '.join(one_line(part) for part in parts if part)})"


def candidate_lines(models: Sequence[ListedModel]) -> str:
    """Return models to pick from, each behind its number."""
    wide = max(width_of(one_line(model.name)) for model in models)
    lines = []
    for number, model in enumerate(models, 1):
        info = model.info
        name = one_line(model.name)
        facts = [bytes_of(info.size_bytes), parameters_of(info), "loaded" if info.loaded else ""]
        told = ", ".join(fact for fact in facts if fact)
        lines.append(f"  {number}  {name}{' ' * (wide - width_of(name))}  {told}".rstrip())
    return "\n".join(lines)


def _state_of(model: ListedModel) -> str:
    words = ["in use" if model.chosen else "", "loaded" if model.info.loaded else "", one_line(model.reason)]
    return ", ".join(word for word in words if word)


def _table_of(facts: Sequence[Fact]) -> Iterator[str]:
    rows = [(one_line(fact.name.replace("_", " ")), _value_of(fact), one_line(fact.source)) for fact in facts]
    widths = [max(width_of(row[column]) for row in rows) for column in (0, 1)]
    for row in rows:
        cells = [cell + " " * (wide - width_of(cell)) for cell, wide in zip(row, widths, strict=False)]
        yield f"  {'  '.join(cells)}  {row[2]}".rstrip()


def _value_of(fact: Fact) -> str:
    value = fact.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and fact.name.endswith("_bytes"):
        return bytes_of(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.0%}" if fact.name == "gpu_share" and isinstance(value, float) else one_line(str(value))


def _size_of(plan: FetchPlan) -> str:
    size = bytes_of(plan.size_bytes)
    many = f" in {plan.files} files" if plan.files > 1 else ""
    here = f", {bytes_of(plan.present_bytes)} of it here already" if plan.present_bytes and not plan.done else ""
    return f"{size}{many}{here}" if size else "not known before"


def _licence_of(plan: FetchPlan) -> str:
    licence = plan.licence or "unknown"
    return f"{licence}: {plan.limits}" if plan.limits else licence


def _short(checksum: str) -> str:
    """Return a checksum by its first digits: enough to compare at a glance."""
    algorithm, _, value = checksum.partition(" ")
    return f"{algorithm} {value[:8]}…" if algorithm == "sha256" else checksum
