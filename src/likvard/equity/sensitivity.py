"""How much hangs on single pupils: what one pupil is worth, and how many would change the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from likvard.equity.gaps import Count
from likvard.equity.intervals import Floats, share_difference_interval
from likvard.equity.sums import ratio


def one_pupil(n: ArrayLike) -> Floats:
    """What one pupil is worth in a share, in percentage points: 100 ÷ n. NaN for n = 0."""
    n = np.asarray(n, dtype=float)
    return ratio(100, np.where(n > 0, n, 0))


def one_pupil_in_mean(n: ArrayLike, lowest: float, highest: float) -> Floats:
    """What one pupil can move a mean at most, in the scale's own unit: (highest − lowest) ÷ n. NaN for n = 0."""
    n = np.asarray(n, dtype=float)
    return ratio(highest - lowest, np.where(n > 0, n, 0))


def pupils_to_close(first: Count, second: Count) -> Floats:
    """How many pupils of ``first`` would have to turn out otherwise for its share to be no longer on this side of
    ``second``'s.

    The smallest whole number k with (count ± k) ÷ n on or past the reference share; 0 where there is no gap. NaN
    where either is empty. Each is (count, n).
    """
    count1, n1, count2, n2 = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (*first, *second)))
    apart = np.abs(count1 - n1 * ratio(count2, n2))
    known = (n1 > 0) & (n2 > 0)
    return np.where(known, np.ceil(np.where(known, apart, 0.0) - 1e-9), np.nan)


def pupils_to_change_picture(first: Count, second: Count, level: float = 0.95) -> Floats:
    """How many pupils of ``first`` would have to turn out otherwise for the picture of its gap to change.

    Where the interval (Newcombe) leaves out 0: the smallest k that, moved towards the reference, makes it hold 0.
    Where it holds 0: the smallest k that, moved away from the reference, makes it leave out 0; NaN when not even all
    of them would. After the fragility index of Walsh et al. 2014, J Clin Epidemiol 67:622. Found by halving for all
    groups at once. Each is (count, n).
    """
    count1, n1, count2, n2 = np.broadcast_arrays(*(np.asarray(part, dtype=float) for part in (*first, *second)))
    known = (n1 > 0) & (n2 > 0)
    count1, n1 = np.where(known, count1, 0.0), np.where(known, n1, 1.0)
    count2, n2 = np.where(known, count2, 0.0), np.where(known, n2, 1.0)

    def clear(count: Floats) -> Floats:
        low, high = share_difference_interval((count, n1), (count2, n2), level)
        return np.where(low > 0, 1.0, np.where(high < 0, -1.0, 0.0))

    start = clear(count1)
    above = count1 / n1 >= count2 / n2
    towards = np.where(above, -1.0, 1.0)
    step = np.where(start != 0, towards, -towards)
    most = np.where(step > 0, n1 - count1, count1)
    none, some = np.zeros_like(count1), np.floor(most)
    possible = clear(count1 + step * some) != start
    for _ in range(40):
        middle = np.floor((none + some) / 2)
        changed = clear(count1 + step * middle) != start
        none, some = np.where(changed, none, middle), np.where(changed, middle, some)
        if (some - none <= 1).all():
            break
    return np.where(known & possible, some, np.nan)
