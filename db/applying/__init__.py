"""Who would like to join, and who vouches for them."""
