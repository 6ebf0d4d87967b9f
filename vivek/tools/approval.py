"""Says whether a command may run: allowed, to be asked for, or refused; by which rule, and why. Runs nothing."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from vivek.schema.approval import ApprovalPolicy
from vivek.schema.commands import Judgement
from vivek.syntax.shell import LONGEST, code_points, hidden_in, read_script
from vivek.tools.gate.parts import ANYWHERE, Part, Setting, find_program, look_at, worst_of
from vivek.tools.gate.rough import rough_catastrophe, rough_warnings

ALWAYS_ASKED = frozenset({"destructive", "network", "outside"})
"""Kinds of commands that are asked for in a sandbox too, however often."""


def judge(
    command: str | Sequence[str],
    *,
    sandboxed: bool,
    trusted: bool,
    approval: ApprovalPolicy = "ask",
    remembered: Collection[str] = (),
    setting: Setting = ANYWHERE,
) -> Judgement:
    """Judge a command: a shell string, or program and arguments.

    Args:
        command: What a model, or somebody, wants to run.
        sandboxed: Whether a working sandbox holds it back.
        trusted: Whether the user trusts this folder's own commands.
        approval: What the user lets pass without a question.
        remembered: What "always" was said to, as `Judgement.remember` named it.
        setting: Where it would run.
    """
    if isinstance(command, str):
        script = read_script(command)
        if script.deceives:
            return Judgement("refuse", script.rule, script.reason)
        if not script.argvs:
            found = _not_literal(command, script.rule, script.reason, setting)
            return _under(approval, found, held=bool(found.warnings), free=sandboxed or setting.access == "off")
        argvs = script.argvs
    else:
        argvs = (tuple(command),)
        if refused := _unreadable(argvs[0]):
            return refused
    parts = [look_at(argv, setting) for argv in argvs]
    worst = worst_of(parts)
    found = replace(_weigh(parts, worst, sandboxed, trusted, frozenset(remembered)), argvs=argvs)
    return _under(approval, found, held=worst.kind in ALWAYS_ASKED, free=sandboxed or setting.access == "off")


def as_argv(command: str | Sequence[str]) -> tuple[str, ...]:
    """Return what is started for a command: itself, or the shell that its text was judged for."""
    return (
        ("bash" if find_program("bash") else "sh", "-c", "--", command) if isinstance(command, str) else tuple(command)
    )


def _unreadable(argv: Sequence[str]) -> Judgement | None:
    if not argv or not argv[0]:
        return Judgement("refuse", "empty", "There is no command.")
    hidden = next((char for word in argv if (char := hidden_in(word))), "")
    if hidden:
        return Judgement("refuse", "bytes", f"It holds the character {code_points(hidden)}.")
    if sum(map(len, argv)) > LONGEST:
        return Judgement("ask", "length", f"It is longer than {LONGEST:,} characters.", (tuple(argv),))
    return None


def _not_literal(text: str, rule: str, reason: str, setting: Setting) -> Judgement:
    if why := rough_catastrophe(text, setting.root):
        return Judgement("refuse", "catastrophe", why)
    warnings, destroys = rough_warnings(text)
    return Judgement("ask", rule, reason, warnings=warnings, destructive=destroys)


def _weigh(parts: Sequence[Part], worst: Part, sandboxed: bool, trusted: bool, remembered: frozenset[str]) -> Judgement:
    others = tuple(dict.fromkeys(part.reason for part in parts if part.kind in ALWAYS_ASKED and part is not worst))
    if worst.kind == "catastrophe":
        return Judgement("refuse", worst.rule, worst.reason)
    if worst.kind in ALWAYS_ASKED:
        return Judgement("ask", worst.rule, worst.reason, warnings=others, destructive=worst.kind == "destructive")
    open_ = [part for part in parts if not _is_free(part, sandboxed, trusted)]
    pending = [part for part in open_ if part.key not in remembered]
    if not pending:
        rule = f"remembered:{open_[0].key}" if open_ else worst.rule
        return Judgement("allow", rule, "You said always to it." if open_ else worst.reason)
    keys = {part.key for part in pending}
    rule, reason = _why(worst_of(pending), sandboxed)
    return Judgement("ask", rule, reason, remember=keys.pop() if len(keys) == 1 else "")


def _is_free(part: Part, sandboxed: bool, trusted: bool) -> bool:
    return part.kind in ("reads", "project") and sandboxed and (trusted or not part.needs_trust)


def _why(part: Part, sandboxed: bool) -> tuple[str, str]:
    if part.kind == "unknown":
        return part.rule, part.reason
    if not sandboxed:
        return "no-sandbox", "Nothing holds commands back here."
    return "untrusted", f"{part.reason} This folder is not trusted."


def _under(approval: ApprovalPolicy, found: Judgement, *, held: bool, free: bool) -> Judgement:
    """Return what becomes of a question under what the user set."""
    if found.verdict != "ask":
        return found
    if approval == "none":
        return replace(found, verdict="refuse", reason=f"{found.reason} Nothing is approved here.", remember="")
    if approval == "all" and free and not held:
        return replace(found, verdict="allow", rule="approval:all", reason="You approved all that destroys nothing.")
    return found
