"""The profiles: how strict disclosure control is, by whom a release is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Profile = Literal["internal", "public", "rounded"]


@dataclass(frozen=True)
class Strictness:
    """What a profile asks.

    ``least``: the smallest number of pupils that a figure may rest on, and the width that the interval of a hidden count must have:
    nobody can then tell that a hidden count is below it. ``rounded_to``: counts are rounded to multiples of this (1: not at
    all). ``coded_at``: shares below this and above 1 − this are given as this limit (0: not coded). ``share_step``: shares are
    rounded to this (0: not at all). ``least_schools``: an area with fewer schools has no overview by group. ``amount_share``: the
    interval of a hidden sum must be at least this share of the sum wide; one person may make up at most 1 − this of a shown sum.
    """

    least: int
    rounded_to: int = 1
    coded_at: float = 0.0
    share_step: float = 0.0
    least_schools: int = 3
    amount_share: float = 0.1


PROFILES: dict[Profile, Strictness] = {
    # Inside the organisation: the rule of five.
    "internal": Strictness(least=5),
    # For everybody: the rule of ten; whole percentages, none nearer to 0 or 100 % than 5.
    "public": Strictness(least=10, coded_at=0.05, share_step=0.01),
    # At most 7 is hidden, the rest is rounded to 5, as OpenSAFELY asks of counts that leave it.
    "rounded": Strictness(least=8, rounded_to=5, share_step=0.01),
}

LEAST_OF_ALL = min(strict.least for strict in PROFILES.values())
"""What every edition has asked, whatever its profile was."""
