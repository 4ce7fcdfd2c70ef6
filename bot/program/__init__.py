"""The program as an operator runs it."""

__version__ = "0.1.0"
