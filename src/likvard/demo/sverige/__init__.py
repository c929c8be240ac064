"""Sweden: every school with year 9 and every municipality, from Skolverket's own exports and nothing else."""

from likvard.demo.sverige.lay_out import lay_out

__all__ = ["lay_out"]
