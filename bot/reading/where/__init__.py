"""Places: cities, countries, and the time zones they have."""
