"""What a review looks at: two versions, and the files that differ between them."""
