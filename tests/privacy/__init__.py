"""What is kept of people, what they may see of it, and that it is gone once they are forgotten."""
