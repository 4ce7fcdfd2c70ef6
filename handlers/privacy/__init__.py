"""What is kept of somebody: what it is, a copy of it, and forgetting it."""
