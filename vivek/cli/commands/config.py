"""`vivek config`: the settings, where each comes from, and changes of them. Needs no model."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import Invocation, ListFormatOption, ProfileOption
from vivek.cli.render.safe_text import one_line, problem
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from vivek.schema.configuration import Fault
    from vivek.schema.events import Notice
    from vivek.session.doors.configuration import Written

_INVALID = 2

ProjectOption = Annotated[bool, typer.Option("--project", help="The file of this project, not your own.")]
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="A setting, such as `session.depth`.")]

app = typer.Typer(
    name="config",
    help="Show the settings and where each comes from, and change them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def show(
    ctx: typer.Context,
    origin: Annotated[bool, typer.Option("--origin", help="Say who sets each of them, with file and line.")] = False,
    profile: ProfileOption = None,
    form: ListFormatOption = "text",
) -> None:
    """Show all settings."""
    ctx.ensure_object(Invocation).action = lambda: _show(profile, form, origin=origin)


@app.command()
def get(ctx: typer.Context, key: KeyArgument, profile: ProfileOption = None, form: ListFormatOption = "text") -> None:
    """Print the value of one setting."""
    ctx.ensure_object(Invocation).action = lambda: _get(key, profile, form)


@app.command("set", context_settings={"ignore_unknown_options": True})  # a value may begin with `-`
def set_(
    ctx: typer.Context,
    key: KeyArgument,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The value; items of a list are parted by commas.")],
    project: ProjectOption = False,
    profile: ProfileOption = None,
    form: ListFormatOption = "text",
) -> None:
    """Write a setting into your file of settings; comments in it stay."""
    ctx.ensure_object(Invocation).action = lambda: _write(key, value, profile, form, project=project)


@app.command()
def unset(
    ctx: typer.Context,
    key: KeyArgument,
    project: ProjectOption = False,
    profile: ProfileOption = None,
    form: ListFormatOption = "text",
) -> None:
    """Take a setting out of your file of settings."""
    ctx.ensure_object(Invocation).action = lambda: _write(key, None, profile, form, project=project)


@app.command()
def validate(
    ctx: typer.Context,
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="One file; all that count when left out.")] = None,
    form: ListFormatOption = "text",
) -> None:
    """Check the files of settings; exit code 2 when something is wrong."""
    ctx.ensure_object(Invocation).action = lambda: _validate(file, form)


@app.command()
def path(ctx: typer.Context, form: ListFormatOption = "text") -> None:
    """Show which files settings are read from, the weakest first."""
    ctx.ensure_object(Invocation).action = lambda: _path(form)


@app.command()
def edit(ctx: typer.Context, project: ProjectOption = False) -> None:
    """Open a file of settings in your editor; it is checked before it counts."""
    ctx.ensure_object(Invocation).action = lambda: _edit(project=project)


def _show(profile: str | None, form: str, *, origin: bool) -> int:
    from vivek.cli.render.configuration import setting_object, settings_text
    from vivek.session.doors.configuration import masked, show_settings
    from vivek.session.place import open_place

    shown = show_settings(open_place(), profile)
    settings = [masked(each) for each in shown.settings]
    _tell(shown.notices)
    if form == "json":
        listed = [setting_object(each) for each in settings]
        return _print({"profile": shown.profile or None, "profiles": list(shown.profiles), "settings": listed})
    sys.stdout.write(settings_text(settings, origin=origin))
    return 0


def _get(key: str, profile: str | None, form: str) -> int:
    from vivek.cli.render.configuration import setting_object, value_text
    from vivek.session.doors.configuration import get_setting, masked
    from vivek.session.place import open_place

    setting = masked(get_setting(open_place(), key, profile))
    if form == "json":
        return _print(setting_object(setting))
    sys.stdout.write(f"{value_text(setting.value)}\n")
    return 0


def _write(key: str, value: str | None, profile: str | None, form: str, *, project: bool) -> int:
    from vivek.session.doors.configuration import set_setting, unset_setting
    from vivek.session.place import open_place

    place = open_place()
    if value is None:
        written = unset_setting(place, key, project=project, profile=profile)
    else:
        written = set_setting(place, key, value, project=project, profile=profile)
    return _written(written, form, removed=value is None)


def _written(written: "Written", form: str, *, removed: bool) -> int:
    from vivek.cli.render.configuration import setting_object, value_text
    from vivek.session.doors.configuration import masked

    setting = masked(written.setting)
    _tell(written.notices)
    if form == "json":
        return _print({"path": str(written.path), "changed": written.changed, **setting_object(setting)})
    done = "nothing to change" if not written.changed else "taken out" if removed else "written"
    now = value_text(setting.value) or "not set"
    sys.stderr.write(f"{done}: {one_line(str(written.path), 500)}; {setting.key} is {one_line(now, 200)}\n")
    return 0


def _validate(file: str | None, form: str) -> int:
    from pathlib import Path

    from vivek.cli.render.configuration import fault_objects
    from vivek.session.doors.configuration import check_files
    from vivek.session.place import open_place

    files, faults = check_files(open_place(), None if file is None else Path(file).absolute())
    if form == "json":
        _print({"files": [str(each) for each in files], "faults": fault_objects(faults)})
        return _INVALID if faults else 0
    _tell_faults(faults)
    for each in files if not faults else ():
        sys.stdout.write(f"good: {one_line(str(each), 500)}\n")
    if not files:
        sys.stderr.write("There is no file of settings; the defaults hold.\n")
    return _INVALID if faults else 0


def _path(form: str) -> int:
    from vivek.cli.render.configuration import files_text
    from vivek.schema.plain import as_plain
    from vivek.session.doors.configuration import list_files
    from vivek.session.place import open_place

    files = list_files(open_place())
    if form == "json":
        return _print({"files": as_plain(files)})
    sys.stdout.write(files_text(files))
    return 0


def _edit(*, project: bool) -> int:
    import asyncio

    from vivek.cli.options import look_at_terminal
    from vivek.session.doors.editing import edit_text
    from vivek.session.doors.settings_editing import begin_edit, finish_edit, keep_rejected
    from vivek.session.place import open_place

    place = open_place()
    file, text = begin_edit(place, project=project)
    while True:
        text = asyncio.run(edit_text(text, file.name))
        faults = finish_edit(place, file, text, project=project)
        if not faults:
            sys.stderr.write(f"in force: {one_line(str(file), 500)}\n")
            return 0
        _tell_faults(faults)
        if not look_at_terminal().asks or not _again():
            kept = keep_rejected(file, text)
            hint = f"What you wrote is kept as {kept}."
            raise ConfigError(f"{file} is as it was.", hint=hint)


def _again() -> bool:
    sys.stderr.write("Edit it again? [Y/n] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("", "y", "yes")


def _tell_faults(faults: "Sequence[Fault]") -> None:
    for each in faults:
        sys.stderr.write(problem(each.text, each.hint) + "\n")


def _tell(notices: "Sequence[Notice]") -> None:
    for each in notices:
        sys.stderr.write(problem(each.text, each.hint) + "\n")


def _print(value: dict[str, object]) -> int:
    from vivek.cli.render.jsonl import VERSION, dump

    sys.stdout.write(dump({"version": VERSION, **value}) + "\n")
    return 0
