"""The chat turn: plan, execute, stage, check, review, approve, apply, format."""
