"""Backups: how one lies in a folder, and the commands that make one and bring it back."""
