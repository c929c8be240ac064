"""Prepared tables become figures: every indicator for every unit, group and period, with n and interval."""
