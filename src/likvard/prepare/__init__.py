"""Staged tables become linked tables, one per grain: pupil by period, school by period, area by period, and more."""

from likvard.prepare.link import area_periods, pupil_periods, school_periods
from likvard.prepare.run import prepared, run

__all__ = ["area_periods", "prepared", "pupil_periods", "run", "school_periods"]
