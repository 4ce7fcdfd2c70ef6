"""Check-ins: the rhythm, the questions, the answers."""
