"""What the engine itself remembers."""
