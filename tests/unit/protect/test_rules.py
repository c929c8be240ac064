from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from likvard.errors import DisclosureError
from likvard.indicators import record as record_module
from likvard.indicators.cells import cells_of
from likvard.indicators.gaps import gaps
from likvard.indicators.levels import levels
from likvard.indicators.record import COLUMNS, EVERYONE, MEASURES, NUMBERS, in_order, with_figure_ids
from likvard.indicators.registry import Definition
from likvard.params import DisclosureChoice
from likvard.protect import protected
from likvard.protect.derived import RULES, followers
from small_registry import definition, registry

CHOICE = DisclosureChoice(profile="internal", min_count=5, min_teachers=3)
# Texts of the record that name no measure: statuses, and everyone.
NO_MEASURES = {"shown", "too_few", "protects_another", "held_back", "missing", "not_applicable", "all"}
GROUPS = {"ethnicity": ("white", "black", "other", "unknown")}


REGISTRY = registry(
    definition("mean", "mean", column="reading_score"),
    definition("share", "share", column="changed_school", among=[True]),
    definition("composition", "composition"),
    definition("count", "count"),
    definition("teaching", "mean", column="teacher_experience_years", rests_on="teachers"),
    definition("class_size", "mean", column="class_size", rests_on="classes"),
)


def school(**pupils_by_group: int) -> pd.DataFrame:
    """One school with so many pupils per ethnicity, all tested, two to a class, every other new to the school."""
    groups = [group for group, count in pupils_by_group.items() for _ in range(count)]
    number = range(len(groups))
    return pd.DataFrame(
        {
            "pupil_id": [f"p{i}" for i in number],
            "period": "Y1",
            "school_id": "A",
            "area_id": "1",
            "class_id": [f"c{i // 2}" for i in number],
            "ethnicity": groups,
            "reading_score": [600.0 + i for i in number],
            "changed_school": pd.array([i % 2 == 0 for i in number], dtype="boolean"),
            "teacher_experience_years": [float(i // 2) for i in number],
            "class_size": 2.0,
        }
    ).astype(dict.fromkeys(("period", "school_id", "area_id", "class_id", "ethnicity"), "string"))


def released(pupils: pd.DataFrame) -> pd.DataFrame:
    """The released record of the school."""
    return released_of(record_of(pupils))


def released_of(
    record: pd.DataFrame, choice: DisclosureChoice = CHOICE, registry: dict[str, Definition] = REGISTRY
) -> pd.DataFrame:
    """The released record, where all schools lie in an area each."""
    homes = record[["unit_id", "period"]].drop_duplicates().rename(columns={"unit_id": "school_id"})
    return protected(record, registry, choice, homes.assign(area_id=homes["school_id"])).released


def record_of(pupils: pd.DataFrame) -> pd.DataFrame:
    cells = cells_of(pupils, GROUPS)
    parts = []
    for name, known in REGISTRY.items():
        found = levels(known, pupils, cells, 0.95)
        rows = [found.cells.assign(measure="level", reference=""), gaps(known, found, {"ethnicity": "white"}, 0.95)]
        parts.append(pd.concat(rows, ignore_index=True).assign(indicator=name, definition_version=1, edition="Y1"))
    record = in_order(with_figure_ids(pd.concat(parts, ignore_index=True)))
    return record[record["unit_kind"] == "school"].reset_index(drop=True)


def statuses(frame: pd.DataFrame, indicator: str, measure: str = "level") -> dict[str, str]:
    rows = frame[(frame["indicator"] == indicator) & (frame["measure"] == measure)]
    return dict(zip(rows["group"], rows["status"], strict=True))


def test_a_group_of_four_shows_no_rate() -> None:
    found = statuses(released(school(white=10, black=10, other=4)), "mean")
    assert found["other"] == "held_back"


def test_a_group_of_five_shows_its_mean() -> None:
    found = statuses(released(school(white=10, black=10, other=5)), "mean")
    assert set(found.values()) == {"shown", "not_applicable"}  # nobody is in the group 'unknown'


def test_a_group_without_pupils_is_not_called_too_few() -> None:
    assert statuses(released(school(white=10)), "mean")["black"] == "not_applicable"


def test_the_limit_is_the_one_that_was_chosen() -> None:
    record = record_of(school(white=20, black=20, other=9))
    assert statuses(released_of(record), "mean")["other"] == "shown"
    stricter = DisclosureChoice(profile="internal", min_count=10, min_teachers=3)
    assert statuses(released_of(record, stricter), "mean")["other"] == "held_back"


def test_a_profile_for_everybody_asks_for_ten_whatever_the_smallest_count_is() -> None:
    record = record_of(school(white=20, black=20, other=9))
    public = DisclosureChoice(profile="public", min_count=5, min_teachers=3)
    assert statuses(released_of(record, public), "mean")["other"] == "held_back"


@pytest.mark.parametrize(
    ("hits", "status"),
    [(0, "held_back"), (4, "held_back"), (5, "shown"), (15, "shown"), (16, "held_back"), (20, "held_back")],
)
def test_a_share_is_shown_only_where_both_sides_are_enough(hits: int, status: str) -> None:
    pupils = school(white=20).assign(changed_school=pd.array([i < hits for i in range(20)], dtype="boolean"))
    assert statuses(released(pupils), "share")[EVERYONE] == status


def test_a_share_of_teaching_may_be_all_or_none_as_it_is_about_no_pupil() -> None:
    known = definition("qualified", "share", column="changed_school", among=[True], rests_on="teachers")
    pupils = school(white=20).assign(changed_school=pd.array([True] * 20, dtype="boolean"))
    found = levels(known, pupils, cells_of(pupils, GROUPS), 0.95).cells.assign(
        measure="level", reference="", indicator="qualified", definition_version=1, edition="Y1"
    )
    record = in_order(with_figure_ids(found)).query("unit_kind == 'school'")
    assert set(released_of(record, registry={"qualified": known}).query("group == 'all'")["status"]) == {"shown"}


@pytest.mark.parametrize(("classes", "status"), [(2, "held_back"), (3, "shown")])
def test_a_figure_about_teaching_rests_on_enough_teachers(classes: int, status: str) -> None:
    pupils = school(white=12).assign(class_id=[f"c{i % classes}" for i in range(12)])
    found = released(pupils)
    assert statuses(found, "teaching")[EVERYONE] == status
    assert statuses(found, "class_size")[EVERYONE] == "shown"  # the size of a class is no teacher's secret


def test_a_single_hidden_group_is_protected_by_another() -> None:
    found = statuses(released(school(white=12, black=8, other=3)), "mean")
    assert found == {
        "all": "shown",
        "black": "held_back",  # the smaller of the two others
        "other": "held_back",
        "unknown": "not_applicable",
        "white": "shown",
    }


def test_two_hidden_groups_protect_each_other() -> None:
    found = statuses(released(school(white=12, black=4, other=3)), "mean")
    assert (found["white"], found["black"], found["other"]) == ("shown", "held_back", "held_back")


def test_a_hidden_group_of_not_known_is_protected_too() -> None:
    found = statuses(released(school(white=12, black=8, unknown=2)), "mean")
    assert (found["unknown"], found["black"], found["white"]) == ("held_back", "held_back", "shown")


def test_each_unit_and_indicator_is_protected_by_itself() -> None:
    one = record_of(school(white=12, black=8, other=3))
    other = record_of(school(white=12, black=8, other=6)).assign(unit_id="B")
    found = released_of(pd.concat([one, other], ignore_index=True))
    assert statuses(found[found["unit_id"] == "A"], "mean")["black"] == "held_back"
    assert statuses(found[found["unit_id"] == "B"], "mean")["black"] == "shown"


def test_a_gap_and_a_ratio_follow_both_their_levels() -> None:
    found = released(school(white=12, black=8, other=3))
    for measure in ("gap", "ratio"):
        assert statuses(found, "mean", measure) == {"black": "held_back", "other": "held_back"}


def test_no_gap_is_shown_to_a_reference_that_is_hidden() -> None:
    found = released(school(white=4, black=8, other=12))
    assert statuses(found, "mean")["white"] == "held_back"
    assert statuses(found, "mean", "gap") == {"black": "held_back", "other": "held_back"}


def test_a_gap_is_shown_where_both_levels_are() -> None:
    found = released(school(white=12, black=8, other=6))
    assert set(statuses(found, "mean", "gap").values()) == {"shown"}


def test_the_same_rows_come_out_in_the_same_order_and_nothing_is_changed_in_place() -> None:
    record = record_of(school(white=12, black=8, other=3))
    before = record.copy(deep=True)
    found = released_of(record)
    pd.testing.assert_frame_equal(record, before)
    assert list(found) == COLUMNS
    assert found["figure_id"].tolist() == record["figure_id"].tolist()


def test_a_mean_of_few_pupils_is_rounded_more_than_a_mean_of_many() -> None:
    record = record_of(school(white=62, black=22, other=7))
    found = released_of(record)
    level = (found["measure"] == "level") & (found["indicator"] == "mean") & (found["status"] == "shown")
    exact, told = (frame[level].set_index("group")["value"] for frame in (record, found))
    # 62 pupils have 600 to 661 points, 22 the next 22 and 7 the 7 after: whole points, pairs and fives
    assert exact.to_dict() == {"all": 645.0, "white": 630.5, "black": 672.5, "other": 687.0}
    assert told.to_dict() == {"all": 645.0, "white": 630.0, "black": 672.0, "other": 685.0}


def test_a_gap_is_no_more_exact_than_its_levels() -> None:
    found = released(school(white=62, black=22, other=7))
    gap = found[(found["measure"] == "gap") & (found["indicator"] == "mean")].set_index("group")["value"]
    assert gap["other"] % 5 == 0
    assert gap["black"] % 2 == 0


def test_sums_are_not_released() -> None:
    found = released(school(white=12, black=8, other=6))
    assert found[["numerator", "denominator"]].isna().all(axis=None)
    assert found.loc[found["status"] == "shown", "value"].notna().all()


def test_what_is_hidden_is_empty_and_never_nought() -> None:
    found = released(school(white=12, black=4, other=3))
    hidden = found["status"] != "shown"
    assert hidden.any()
    assert found.loc[hidden, NUMBERS].isna().all(axis=None)


@cache
def any_schools(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Sixty schools of all sorts, where any pupil may be untested, new or without a known class: before and after."""
    random = np.random.default_rng(seed)
    parts = []
    for number in range(60):
        sizes = dict(zip(GROUPS["ethnicity"], random.integers(0, 25, 4) * random.integers(0, 2, 4), strict=True))
        pupils = school(**sizes)
        many = len(pupils)
        parts.append(
            pupils.assign(
                school_id=f"s{number}",
                reading_score=np.where(random.random(many) < random.random(), np.nan, random.integers(500, 700, many)),
                changed_school=pd.array(random.choice([None, True, False], many), dtype="boolean"),
                class_id=pd.array(random.choice([None, "c1", "c2", "c3", "c4"], many), dtype="string"),
            )
        )
    record = record_of(pd.concat([part for part in parts if len(part)], ignore_index=True))
    return record, released_of(record)


@pytest.fixture(params=range(6))
def both(request: pytest.FixtureRequest) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The record of sixty schools before and after protection; six times sixty, computed once for all tests."""
    return any_schools(request.param)


def test_no_hidden_group_follows_from_those_that_are_shown(both: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    _, found = both
    level = found[found["measure"] == "level"]
    # A group that is empty, or that nothing is known about, is no secret; every other one that is not shown is.
    secret = level["group_by"].ne(EVERYONE) & level["status"].eq("held_back")
    secrets = secret.groupby([level["unit_id"], level["indicator"]]).sum()
    whole = level[level["group_by"] == EVERYONE].set_index(["unit_id", "indicator"])["status"].eq("shown")
    # A composition does not show those whose group is not known, so that one hidden part does not follow from the others.
    whole_is_known = whole.reindex(secrets.index, fill_value=False)
    assert secrets.gt(0).sum() > 50
    assert secrets[whole_is_known & secrets.eq(1)].to_dict() == {}


def test_nothing_shown_rests_on_too_few(both: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    record, found = both
    shown = record[(found["status"] == "shown") & (found["measure"] == "level")]
    assert (shown["n"] >= CHOICE.min_count).all()
    shares = shown[shown["indicator"].isin(["share", "composition"])]
    assert (shares["numerator"] >= CHOICE.min_count).all()
    assert (shares["denominator"] - shares["numerator"] >= CHOICE.min_count).all()
    assert (shown.loc[shown["indicator"] == "teaching", "clusters"] >= CHOICE.min_teachers).all()


def test_no_gap_is_shown_without_both_its_levels(both: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    _, found = both
    level = found[found["measure"] == "level"].set_index(["unit_id", "indicator", "group"])["status"]
    compared = found[(found["measure"] != "level") & (found["status"] == "shown")]
    assert len(compared) > 5
    for side in ("group", "reference"):
        keys = pd.MultiIndex.from_frame(compared[["unit_id", "indicator", side]])
        assert level.reindex(keys).eq("shown").all()


def test_a_row_that_is_not_shown_holds_no_number_and_one_that_is_holds_a_value(
    both: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    record, found = both
    hidden = found["status"] != "shown"
    assert found.loc[hidden, NUMBERS].isna().all(axis=None)
    assert found.loc[~hidden, "value"].notna().all()
    assert not np.isinf(found[NUMBERS]).any(axis=None)
    assert found["figure_id"].tolist() == record["figure_id"].tolist()


def derived(measure: str, indicator: str = "mean", *, group_by: str = "ethnicity", **more: Any) -> pd.DataFrame:
    """One figure of the school that is derived from several groups together."""
    row = dict.fromkeys(COLUMNS, np.nan) | {
        "edition": "Y1",
        "period": "Y1",
        "unit_kind": "school",
        "unit_id": "A",
        "indicator": indicator,
        "definition_version": 1,
        "measure": measure,
        "group_by": group_by,
        "group": EVERYONE,
        "reference": "",
        "n": 40.0,
        "value": 1.2345,
        "low": 0.2345,
        "high": 2.2345,
        "status": "shown",
        "figure_id": "x",
    }
    return pd.DataFrame([row | more])


def with_derived(pupils: pd.DataFrame, *rows: pd.DataFrame) -> pd.DataFrame:
    """The released derived figures of the school."""
    found = released_of(pd.concat([record_of(pupils), *rows], ignore_index=True))
    return found[found["figure_id"].eq("x")]


def test_what_all_groups_of_a_dimension_tell_together_is_hidden_with_any_of_them() -> None:
    slope = derived("gradient_slope")
    assert with_derived(school(white=20, black=20), slope)["status"].tolist() == ["shown"]
    assert with_derived(school(white=20, black=20, other=2), slope)["status"].tolist() == ["held_back"]


def test_what_is_told_of_a_school_is_hidden_with_everyone() -> None:
    slope = derived("against_need", "teaching", group_by="lunch")
    assert with_derived(school(white=20, black=20), slope)["status"].tolist() == ["shown"]
    assert with_derived(school(white=4), slope)["status"].tolist() == ["held_back"]


def test_a_follow_up_is_hidden_with_its_period_before() -> None:
    record = [derived("follow_up", group_by=EVERYONE, reference="A0001:Y0")]
    hidden = derived("level", group_by=EVERYONE, period="Y0", n=3.0, figure_id="before")
    assert with_derived(school(white=40), *record)["status"].tolist() == ["shown"]
    assert with_derived(school(white=40), *record, hidden)["status"].tolist() == ["held_back"]


def test_what_rests_on_intake_is_rounded_as_a_level_is_and_needs_thirty_pupils() -> None:
    beyond = derived("beyond_expected", group_by=EVERYONE, numerator=3.21, denominator=1.98)
    shown = with_derived(school(white=40), beyond).iloc[0]
    assert shown[["numerator", "denominator", "value", "low", "high"]].tolist() == [4, 2, 2, 0, 2]  # 40 pupils: pairs
    few = with_derived(school(white=40), beyond.assign(n=29.0)).iloc[0]
    assert few["status"] == "held_back"
    assert few[NUMBERS].isna().all()


def test_what_is_computed_over_schools_is_rounded_to_whole_per_cent() -> None:
    against = derived("against_need", "teaching", n=6.0, value=0.1234, low=0.0456, high=0.2012)
    shown = with_derived(school(white=40), against).iloc[0]
    assert shown[["value", "low", "high", "n"]].tolist() == [0.12, 0.05, 0.2, 6]


def schools_of_one_area(hidden: int) -> pd.DataFrame:
    """Twelve schools of forty pupils in an area, and the area; the mean of so many schools rests on too few."""
    own = [
        derived("level", group_by=EVERYONE, unit_id=f"s{number}", n=3.0 if number < hidden else 40.0)
        for number in range(12)
    ]
    icc = derived("icc", group_by=EVERYONE, unit_kind="area", unit_id="1", n=12.0)
    return pd.concat([part.assign(figure_id="s") for part in own] + [icc], ignore_index=True)


@pytest.mark.parametrize(("hidden", "status"), [(0, "shown"), (1, "held_back"), (4, "held_back"), (5, "shown")])
def test_what_is_computed_over_schools_is_no_equation_about_a_few_hidden_ones(hidden: int, status: str) -> None:
    record = schools_of_one_area(hidden)
    homes = pd.DataFrame({"school_id": [f"s{number}" for number in range(12)], "period": "Y1", "area_id": "1"})
    few = record["n"].lt(5) & record["measure"].eq("level")
    gone = followers(record, few, homes)[record["measure"].eq("icc")].tolist()
    assert gone == [status == "held_back"]


def test_a_gap_that_has_lasted_is_hidden_with_a_level_of_two_periods_before() -> None:
    lasting = derived("persistent_gap", group="black", reference="white", period="Y3")
    levels = [
        derived("level", group=group, period=period, figure_id="s")
        for group in ("white", "black")
        for period in ("Y1", "Y2", "Y3")
    ]
    record = pd.concat([*levels, lasting], ignore_index=True)
    homes = pd.DataFrame({"school_id": ["A"], "period": ["Y1"], "area_id": ["1"]})
    for period, group in (("Y1", "white"), ("Y2", "black"), ("Y3", "white")):
        hidden = record["measure"].eq("level") & record["period"].eq(period) & record["group"].eq(group)
        assert followers(record, hidden, homes).tolist() == [False] * 6 + [True]
    assert not followers(record, record["measure"].eq("none"), homes).any()


@pytest.mark.parametrize(("answers", "status"), [(38.0, "held_back"), (35.0, "shown")])
def test_a_response_rate_that_leaves_few_silent_is_hidden_with_its_bounds(answers: float, status: str) -> None:
    rate = derived("response_rate", group_by=EVERYONE, numerator=answers, denominator=40.0, n=answers)
    bounds = derived("if_all_had_answered", group_by=EVERYONE, n=answers)
    assert with_derived(school(white=40), rate, bounds)["status"].tolist() == [status, status]


def test_every_measure_of_the_record_has_a_rule() -> None:
    told = {
        value
        for name, value in vars(record_module).items()
        if name.isupper() and isinstance(value, str) and value not in NO_MEASURES
    }
    assert told == set(MEASURES) == set(RULES)


def test_a_measure_without_a_rule_is_never_released() -> None:
    with pytest.raises(DisclosureError, match="shoe_size_index"):
        with_derived(school(white=40), derived("shoe_size_index"))


def test_a_gap_to_a_share_that_is_given_as_its_limit_is_held_back() -> None:
    pupils = school(white=300, black=300).assign(
        changed_school=pd.array([i < 10 or (i % 2 == 0 and i > 299) for i in range(600)], dtype="boolean")
    )
    record = record_of(pupils)
    public = DisclosureChoice(profile="public", min_count=5, min_teachers=3)
    found = released_of(record, public)
    share = found[found["indicator"].eq("share") & found["group"].isin(["white", "black"])]
    level = share[share["measure"].eq("level")].set_index("group")["value"]
    assert level["white"] == 0.05  # ten of 300, which is less
    assert set(share.loc[share["measure"].ne("level"), "status"]) == {"held_back"}
