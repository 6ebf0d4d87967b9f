"""`vivek completion`: scripts that let bash, zsh and fish complete commands, options and names. Needs no model."""

import sys
from typing import Annotated

import typer

from vivek.cli.options import Invocation

_BASH = """\
# vivek: completion for bash. It asks vivek itself, so it never goes out of date.
_vivek_complete() {
    local IFS=$'\\n'
    COMPREPLY=($(vivek completion words bash "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
}
complete -o default -F _vivek_complete vivek
"""
_ZSH = """\
#compdef vivek
# vivek: completion for zsh. It asks vivek itself, so it never goes out of date.
_vivek_complete() {
    local -a found
    found=("${(@f)$(vivek completion words zsh "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
    if [[ -n "${found[1]}" ]]; then
        _describe vivek found
    else
        _files
    fi
}
if [[ "${funcstack[1]}" == _vivek ]]; then
    _vivek_complete "$@"
else
    compdef _vivek_complete vivek
fi
"""
_FISH = """\
# vivek: completion for fish. It asks vivek itself, so it never goes out of date.
function __vivek_complete
    set -l typed (commandline -opc)
    set -l found (vivek completion words fish $typed[2..] (commandline -ct) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c vivek -f -a '(__vivek_complete)'
"""
_SCRIPTS = {
    "bash": (_BASH, "echo 'eval \"$(vivek completion bash)\"' >> ~/.bashrc"),
    "zsh": (_ZSH, "echo 'autoload -Uz compinit && compinit; eval \"$(vivek completion zsh)\"' >> ~/.zshrc"),
    "fish": (_FISH, "vivek completion fish > ~/.config/fish/completions/vivek.fish"),
}

app = typer.Typer(
    name="completion", help="Let your shell complete commands and names.", no_args_is_help=True, rich_markup_mode=None
)


@app.command()
def bash(ctx: typer.Context) -> None:
    """Print the script for bash."""
    ctx.ensure_object(Invocation).action = lambda: _script("bash")


@app.command()
def zsh(ctx: typer.Context) -> None:
    """Print the script for zsh."""
    ctx.ensure_object(Invocation).action = lambda: _script("zsh")


@app.command()
def fish(ctx: typer.Context) -> None:
    """Print the script for fish."""
    ctx.ensure_object(Invocation).action = lambda: _script("fish")


@app.command(hidden=True, context_settings={"allow_interspersed_args": False})
def words(
    ctx: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="Which shell asks.")],
    typed: Annotated[list[str] | None, typer.Argument(metavar="WORD...", help="What stands on the line.")] = None,
) -> None:
    """Print what may stand next; the scripts ask this."""
    invocation = ctx.ensure_object(Invocation)
    invocation.action = lambda: _words(invocation, shell, typed or [])


def _script(shell: str) -> int:
    script, install = _SCRIPTS[shell]
    sys.stdout.write(script)
    if sys.stdout.isatty():
        sys.stderr.write(f"\nTo have it in every new shell: {install}\n")
    return 0


def _words(invocation: Invocation, shell: str, typed: list[str]) -> int:
    from vivek.cli.words import render_words, split_line, suggest
    from vivek.errors import VivekError

    if invocation.parser is None:
        return 0
    said = split_line(typed[0])[1:] if shell == "bash" and typed else typed
    try:
        found = suggest(said, invocation.parser, invocation.commands)
    except VivekError:  # a shell that completes is no place for messages
        return 0
    sys.stdout.write(render_words(shell, found, said[-1] if said else ""))
    return 0
