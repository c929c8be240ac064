"""Staged tables become linked tables: pupil by period, school by period, area by period."""

from likvard.prepare.link import area_periods, pupil_periods, school_periods
from likvard.prepare.run import run

__all__ = ["area_periods", "pupil_periods", "run", "school_periods"]
