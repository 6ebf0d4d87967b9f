"""What became of an applied reply: lines for a reader, an object for machines."""

from vivek.cli.render.questions import concerns_of
from vivek.cli.render.safe_text import one_line, visible
from vivek.schema.applying import ApplyReport, FileOutcome
from vivek.schema.plain import as_plain

_DONE = {"create": "created", "modify": "changed", "delete": "deleted"}
_WOULD = {"create": "would create", "modify": "would change", "delete": "would delete"}


def result_lines(report: ApplyReport) -> str:
    """Return a line for each file that was changed, or would be."""
    return "".join(_line(each) for each in report.files if each.status in ("applied", "would_apply"))


def remark_lines(report: ApplyReport) -> str:
    """Return what there is to say besides: doubts, refusals with their reasons, what was left alone for them."""
    lines = [visible(sentence) for sentence in report.settled]
    for each in report.files:
        lines += [f"{one_line(each.path)}: {one_line(note)}" for note in each.notes]
    lines += [f"look twice: {one_line(each.path)} {each.look_twice}" for each in report.files if each.look_twice]
    lines += concerns_of(report.concerns).splitlines()
    lines += [f"not shown: {one_line(path)}, which the reply asks to see" for path in report.asked]
    if report.left:
        fences = "a fence" if report.left == 1 else f"{report.left} fences"
        lines.append(f"left alone: {fences} without the path of a file")
    for refusal in report.refusals:
        lines.append(f"refused {one_line(refusal.path)}: {one_line(refusal.reason)}")
        lines += [f"  {visible(line)}" for line in refusal.feedback.split("\n")]
    lines += [f"unchanged {one_line(each.path)}" for each in report.files if each.status == "unchanged"]
    lines += [f"held back {one_line(each.path)}" for each in report.files if each.status == "held_back"]
    if report.refusals:
        lines.append("Nothing was written.")
    elif not report.files:
        lines.append("There is no edit in this reply.")
    return "".join(f"{line}\n" for line in lines)


def apply_object(report: ApplyReport) -> dict[str, object]:
    """Return the report as the object that `--format json` prints; the keys are a promise."""
    return {
        "version": 1,
        "applied": any(each.status == "applied" for each in report.files),
        "files": as_plain(report.files),
        "refused": as_plain(report.refusals),
        "asked": list(report.asked),
        "left": report.left,
        "diff": report.diff,
        "concerns": as_plain(report.concerns),
    }


def _line(file: FileOutcome) -> str:
    done = (_DONE if file.status == "applied" else _WOULD)[file.kind]
    return f"{done} {one_line(file.path)} (+{file.added} -{file.removed})\n"
