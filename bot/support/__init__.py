"""Technical help that knows no word of the domain."""
