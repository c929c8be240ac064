"""Measures of equity with their uncertainty: pure functions from arrays to estimates, for every unit at once."""
