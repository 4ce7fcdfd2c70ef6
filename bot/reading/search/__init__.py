"""What somebody looks for, and by which words a thing is found: forms, slips, other languages."""
