"""Published results on Project STAR, from our own prepared tables.

Sources: Stock & Watson, *Introduction to Econometrics*, table 13.1 (differences estimates, reading + mathematics); Achilles et
al. 2008, doi:10.7910/DVN/SIWH9F (numbers of pupils, schools and school systems).
"""

import pandas as pd
import pytest
import statsmodels.formula.api as smf

from likvard.tables import read_table
from likvard.workspace import Workspace

TABLE_13_1 = {
    # grade: small class (se), regular class with aide (se), n
    "K": (13.90, 2.45, 0.31, 2.27, 5786),
    "1": (29.78, 2.83, 11.96, 2.65, 6379),
    "2": (19.39, 2.71, 3.48, 2.54, 6049),
    "3": (15.59, 2.40, -0.29, 2.27, 5967),
}


@pytest.fixture(scope="module")
def pupil_period(star_workspace: Workspace) -> pd.DataFrame:
    return read_table(star_workspace.prepared / "pupil_period.parquet")


@pytest.mark.parametrize("grade", TABLE_13_1)
def test_the_small_class_effect_is_the_published_one(pupil_period: pd.DataFrame, grade: str) -> None:
    tested = pupil_period[pupil_period["grade"] == grade].dropna(subset=["reading_score", "mathematics_score"])
    rows = pd.DataFrame(
        {
            "score": (tested["reading_score"] + tested["mathematics_score"]).astype(float),
            "small": (tested["class_type"] == "small").astype(float),
            "aide": (tested["class_type"] == "regular_aide").astype(float),
        }
    )
    fit = smf.ols("score ~ small + aide", rows).fit(cov_type="HC1")
    found = (
        round(fit.params["small"], 2),
        round(fit.bse["small"], 2),
        round(fit.params["aide"], 2),
        round(fit.bse["aide"], 2),
        int(fit.nobs),
    )
    assert found == TABLE_13_1[grade]


def test_project_star_has_11_598_pupils_in_80_schools_of_42_school_systems(pupil_period: pd.DataFrame) -> None:
    counts = pupil_period[["pupil_id", "school_id", "area_id"]].nunique()
    assert counts.to_dict() == {"pupil_id": 11_598, "school_id": 80, "area_id": 42}


def test_each_school_year_has_the_published_number_of_pupils(pupil_period: pd.DataFrame) -> None:
    counts = pupil_period.groupby("period").size()
    assert counts.to_dict() == {"1985-86": 6325, "1986-87": 6829, "1987-88": 6840, "1988-89": 6802}


def test_the_edition_1988_89_has_75_schools_and_41_areas(star_workspace: Workspace) -> None:
    units = read_table(star_workspace.released / "units.parquet")
    reported = units[units["in_edition"]].groupby("unit_kind").size()
    assert reported.to_dict() == {"all": 1, "area": 41, "school": 75}


def test_schools_that_have_left_stay_in_the_trends(star_workspace: Workspace) -> None:
    units = read_table(star_workspace.released / "units.parquet")
    figures = read_table(star_workspace.released / "figures.parquet")
    left = units[~units["in_edition"] & units["unit_kind"].eq("school")]
    assert len(left) == 5
    assert set(left["unit_id"]) <= set(figures.loc[figures["unit_kind"] == "school", "unit_id"])
