"""What a network remembers."""
