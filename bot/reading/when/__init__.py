"""Days: the words for them, and counting in the calendar."""
