"""`vivek models`: which models there are, what is known of one, fetching one, choosing one."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from vivek.cli.options import BaseUrlOption, Invocation, ListFormatOption, look_at_terminal
from vivek.errors import ConfigError

if TYPE_CHECKING:
    from vivek.schema.events import Notice
    from vivek.session.place import Place
    from vivek.session.settings import Settings

_WIDE = 10_000  # columns of a pipe: nothing is cut
_SERVICE_ROWS = 15  # of one service in a terminal: they have hundreds

NameArgument = Annotated[
    str, typer.Argument(metavar="PROVIDER/NAME", help="The model, such as ollama/qwen2.5-coder:7b.")
]

app = typer.Typer(
    name="models", help="List models, look at one, fetch one, choose one.", no_args_is_help=True, rich_markup_mode=None
)


@app.command("list")
def list_(
    ctx: typer.Context,
    provider: Annotated[str | None, typer.Argument(metavar="PROVIDER", help="Ask this one only.")] = None,
    base_url: BaseUrlOption = None,
    refresh: Annotated[bool, typer.Option("--refresh", help="Ask again, whatever was answered before.")] = False,
    form: ListFormatOption = "text",
) -> None:
    """List the models that can be reached now."""
    ctx.ensure_object(Invocation).action = lambda: _list(provider, base_url, form, refresh=refresh)


@app.command()
def show(
    ctx: typer.Context, name: NameArgument, base_url: BaseUrlOption = None, form: ListFormatOption = "text"
) -> None:
    """Show what is known of a model, who says so, and how it would be treated."""
    ctx.ensure_object(Invocation).action = lambda: _show(name, base_url, form)


@app.command()
def use(
    ctx: typer.Context,
    name: NameArgument,
    base_url: BaseUrlOption = None,
    force: Annotated[bool, typer.Option("--force", help="Remember it even if it cannot be checked now.")] = False,
) -> None:
    """Remember which model to use from now on."""
    ctx.ensure_object(Invocation).action = lambda: _use(name, base_url, force=force)


@app.command()
def pull(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="ollama/NAME, local/NAME, mlx/OWNER/NAME, or the address of a GGUF file."),
    ],
    sha256: Annotated[str | None, typer.Option("--sha256", metavar="HEX", help="The checksum it must have.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Fetch a model; a second run goes on where the first one stopped."""
    ctx.ensure_object(Invocation).action = lambda: _pull(name, sha256, yes=yes)


def _list(provider: str | None, base_url: str | None, form: str, *, refresh: bool) -> int:
    import asyncio

    from vivek.session.models.listing import list_models

    if base_url is not None and provider is None:
        msg = "An address alone does not say what answers there."
        raise ConfigError(msg, hint="Name the provider, too: `vivek models list PROVIDER --base-url URL`.")
    settings = _settings()
    found = asyncio.run(list_models(settings.model, only=provider, base_url=base_url, refresh=refresh))
    if form == "json":
        return _print_json({"models": list(found.models), "servers": list(found.servers)})
    from shutil import get_terminal_size

    from vivek.cli.render.models import model_table, server_line

    terminal = look_at_terminal()
    rows, more = list(found.models), []
    if terminal.draws and provider is None:
        for name in {model.provider for model in rows if not model.near}:
            hidden = [model for model in rows if model.provider == name][_SERVICE_ROWS:]
            rows = [model for model in rows if model not in hidden]
            more += [f"{len(hidden)} more: `vivek models list {name}`"] if hidden else []
    if rows:
        width = get_terminal_size().columns if terminal.draws else _WIDE
        sys.stdout.write(model_table(rows, width=width) + "\n")
        sys.stdout.flush()
    silent = [server_line(server) for server in found.servers if server.problem or (provider and not server.models)]
    sys.stderr.write("".join(f"{line}\n" for line in [*more, *silent]))
    if not rows:
        from vivek.session.models.offers import how_to_get_one

        sys.stderr.write(f"hint: {how_to_get_one(found)}\n")
    return 0


def _show(name: str, base_url: str | None, form: str) -> int:
    import asyncio

    from vivek.session.models.showing import show_model

    details = asyncio.run(show_model(name, _settings(), base_url=base_url))
    if form == "json":
        return _print_json({"model": details})
    from vivek.cli.render.models import details_text

    sys.stdout.write(details_text(details) + "\n")
    return 0


def _use(name: str, base_url: str | None, *, force: bool) -> int:
    import asyncio

    from vivek.cli.render.safe_text import one_line
    from vivek.config.redaction import redact
    from vivek.session.models.using import use_model

    done = asyncio.run(use_model(name, _settings(), base_url=base_url, force=force))
    where = f" at {redact(done.base_url)}" if done.base_url else ""
    sys.stdout.write(one_line(f"{done.name}{where}: remembered in {done.path}", 500) + "\n")
    _tell(done.notices)
    return 0


def _pull(name: str, sha256: str | None, *, yes: bool) -> int:
    import asyncio
    from functools import partial

    from vivek.cli.turn.fetching import fetch, open_fetch_view
    from vivek.session.models.fetching import prepare_fetch

    terminal = look_at_terminal()
    job = asyncio.run(prepare_fetch(name, _settings(), sha256=sha256))
    agreed = job.plan.done or yes
    from vivek.cli.render.models import plan_text
    from vivek.cli.render.safe_text import one_line

    sys.stderr.write(f"{one_line(job.plan.name)}\n{plan_text(job.plan)}\n")
    if not agreed and not terminal.asks:
        msg = "Fetching asks first, and there is no terminal to ask on."
        raise ConfigError(msg, hint=f"Run `vivek models pull {name} --yes`.")
    if not agreed and not _agrees():
        sys.stderr.write("Nothing was fetched.\n")
        return 0
    asyncio.run(fetch(job, partial(open_fetch_view, terminal), command=f"vivek models pull {name}"))
    sys.stdout.write(one_line(job.plan.model, 500) + "\n")
    told = "was here already, and is what it should be" if job.plan.done else "is here"
    sys.stderr.write(f"{one_line(job.plan.model)} {told}\nhint: `vivek models use {one_line(job.plan.model)}`\n")
    return 0


def _agrees() -> bool:
    sys.stderr.write("Fetch it? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _settings() -> "Settings":
    from vivek.session.options import Choices
    from vivek.session.place import open_place
    from vivek.session.settings import load_settings

    place: Place = open_place()
    settings = load_settings(place, Choices())
    _tell(settings.notices)
    return settings


def _tell(notices: "tuple[Notice, ...]") -> None:
    from vivek.cli.render.safe_text import problem

    for notice in notices:
        sys.stderr.write(problem(notice.text, notice.hint) + "\n")


def _print_json(value: dict[str, object]) -> int:
    from vivek.cli.render.jsonl import VERSION, dump
    from vivek.schema.plain import as_plain

    sys.stdout.write(dump({"version": VERSION, **{name: as_plain(each) for name, each in value.items()}}) + "\n")
    return 0
