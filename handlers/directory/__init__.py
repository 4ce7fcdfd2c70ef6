"""Organisations to turn to: added in a minute, checked by those who used them, also as lists."""
