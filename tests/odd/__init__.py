"""Handlers that do what no handler should, or not yet, for tests of the engine."""
