"""The commands by name; each is imported when it is called."""

from collections.abc import Callable

import typer


def _add_chat(app: typer.Typer) -> None:
    from vivek.cli.commands.chat import chat

    app.command()(chat)


def _add_ask(app: typer.Typer) -> None:
    from vivek.cli.commands.ask import ask

    app.command()(ask)


def _add_threads(app: typer.Typer) -> None:
    from vivek.cli.commands.replay import replay
    from vivek.cli.commands.threads import app as threads
    from vivek.cli.commands.threads_end import delete, prune
    from vivek.cli.commands.threads_text import export, search
    from vivek.cli.commands.threads_travel import fork, rewind

    for command in (fork, rewind, delete, export, prune, search, replay):
        threads.command()(command)
    app.add_typer(threads)


def _add_undo(app: typer.Typer) -> None:
    from vivek.cli.commands.undo import undo

    app.command()(undo)


def _add_redo(app: typer.Typer) -> None:
    from vivek.cli.commands.undo import redo

    app.command()(redo)


def _add_apply(app: typer.Typer) -> None:
    from vivek.cli.commands.apply import apply

    app.command()(apply)


def _add_run(app: typer.Typer) -> None:
    from vivek.cli.commands.run import run as run_command

    # What follows the command's name is the command's, dashes included.
    app.command(context_settings={"allow_interspersed_args": False})(run_command)


def _add_review(app: typer.Typer) -> None:
    from vivek.cli.commands.review import review

    app.command()(review)


def _add_analyze(app: typer.Typer) -> None:
    from vivek.cli.commands.analyze import app as analyze
    from vivek.cli.commands.analyze_check import check
    from vivek.cli.commands.analyze_diff import diff
    from vivek.cli.commands.analyze_ways import impact, tour, why

    for command in (impact, why, tour, diff, check):
        analyze.command()(command)
    app.add_typer(analyze)


def _add_trust(app: typer.Typer) -> None:
    from vivek.cli.commands.trust import app as trust

    app.add_typer(trust)


def _add_doctor(app: typer.Typer) -> None:
    from vivek.cli.commands.doctor import doctor

    app.command()(doctor)


def _add_models(app: typer.Typer) -> None:
    from vivek.cli.commands.models import app as models
    from vivek.cli.commands.probe import probe

    models.command()(probe)
    app.add_typer(models)


def _add_metrics(app: typer.Typer) -> None:
    from vivek.cli.commands.metrics import metrics

    app.command()(metrics)


def _add_index(app: typer.Typer) -> None:
    from vivek.cli.commands.index import app as index
    from vivek.cli.commands.index_ask import ask

    index.command()(ask)
    app.add_typer(index)


def _add_config(app: typer.Typer) -> None:
    from vivek.cli.commands.config import app as config

    app.add_typer(config)


def _add_init(app: typer.Typer) -> None:
    from vivek.cli.commands.init import init

    app.command()(init)


def _add_explain(app: typer.Typer) -> None:
    from vivek.cli.commands.explain import explain

    app.command()(explain)


def _add_completion(app: typer.Typer) -> None:
    from vivek.cli.commands.completion import app as completion

    app.add_typer(completion)


COMMANDS: dict[str, Callable[[typer.Typer], None]] = {
    "chat": _add_chat,
    "ask": _add_ask,
    "threads": _add_threads,
    "undo": _add_undo,
    "redo": _add_redo,
    "apply": _add_apply,
    "run": _add_run,
    "review": _add_review,
    "analyze": _add_analyze,
    "index": _add_index,
    "metrics": _add_metrics,
    "models": _add_models,
    "trust": _add_trust,
    "doctor": _add_doctor,
    "explain": _add_explain,
    "config": _add_config,
    "init": _add_init,
    "completion": _add_completion,
}
