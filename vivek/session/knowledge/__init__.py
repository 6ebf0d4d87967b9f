"""What a conversation knows of the project's code: its index, its history, and what is near in meaning."""
