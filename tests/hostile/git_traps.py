"""Traps in git's own files: each runs a program when git is used carelessly in the repository."""

from tests.hostile.scene import Scene

_HOOKS = (
    *("pre-commit", "post-checkout", "post-index-change", "post-merge", "pre-auto-gc", "reference-transaction"),
    *("fsmonitor-watchman", "prepare-commit-msg", "post-commit", "pre-push"),
)


def fsmonitor(scene: Scene) -> None:
    """Lay a program that git asks what has changed (G01)."""
    scene.configure(f"[core]\n\tfsmonitor = {scene.program('fsmonitor')}\n")


def fsmonitor_included(scene: Scene) -> None:
    """The same by way of another file (G02)."""
    scene.write("more.cfg", f"[core]\n\tfsmonitor = {scene.program('fsmonitor_included')}\n")
    scene.configure("[include]\n\tpath = ../more.cfg\n")


def fsmonitor_of_worktree(scene: Scene) -> None:
    """The same in the settings of the working tree (G03)."""
    scene.configure("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tworktreeConfig = true\n")
    program = scene.program("fsmonitor_of_worktree")
    (scene.root / ".git" / "config.worktree").write_text(f"[core]\n\tfsmonitor = {program}\n")


def fsmonitor_on_condition(scene: Scene) -> None:
    """The same in a file that is included for this folder (G04)."""
    scene.write("some.cfg", f"[core]\n\tfsmonitor = {scene.program('fsmonitor_on_condition')}\n")
    scene.configure(f'[includeIf "gitdir:{scene.root}/"]\n\tpath = ../some.cfg\n')


def filters(scene: Scene) -> None:
    """Lay programs that read and write every file for git (G05)."""
    program = scene.program("filters")
    scene.write(".gitattributes", "* filter=tidy\n")
    scene.configure(f'[filter "tidy"]\n\tclean = {program}\n\tsmudge = {program}\n\trequired = true\n')


def filter_process(scene: Scene) -> None:
    """Lay one that stays for many files (G05)."""
    (scene.root / ".git" / "info").mkdir(exist_ok=True)
    (scene.root / ".git" / "info" / "attributes").write_text("* filter=stays\n")
    scene.configure(f'[filter "stays"]\n\tprocess = {scene.program("filter_process")}\n')


def diffs(scene: Scene) -> None:
    """Lay programs that draw differences (G06)."""
    program = scene.program("diffs")
    scene.write(".gitattributes", "*.py diff=drawn\n")
    scene.configure(f'[diff]\n\texternal = {program}\n[diff "drawn"]\n\ttextconv = {program}\n\tcommand = {program}\n')


def hooks(scene: Scene) -> None:
    """Lay every hook (G07)."""
    for name in _HOOKS:
        path = scene.root / ".git" / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{scene.shell('hooks')}\n")
        path.chmod(0o755)


def hooks_elsewhere(scene: Scene) -> None:
    """Lay hooks in a folder of the repository (G07)."""
    for name in _HOOKS:
        scene.program("hooks_elsewhere", f".husky/{name}")
    scene.configure("[core]\n\thooksPath = .husky\n")


def helpers(scene: Scene) -> None:
    """Lay everything else that git starts: pager, editor, ssh, keys, passwords, aliases."""
    program = scene.program("helpers")
    scene.configure(
        f"[core]\n\tpager = {program}\n\teditor = {program}\n\tsshCommand = {program}\n\taskPass = {program}\n"
        f"[gpg]\n\tprogram = {program}\n[commit]\n\tgpgSign = true\n[credential]\n\thelper = {program}\n"
        f"[alias]\n\tls-files = !{program}\n\trev-parse = !{program}\n\tst = !{program}\n"
        f"[sequence]\n\teditor = {program}\n[pager]\n\tls-files = {program}\n"
    )


def bare_inside(scene: Scene) -> None:
    """Plant a bare repository in a folder (G08)."""
    bare = scene.root / "vendor" / "data"
    for name in ("objects", "refs"):
        (bare / name).mkdir(parents=True)
    (bare / "HEAD").write_text("ref: refs/heads/main\n")
    program = scene.program("bare_inside")
    (bare / "config").write_text(f'[core]\n\tbare = false\n\tworktree = "."\n\tfsmonitor = {program}\n')


def submodule(scene: Scene) -> None:
    """Name a submodule whose address is a command (G11)."""
    scene.write(".gitmodules", f'[submodule "x"]\n\tpath = x\n\turl = ext::sh -c {scene.program("submodule")}\n')
    scene.configure("[protocol]\n\tallow = always\n")


def moved_git(scene: Scene) -> None:
    """Make `.git` a file that leads to a folder of the repository (P13)."""
    (scene.root / ".git").rename(scene.root / "store")
    (scene.root / ".git").write_text("gitdir: store\n")
    with (scene.root / "store" / "config").open("a") as file:
        file.write(f"[core]\n\tfsmonitor = {scene.program('moved_git')}\n")


TRAPS = (
    *(fsmonitor, fsmonitor_included, fsmonitor_of_worktree, fsmonitor_on_condition, filters, filter_process, diffs),
    *(hooks, hooks_elsewhere, helpers, bare_inside, submodule),
)
LAST = (moved_git,)
"""Traps that must be laid after all others."""
