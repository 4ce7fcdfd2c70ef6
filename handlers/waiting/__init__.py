"""What somebody hears and does whose own request is open."""
