"""Changes with a defect that was planted in them, changes that only look bad, and how well reviews tell them apart."""
