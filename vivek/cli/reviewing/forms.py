"""The forms of a review, and what its figures are. Nothing here is heavy."""

from typing import Literal

Form = Literal["text", "json", "markdown", "sarif", "github"]

FINDINGS = 3
"""Exit code where something is at least as grave as `--fail-on` says."""

MOST = 10
"""Findings that are shown to people who did not say how many they want."""
