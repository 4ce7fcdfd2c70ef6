"""One person on several messengers: the code that proves it, both yeses, and the way back."""
