"""What `vivek review` and `/review` share: asking the model, going through fixes, writing the report."""
