"""A role passes on: the note for the next one, giving the role to somebody, and what follows where whoever
coordinates has vanished."""
