"""Ways into a network, and out of it."""
