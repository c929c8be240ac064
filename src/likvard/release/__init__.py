"""Who may see what: the states of an edition, access, one bundle per recipient, and what is removed in time."""
