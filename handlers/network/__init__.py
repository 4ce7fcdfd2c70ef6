"""What a network is, and where it meets."""
