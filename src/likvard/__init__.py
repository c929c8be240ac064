"""Reproducible equity reports about schools and areas, from DVC-versioned data."""

__version__ = "0.1.0"
