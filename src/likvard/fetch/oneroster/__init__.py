"""OneRoster 1.1 CSV: a zip archive of rosters and results becomes pseudonymous delivery files."""
