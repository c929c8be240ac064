from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from likvard.disclosure.profiles import LEAST_OF_ALL, PROFILES
from likvard.disclosure.rules import (
    change_allowed,
    coded_share,
    dominated,
    few_schools,
    left_without,
    mean_step,
    rounded_count,
    rounded_mean,
    too_few,
    too_few_on_a_side,
)


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_one_to_four_are_too_few_and_none_is_about_nobody() -> None:
    assert too_few(numbers(0, 1, 4, 5), 5).tolist() == [False, True, True, False]


@pytest.mark.parametrize(("counted", "hidden"), [(0, True), (4, True), (5, False), (15, False), (16, True), (20, True)])
def test_a_share_has_two_sides_and_none_and_all_say_something_of_everyone(counted: int, hidden: bool) -> None:
    assert too_few_on_a_side(numbers(counted), numbers(20), 5).tolist() == [hidden]


def test_a_share_of_nobody_is_no_share() -> None:
    assert not too_few_on_a_side(numbers(0), numbers(0), 5).any()


def test_a_sum_that_the_second_largest_could_solve_for_the_largest_is_dominated() -> None:
    # 100 = 90 + 8 + 2: whoever gave 8 knows the 90 to within 2, which is less than a tenth of it.
    assert dominated(numbers(90, 60), numbers(100, 100), numbers(8, 20), 0.1).tolist() == [True, False]
    # 80 + 12 + 8: what the others gave is just a tenth of the 80, and enough. Of nothing there is nothing to know.
    assert dominated(numbers(80, 0), numbers(100, -1), numbers(12, 0), 0.1).tolist() == [False, False]


def test_what_is_left_of_an_area_without_ones_own_school_can_be_too_few() -> None:
    assert left_without(numbers(20, 20, 20, 3), numbers(17, 15, 20, 0), 5).tolist() == [True, False, False, False]
    # One is too few; 5 of 11 leave 6, which are not.
    assert left_without(numbers(10, 11), numbers(9, 5), 5).tolist() == [True, False]


def test_areas_of_two_schools_show_no_groups() -> None:
    assert few_schools(np.array([1, 2, 3]), 3).tolist() == [True, True, False]


def test_a_change_by_one_pupil_is_not_shown() -> None:
    assert change_allowed(np.array([0, 1, 3, 3, 4]), np.array([0, 0, 1, 2, 4]), 5).tolist() == [
        True,
        False,
        False,
        True,
        True,
    ]


def test_means_of_small_groups_are_coarser() -> None:
    assert mean_step(numbers(5, 19, 20, 49, 50), 0.1) == pytest.approx([0.5, 0.5, 0.2, 0.2, 0.1])
    assert rounded_mean(numbers(217.34, 217.34, 217.34), numbers(10, 30, 60), 1) == pytest.approx([217.5, 217.4, 217.3])


def test_one_joiner_of_a_group_of_ten_is_not_read_from_two_means() -> None:
    before, joined = np.full(10, 210.0), 300.0
    after = np.append(before, joined)
    shown = rounded_mean(numbers(before.mean(), after.mean()), numbers(10, 11), 1)
    read = shown[1] * 11 - shown[0] * 10
    known_within = 0.25 * 11 + 0.25 * 10
    assert abs(read - joined) <= known_within
    assert known_within > 5  # with one decimal for all it would be 1


def test_public_shares_are_whole_percentages_and_never_nearer_to_none_or_all_than_five() -> None:
    assert coded_share(numbers(0.012, 0.05, 0.333, 0.98), PROFILES["public"]) == pytest.approx([0.05, 0.05, 0.33, 0.95])


def test_counts_are_rounded_to_five_after_seven_and_fewer_are_hidden() -> None:
    strict = PROFILES["rounded"]
    assert too_few(numbers(7, 8), strict.least).tolist() == [True, False]
    assert rounded_count(numbers(8, 12, 13, 17.5), strict).tolist() == [10, 10, 15, 20]


def test_the_profiles_ask_what_the_documentation_says() -> None:
    asked = {
        name: (one.least, one.rounded_to, one.coded_at, one.share_step, one.least_schools, one.amount_share)
        for name, one in PROFILES.items()
    }
    assert asked == {
        "internal": (5, 1, 0.0, 0.0, 3, 0.1),
        "public": (10, 1, 0.05, 0.01, 3, 0.1),
        "rounded": (8, 5, 0.0, 0.01, 3, 0.1),
    }
    assert LEAST_OF_ALL == 5


def test_a_profile_cannot_be_loosened_on_the_way() -> None:
    with pytest.raises(FrozenInstanceError):
        PROFILES["public"].least = 1  # type: ignore[misc]
