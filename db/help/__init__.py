"""What help between members leaves behind."""
