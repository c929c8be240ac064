"""Kolada: key figures of municipalities and units, kept as snapshots, for Kolada revises without telling."""
