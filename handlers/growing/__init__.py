"""How a network grows: where it stands on its way, and what comes next."""
