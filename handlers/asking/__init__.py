"""Asking peers for help."""
