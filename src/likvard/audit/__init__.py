"""What an auditor asks for: a signed record of each edition, a log that cannot be changed unseen, and ways to check both."""
