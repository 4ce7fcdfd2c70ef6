"""What a network knows together: giving to the shelf, finding there, and asking whether it is right."""
