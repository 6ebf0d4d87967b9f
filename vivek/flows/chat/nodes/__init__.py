"""One step of a chat turn a module; none imports another."""
