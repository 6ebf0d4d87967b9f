"""Values to messages, replies to values."""
