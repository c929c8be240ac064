"""Deliveries that anyone may see, made from public data."""
