"""What networks agree on: agreements, signatures, offices."""
