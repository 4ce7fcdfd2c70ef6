"""Several accounts of one person: the code that proves it, two people who become one, and back."""
