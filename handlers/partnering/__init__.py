"""Partner organisations: invited, asked once a year whether it goes on, and those who speak for them."""
