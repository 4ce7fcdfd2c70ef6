"""Reports of danger and harm: they go around whoever they are about, and the one who reports always hears
what becomes of them. Nothing here leaves a trace where others look: no journal entry, no debt, no figure."""
