"""Rules of the field: merit value, eligibility for upper-secondary school, and absence from minutes."""

from likvard.rules.absence import AbsenceRule, absence
from likvard.rules.eligibility import eligibility
from likvard.rules.grade_scale import GradeScale, read_scales, scale_of
from likvard.rules.merit import merit

__all__ = ["AbsenceRule", "GradeScale", "absence", "eligibility", "merit", "read_scales", "scale_of"]
