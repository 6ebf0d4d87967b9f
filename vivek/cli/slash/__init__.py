"""What can be typed behind a slash in the chat."""
