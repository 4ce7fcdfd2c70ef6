"""Files that the program makes itself."""
