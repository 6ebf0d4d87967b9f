"""One conversation: the only composition root."""
