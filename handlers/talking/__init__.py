"""Conversations that the bot carries."""
