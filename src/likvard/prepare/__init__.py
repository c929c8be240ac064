"""Staged tables become linked tables, one per grain: pupil by period, school by period, area by period, and more."""

from likvard.prepare.link import area_periods, pupil_periods, pupils_of_schools, school_periods
from likvard.prepare.run import run

__all__ = ["area_periods", "pupil_periods", "pupils_of_schools", "run", "school_periods"]
