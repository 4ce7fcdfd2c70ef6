"""Several accounts of one person."""
