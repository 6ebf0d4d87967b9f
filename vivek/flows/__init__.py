"""What vivek can do, each a small graph."""
