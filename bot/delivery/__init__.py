"""What leaves: letters, and the outbox that sends them."""
