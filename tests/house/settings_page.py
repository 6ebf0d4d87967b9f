"""The page of all settings, written from what the settings themselves say."""

from vivek.cli.render.configuration import value_text
from vivek.schema.configuration import Described
from vivek.session.project_page import SHORT
from vivek.session.reference import about_tables, describe_settings

_HEAD = """\
# Settings

Written by `pytest --update-golden tests/house/test_settings_page.py` from the settings themselves. A later origin wins:

1. the default;
2. `config.toml` in your folder of settings (`vivek config path` shows where);
3. the front matter of `vivek.md` at the root of the project;
4. `.vivek/config.toml` in the project;
5. the profile that is chosen, `[profiles.NAME]` in either `config.toml`, by `--profile NAME` or `VIVEK_PROFILE`;
6. a variable of the environment;
7. an option of the command line.

`vivek config show --origin` says who sets what, `vivek config set KEY VALUE` changes your file and keeps its comments,
`vivek config validate` names every mistake with file, line and column. A key that nothing knows is told with the
nearest one that exists. What guards you is set by your own file or the command line alone, and a profile that a
variable chooses cannot change it. A project's choice of a model counts once you trust it: `vivek trust settings`.
Commands that a project names run only once you trust them.

While a chat runs, files are looked at before every turn. Settings marked *next turn* count from then on, the others
after a new start; either is told. A file with a mistake leaves the settings before it in force.

In the front matter of `vivek.md` the full names count, and these short ones:
"""


def settings_page() -> str:
    """Return the page of all settings."""
    short = "\n".join(f"`{name}` for `{key}`," for name, key in SHORT.items()).rstrip(",") + "."
    pages = [_HEAD, short, "\n"]
    about, table = about_tables(), ""
    for each in describe_settings():
        if each.key.partition(".")[0] != table:
            table = each.key.partition(".")[0]
            pages.append(f"\n## `[{table}]`\n\n{about[table]}\n")
            pages.append(
                "\n| key | value | default | set by | a change counts | what it does |\n|---|---|---|---|---|---|\n"
            )
        pages.append(_row(each))
    return "".join(pages)


def _row(each: Described) -> str:
    default = value_text(each.default)
    who = ", ".join(f"`{each.variable}`" if name == "environment" else name for name in each.origins)
    cells = [
        f"`{each.key.partition('.')[2]}`",
        each.kind,
        f"`{default}`" if default else "",
        who,
        each.when,
        each.about,
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
