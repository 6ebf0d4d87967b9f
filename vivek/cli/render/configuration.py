"""Settings as text and as JSON types."""

from collections.abc import Mapping, Sequence

from vivek.cli.render.safe_text import one_line
from vivek.schema.configuration import Fault, SettingsFile
from vivek.schema.plain import as_plain
from vivek.schema.settings import Setting

_WIDE = 60


def value_text(value: object) -> str:
    """Return a value as people type it: `true`, items of a list parted by commas, "" for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def settings_text(settings: Sequence[Setting], *, origin: bool) -> str:
    """Return the settings, one a line; with `origin` also who says each of them."""
    keys = max((len(each.key) for each in settings), default=0)
    shown = [one_line(value_text(each.value) or "-", _WIDE) for each in settings]
    values = max(map(len, shown), default=0)
    lines = []
    for each, value in zip(settings, shown, strict=True):
        said = f"  {one_line(each.said_by, 300)}" if origin else ""
        lines.append(f"{each.key:{keys}}  {value:{values}}{said}".rstrip())
    return "".join(f"{line}\n" for line in lines)


def setting_object(setting: Setting) -> dict[str, object]:
    """Return a setting as a JSON object; the keys are a promise."""
    return {
        "key": setting.key,
        "value": as_plain(setting.value),
        "origin": setting.origin,
        "profile": setting.profile or None,
        "place": setting.place or None,
    }


def fault_objects(faults: Sequence[Fault]) -> list[dict[str, object]]:
    """Return what is wrong as JSON objects; the keys are a promise."""
    return [{"message": each.text, "hint": each.hint or None, "key": each.key or None} for each in faults]


def files_text(files: Sequence[SettingsFile]) -> str:
    """Return the files that settings are read from, one a line, those that are not there marked."""
    rows: Mapping[bool, str] = {True: "", False: "  (not there)"}
    return "".join(f"{each.name:12}  {one_line(each.path, 500)}{rows[each.exists]}\n" for each in files)
