"""The list of cities that the program reads."""
