"""Writes a review in the form that was asked for, and says what it means for the exit code."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from vivek.cli.render.review import Chosen, Limits, choose, counted, grave
from vivek.cli.reports import draw_lines, write_lines
from vivek.cli.reviewing.forms import FINDINGS, Form
from vivek.schema.findings import ReviewReport, Severity

_INCOMPLETE = 5


@dataclass(frozen=True, slots=True)
class Writing:
    """How a review is written.

    Attributes:
        form: The form.
        output: Into which file, None for standard output.
        limits: What is shown.
        whole: Whether what is ignored or fixed is named one by one.
        fail_on: From which severity on it fails, None for never.
    """

    form: Form
    output: str | None
    limits: Limits
    whole: bool
    fail_on: Severity | None

    def write(self, report: ReviewReport) -> int:
        """Write a review, and return the exit code.

        Raises:
            WorkspaceError: If the file cannot be written.
        """
        chosen = choose(report, self.limits)
        if self.form == "text":
            from vivek.cli.render.review_text import review_lines

            draw_lines(review_lines(report, chosen, whole=self.whole), self.output)
        else:
            write_lines(_lines(report, chosen, self.form), self.output)
        if self.fail_on is not None and (failing := grave(report, self.fail_on, self.limits.confidence)):
            sys.stderr.write(f"{counted(len(failing), 'finding')} of severity {self.fail_on} or above\n")
            return FINDINGS
        return _INCOMPLETE if report.status == "incomplete" else 0


def _lines(report: ReviewReport, chosen: Chosen, form: Form) -> Iterable[str]:
    """Return a review in a form, line by line."""
    match form:
        case "sarif":
            from vivek import __version__
            from vivek.cli.render.jsonl import dump
            from vivek.cli.render.review_sarif import review_log

            return [dump(review_log(report, chosen, __version__))]
        case "github":
            from vivek.cli.render.review_github import annotation_lines

            return annotation_lines(report, chosen)
        case "markdown":
            from vivek.cli.render.review_markdown import review_page

            return review_page(report, chosen)
        case _:
            from vivek.cli.render.jsonl import VERSION, dump
            from vivek.cli.render.review import review_object

            return [dump({"version": VERSION, **review_object(report, chosen)})]
