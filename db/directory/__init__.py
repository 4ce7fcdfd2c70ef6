"""The directory of a network: organisations to turn to, how they are known again, checked, and taken in."""
