"""The only way in: identified deliveries from outside become a pseudonymous snapshot, or are refused with advice."""
