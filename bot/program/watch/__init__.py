"""How it is seen that the program is well."""
