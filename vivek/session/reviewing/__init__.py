"""What a review does without a model: looks at a change, and keeps what was found and answered."""
