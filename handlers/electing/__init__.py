"""The members choose who coordinates: candidates, a secret vote, what follows where too few have voted."""
