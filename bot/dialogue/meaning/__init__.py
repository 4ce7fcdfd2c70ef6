"""What an event means, over what is open for the one who acts, and what is said where it means nothing."""
