"""What is special about each model server; none imports another."""
