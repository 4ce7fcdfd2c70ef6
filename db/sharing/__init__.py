"""What a network knows together: its shelf, and how things on it are found."""
