"""SS 12000:2020 v2.1 over REST: the school's own register becomes pseudonymous delivery files."""
