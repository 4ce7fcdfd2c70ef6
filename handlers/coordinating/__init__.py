"""What meta-mentors and deputies do."""
