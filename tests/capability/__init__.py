"""`make capability`: a small one that works, ready to be changed."""
