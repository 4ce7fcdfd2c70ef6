"""What is kept of people: the list of all of it, what one person may see, and how they are forgotten."""
