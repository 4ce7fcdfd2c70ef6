"""What in somebody's words looks like personal data. It starts in `guard.py`."""
