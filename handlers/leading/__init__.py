"""Who leads a network, and what keeps that true: where its chains end is kept outside the database too."""
