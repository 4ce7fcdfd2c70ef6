"""Who leads a network, and what keeps that true: where its journal ends is kept outside the database too."""
