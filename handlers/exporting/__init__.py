"""Lists and figures that a network takes with it: who may take which, and what is never in them."""
