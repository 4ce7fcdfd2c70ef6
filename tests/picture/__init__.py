"""The picture in the README, drawn from a transcript: what two people see of it on their phones."""
