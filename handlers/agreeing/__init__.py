"""What a network agrees on: the agreement, and who has signed it; its goals, and who keeps them."""
