"""Staying in a network: places that rest while nothing is heard from somebody, and coming back."""
