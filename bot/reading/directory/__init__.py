"""What people write of organisations: how one is reached, and what stands in a list of them."""
