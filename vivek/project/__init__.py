"""What can be known of a repository."""
