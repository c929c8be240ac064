"""Deliveries become typed tables under contract."""

from likvard.ingest.run import run

__all__ = ["run"]
