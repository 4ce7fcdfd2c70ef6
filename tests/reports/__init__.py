"""What is reported reaches those who may know, and leaves no trace elsewhere."""
