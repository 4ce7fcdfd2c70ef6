"""What one event does: turns, questions, rights."""
