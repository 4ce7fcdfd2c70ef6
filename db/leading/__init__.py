"""Who carries a network, and what shows how: the journal, the handing on of a role, votes."""
