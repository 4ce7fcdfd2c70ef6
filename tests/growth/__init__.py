"""Whether what a turn costs grows with the network: its statements, and how the database runs them."""
