"""What is odd, for tests: handlers that do what none should, or not yet, and events of broken shapes."""
