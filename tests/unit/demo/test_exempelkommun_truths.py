"""What is planted in Exempelkommun can be found again with plain pandas, from nothing but the delivered files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from conftest import Municipality

POINTS = {"A": 20.0, "B": 17.5, "C": 15.0, "D": 12.5, "E": 10.0, "F": 0.0}


@pytest.fixture(scope="module")
def pupils(municipality: Municipality) -> pd.DataFrame:
    return municipality.read("elever.csv")


@pytest.fixture(scope="module")
def points(municipality: Municipality, pupils: pd.DataFrame) -> pd.DataFrame:
    """Mean points of each pupil and term, with the roll; where a term was sent again, the last word."""
    grades = municipality.read("betyg.csv").drop_duplicates(["Pseudonym", "Termin", "Ämne"], keep="last")
    grades["points"] = grades["Betyg"].map(POINTS)
    by_pupil = grades.groupby(["Pseudonym", "Termin"], as_index=False).agg(
        points=("points", "mean"), school=("Skolenhetskod", "first")
    )
    rows = by_pupil.merge(pupils, on=["Pseudonym", "Termin"])
    return rows.assign(advantaged=rows["Föräldrars högsta utbildning"] == "3")


def levels(rows: pd.DataFrame) -> dict[bool, tuple[float, float]]:
    """Mean and its variance, for the advantaged and the others."""
    grouped = rows.groupby("advantaged")["points"]
    return {name: (float(values.mean()), float(values.var() / len(values))) for name, values in grouped}


def change_of_gap(points: pd.DataFrame, school: str) -> tuple[float, dict[bool, float], float]:
    """How much the gap changed, how much each level changed, and the standard error of the change of the gap."""
    first, last = (
        levels(points[(points["school"] == school) & (points["Termin"] == term)]) for term in ("HT2023", "VT2026")
    )
    changes = {name: last[name][0] - first[name][0] for name in (True, False)}
    return (
        changes[True] - changes[False],
        changes,
        float(np.sqrt(sum(part[1] for each in (first, last) for part in each.values()))),
    )


def test_the_socio_economic_gradient_is_there(municipality: Municipality, points: pd.DataFrame) -> None:
    truth = municipality.truth["gradient"]
    spring = points[points["Termin"] == "VT2024"].groupby("Föräldrars högsta utbildning")["points"]
    for code, name in {"1": "compulsory", "2": "upper_secondary", "3": "post_secondary"}.items():
        assert spring.mean()[code] == pytest.approx(truth[name], abs=3 * spring.sem()[code])
    assert truth["compulsory"] + 1 < truth["upper_secondary"] < truth["post_secondary"] - 1


def test_a_gap_closes_because_an_action_lifts_the_others(municipality: Municipality, points: pd.DataFrame) -> None:
    truth = municipality.truth["gap_closes_by_action"]
    change, by_level, error = change_of_gap(points, truth["school_id"])
    effect = truth["2026T1"]["effect_on_others"]
    assert effect > 1.5
    assert change == pytest.approx(-effect, abs=2.5 * error)
    assert change < -1.64 * error
    assert by_level[False] > 0.7 * effect
    assert truth["2026T1"]["effect_on_advantaged"] == 0


def test_another_gap_only_seems_to_close_because_the_advantaged_fall(
    municipality: Municipality, points: pd.DataFrame
) -> None:
    truth = municipality.truth["gap_closes_because_the_advantaged_fall"]
    change, by_level, error = change_of_gap(points, truth["school_id"])
    effect = truth["2026T1"]["effect_on_advantaged"]
    assert effect < -1.5
    assert change == pytest.approx(effect, abs=2.5 * error)
    assert change < -1.64 * error
    assert by_level[True] < 0.7 * effect
    assert abs(by_level[False]) < 2.5 * error


def test_a_bad_year_is_followed_by_an_ordinary_one_without_any_effect(
    municipality: Municipality, points: pd.DataFrame
) -> None:
    truth = municipality.truth["regression_to_the_mean"]
    here = points[(points["school"] == truth["school_id"]) & (points["Årskurs"] == "9")]
    means, errors = (here.groupby("Termin")["points"].mean(), here.groupby("Termin")["points"].sem())
    for term, name in {"VT2024": "2024T1", "VT2025": "2025T1", "VT2026": "2026T1"}.items():
        assert means[term] == pytest.approx(truth["points"][name], abs=2 * errors[term])
    assert means["VT2025"] - means["VT2024"] > 2 * np.hypot(errors["VT2025"], errors["VT2024"])
    assert abs(means["VT2026"] - means["VT2025"]) < 2.5 * np.hypot(errors["VT2026"], errors["VT2025"])
    assert truth["effect_of_the_action"] == 0


def test_a_school_changes_its_intake(municipality: Municipality, pupils: pd.DataFrame) -> None:
    truth = municipality.truth["intake_change"]
    here = pupils[(pupils["Skolenhetskod"] == truth["school_id"]) & (pupils["Årskurs"] == "9")]
    shares = (here["Föräldrars högsta utbildning"] == "3").groupby(here["Termin"]).mean()
    for term, name in {"VT2025": "2025T1", "VT2026": "2026T1"}.items():
        assert shares[term] == pytest.approx(truth["post_secondary_share"][name], abs=0.03)
    assert shares["VT2026"] < shares["VT2025"] - 0.1


@pytest.mark.parametrize("term", ["2023T2", "2026T2"])
def test_segregation_can_be_measured(municipality: Municipality, pupils: pd.DataFrame, term: str) -> None:
    sent = f"HT{term[:4]}"
    known = pupils[(pupils["Termin"] == sent) & (pupils["Bakgrund"] != "OKÄND")]
    counts = pd.crosstab(known["Skolenhetskod"], known["Bakgrund"].isin(["U", "UF"]))
    shares = counts / counts.sum()
    measured = (shares[True] - shares[False]).abs().sum() / 2
    assert measured == pytest.approx(municipality.truth["segregation"][term], abs=0.015)
    assert measured > 0.3


def test_movers_can_be_counted(municipality: Municipality, pupils: pd.DataFrame) -> None:
    # From one autumn to the spring after it nobody changes stage, and the closing comes in an autumn.
    for autumn, spring in (("HT2023", "VT2024"), ("HT2024", "VT2025"), ("HT2025", "VT2026")):
        before, after = (
            pupils[pupils["Termin"] == term].set_index("Pseudonym")["Skolenhetskod"] for term in (autumn, spring)
        )
        both = pd.concat([before, after], axis=1, keys=["before", "after"]).dropna()
        moved = int((both["before"] != both["after"]).sum())
        assert moved == municipality.truth["movers"][f"{spring[2:]}T1"]
        assert moved > 50


def all_text(folder: Path) -> Iterable[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.read_bytes().decode("latin-1")


def test_nobody_with_protected_identity_is_in_any_file(municipality: Municipality, pupils: pd.DataFrame) -> None:
    protected = municipality.truth["protected"]["pseudonyms"]
    assert len(protected) > 10
    assert not pupils["Pseudonym"].isin(protected).any()
    assert not [text for text in all_text(municipality.folder) if any(pseudonym in text for pseudonym in protected)]
    assert set(pupils["Skyddade personuppgifter"]) == {"N"}


def test_one_school_sends_its_grades_again_one_step_higher(municipality: Municipality) -> None:
    truth = municipality.truth["restated"]
    grades = municipality.read("betyg.csv")
    again = grades[grades["delivery"] == truth["sent_again_in"]]
    assert set(again["Skolenhetskod"]) == {truth["school_id"]}
    assert set(again["Termin"]) == {"VT2025"}
    first = grades[(grades["Termin"] == "VT2025") & (grades["delivery"] == "2025Q2")]
    both = again.merge(first, on=["Pseudonym", "Termin", "Ämne"], suffixes=("", "_first"))
    changed = both[both["Betyg"] != both["Betyg_first"]]
    assert set(changed["Ämne"]) == {truth["subject"]}
    assert len(both) == len(again)
    order = list("FEDCBA")
    assert {
        order.index(now) - order.index(then) for now, then in zip(changed["Betyg"], changed["Betyg_first"], strict=True)
    } == {1}


def test_one_school_is_a_quarter_late_with_its_absence(municipality: Municipality) -> None:
    truth = municipality.truth["late"]
    absence = municipality.read("franvaro.csv", encoding="utf-8")
    rows = absence[
        (absence["skolenhetskod"] == truth["school_id"]) & absence["manad"].isin(["202501", "202502", "202503"])
    ]
    assert set(rows["delivery"]) == {truth["came_in"]}
    assert rows["manad"].nunique() == 3


def test_absence_is_under_reported_at_one_school(municipality: Municipality) -> None:
    truth = municipality.truth["under_reported_absence"]
    absence = municipality.read("franvaro.csv", encoding="utf-8")
    here = absence[absence["skolenhetskod"] == truth["school_id"]]
    numbers = (
        here.iloc[:, 3:7]
        .astype(int)
        .assign(after=here["manad"] >= "202501", spring=here["manad"].between("202501", "202506"))
    )
    coverage = numbers.groupby("after")["rapporterad_tid"].sum() / numbers.groupby("after")["erbjuden_tid"].sum()
    assert coverage[True] == pytest.approx(truth["coverage"], abs=0.02)
    assert coverage[False] > 0.93
    spring = numbers[numbers["spring"]].sum()
    absent = spring["giltig_franvaro"] + spring["ogiltig_franvaro"]
    assert absent / spring["rapporterad_tid"] == pytest.approx(truth["absence_share"], rel=0.12)
    assert absent / spring["erbjuden_tid"] < 0.65 * truth["absence_share"]


def test_a_school_closes_and_its_pupils_go_to_the_successor(municipality: Municipality, pupils: pd.DataFrame) -> None:
    truth = municipality.truth["closed"]
    schools = municipality.read("skolor.csv", encoding="utf-8-sig")
    closing = schools[schools["Skolenhetskod"] == truth["school_id"]]
    assert closing["Termin"].iloc[-1] == "VT2025"
    assert closing[["Gäller till", "Efterträdare"]].iloc[-1].tolist() == ["2025-06-30", truth["successor_id"]]
    before = pupils[
        (pupils["Termin"] == "VT2025") & (pupils["Skolenhetskod"] == truth["school_id"]) & (pupils["Årskurs"] != "9")
    ]
    after = (
        pupils[pupils["Termin"] == "HT2025"]
        .set_index("Pseudonym")["Skolenhetskod"]
        .reindex(before["Pseudonym"])
        .dropna()
    )
    assert (after == truth["successor_id"]).mean() > 0.95


def test_the_municipality_has_the_agreed_shape(municipality: Municipality, pupils: pd.DataFrame) -> None:
    schools = municipality.read("skolor.csv", encoding="utf-8-sig")
    first = schools[schools["Termin"] == "HT2023"]
    assert len(first) == 30
    assert (first["Huvudmannatyp"] == "Enskild").sum() == 3
    assert first["Områdeskod"].nunique() == 7
    assert (first["Områdeskod"].value_counts() == 1).sum() == 1
    areas = municipality.read("omraden.csv", encoding="utf-8-sig")
    assert sorted(areas[areas["Termin"] == "HT2023"]["Områdestyp"]) == ["1", "1", "3", "3", "3", "4", "5"]
    sizes = pupils.groupby(["Termin", "Skolenhetskod"]).size().unstack(0)
    assert (sizes.loc[municipality.truth["twelve_pupils"]] == 12).all()
    assert sizes.sum().between(11_500, 12_500).all()


def test_schools_in_the_poorest_areas_are_seldom_at_the_table_and_no_pupil_ever_is(municipality: Municipality) -> None:
    truth = municipality.truth["seldom_heard"]
    meetings = municipality.read("moten.csv", encoding="utf-8-sig")
    year = meetings[meetings["delivery"] > "2025Q3"]
    places = municipality.read("skolor.csv", encoding="utf-8-sig").drop_duplicates("Skolenhetskod", keep="last")
    area = places.set_index("Skolenhetskod")["Områdeskod"]
    heard = sorted(set(year["Skolenhetskod"]) - {""})
    assert [school for school in heard if area[school] in truth["areas"]] == truth["with_a_dialogue"]
    elsewhere = set(area.index[~area.isin(truth["areas"])]) - {municipality.truth["closed"]["school_id"]}
    assert elsewhere <= set(heard)
    there = municipality.read("deltagare.csv", encoding="utf-8-sig").merge(year, on="Mötesnummer")
    networks = there[there["Slag av möte"].eq("Områdesnätverk") & there["Områdeskod"].isin(truth["areas"])]
    assert networks["Roll"].eq("Rektor").sum() == truth["networks_with_principals_in_a_year"]
    assert truth["never_there"] == ["pupil"]
    assert "Elev" not in set(there["Roll"])
    assert "Vårdnadshavare" in set(there["Roll"])


def test_every_meeting_has_as_many_participants_as_its_roles_together(municipality: Municipality) -> None:
    meetings = municipality.read("moten.csv", encoding="utf-8-sig").set_index("Mötesnummer")
    roles = municipality.read("deltagare.csv", encoding="utf-8-sig")
    together = roles["Antal"].astype(int).groupby(roles["Mötesnummer"]).sum()
    assert (together == meetings["Antal deltagare"].astype(int)).all()
