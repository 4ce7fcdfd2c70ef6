"""The first word, and what belongs to no capability."""
