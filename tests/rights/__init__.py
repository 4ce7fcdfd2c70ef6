"""Whether anything crosses from one network or person to another, whatever is forged."""
