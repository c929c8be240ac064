import pytest

from likvard import open_report
from likvard.errors import StageInputMissingError, UnknownUnitError
from likvard.language import Language
from likvard.report.content.findings import key_messages
from likvard.report.released import Released, released_in
from likvard.report.run import chosen_reports
from likvard.report.view import period_name, period_tick, status_label
from likvard.workspace import Workspace


@pytest.fixture(scope="module")
def released(star_workspace: Workspace) -> Released:
    return released_in(star_workspace.released)


def schools_by_area(released: Released) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for unit in released.units_with_reports("school"):
        found.setdefault(unit.area_id, []).append(unit.id)
    return found


def test_the_only_school_of_its_area_is_not_compared_with_itself_under_another_name(released: Released) -> None:
    area, (school,) = next((area, ids) for area, ids in schools_by_area(released).items() if len(ids) == 1)
    compared = open_report("school", school, released=released).compared
    assert [(unit.kind, unit.id) for unit in compared] == [("school", school), ("all", "all")]
    assert open_report("area", area, released=released).compared[0].id == area


def test_a_school_with_others_in_its_area_is_compared_with_area_and_all(released: Released) -> None:
    area, (school, *_) = next((area, ids) for area, ids in schools_by_area(released).items() if len(ids) > 1)
    compared = open_report("school", school, released=released).compared
    assert [(unit.kind, unit.id) for unit in compared] == [("school", school), ("area", area), ("all", "all")]


def test_the_overview_is_compared_with_nothing(released: Released) -> None:
    assert [unit.kind for unit in open_report("overview", "all", released=released).compared] == ["all"]


@pytest.mark.parametrize(
    ("kind", "wrong", "right"), [("school", "063", "63"), ("area", "011", "11"), ("overview", "al", "all")]
)
def test_an_unknown_unit_suggests_a_known_one(released: Released, kind: str, wrong: str, right: str) -> None:
    with pytest.raises(UnknownUnitError, match=f"{wrong!r} is not known – did you mean '{right}'") as stop:
        open_report(kind, wrong, released=released)
    assert stop.value.exit_code == 10


def test_a_school_that_has_left_has_no_report(released: Released) -> None:
    left = [unit.id for unit in released.units.values() if unit.kind == "school" and not unit.in_edition]
    assert len(left) == 5
    with pytest.raises(UnknownUnitError):
        open_report("school", left[0], released=released)


def test_a_table_is_of_the_edition_s_own_period_and_the_compared_units_in_their_order(released: Released) -> None:
    report = open_report("school", "63", released=released)
    rows = report.table("reading_mean")
    assert set(rows["period"]) == {"1988-89"}
    assert list(zip(rows["unit_kind"], rows["unit_id"], strict=True)) == [(u.kind, u.id) for u in report.compared]
    assert rows["name"].tolist() == [unit.name for unit in report.compared]
    assert set(report.table("reading_mean", period="1985-86")["period"]) <= {"1985-86"}
    assert len(set(report.table("reading_mean", period="every")["period"])) == 4


def test_a_table_of_what_is_not_in_the_record_is_empty_with_its_columns(released: Released) -> None:
    rows = open_report("overview", "all", released=released).table("height_mean")
    assert rows.empty
    assert {"value", "name", "figure_id"} <= set(rows)


def test_a_school_opened_by_way_of_its_area_says_what_its_own_report_says(released: Released) -> None:
    ((area, schools), *_) = ((area, schools) for area, schools in schools_by_area(released).items() if len(schools) > 1)
    around = open_report("area", area, released=released)
    for school in schools:
        by_area, by_itself = (open_report("school", school, released=whole) for whole in (around.released, released))
        assert key_messages(by_area) == key_messages(by_itself)
        assert key_messages(by_area)


def test_an_area_opens_no_school_of_another(released: Released) -> None:
    (area, _), (_, (elsewhere, *_)), *_ = schools_by_area(released).items()
    with pytest.raises(ValueError, match="an area for its schools"):
        open_report("area", area, released=released).released.slice_of("school", elsewhere)


def test_an_unknown_exhibit_lists_those_that_are_there(released: Released) -> None:
    with pytest.raises(KeyError, match="there is no exhibit 'summary'; there are: headline, messages, composition"):
        open_report("overview", "all", released=released).exhibit("summary")


def test_without_released_data_the_message_says_what_makes_it(star_workspace: Workspace) -> None:
    with pytest.raises(StageInputMissingError, match=r"figures\.parquet, units\.parquet, edition\.json not there"):
        released_in(star_workspace.root / "nowhere")


def test_a_cell_that_is_not_shown_says_why_and_leads_to_its_figure(released: Released) -> None:
    report = open_report("overview", "all", released=released)
    figures = report.released.figures
    for status in ("held_back", "missing", "not_applicable"):
        row = next(figures[figures["status"] == status].itertuples())
        cell = report.cell("reading_mean", row)
        assert (cell.text, cell.status, cell.figure_id) == (status_label(status, Language("en")), status, row.figure_id)


def test_a_period_is_written_with_its_grade_where_there_is_only_one() -> None:
    grade, other = {"en": "Grade 3", "sv": "Årskurs 3"}, {"en": "Grade 4", "sv": "Årskurs 4"}
    year = {"id": "1988-89", "grain": "school_year"}
    assert period_name(year | {"grades": [grade]}, Language("sv")) == "Årskurs 3 1988/89"
    assert period_name(year | {"grades": [grade, other]}, Language("sv")) == "1988/89"


def test_terms_and_quarters_are_written_as_people_say_them() -> None:
    term, quarter = {"id": "2026T1", "grain": "term", "grades": []}, {"id": "2026Q3", "grain": "quarter", "grades": []}
    assert [period_name(period, Language("sv")) for period in (term, quarter)] == ["VT 2026", "kvartal 3 2026"]
    assert [period_tick(period, Language("sv")) for period in ("2026T1", "2026Q3", "2025-26")] == [
        "VT 2026",
        "2026K3",
        "2025/26",
    ]


def test_only_takes_the_units_of_every_kind_that_has_them(released: Released) -> None:
    assert chosen_reports(released, ("area", "school"), ("63", "11")) == [
        (kind, unit)
        for kind in ("area", "school")
        for unit in ("11", "63")
        if (kind, unit) in released.units and released.units[kind, unit].in_edition
    ]
    everything = [kind for kind, _ in chosen_reports(released, ("overview", "area", "school"), ())]
    assert [everything.count(kind) for kind in ("overview", "area", "school")] == [1, 41, 75]


def test_only_names_every_unit_that_is_not_there(released: Released) -> None:
    with pytest.raises(UnknownUnitError) as stop:
        chosen_reports(released, ("area", "school"), ("63", "630", "zzz"))
    assert len(stop.value.problems) == 2
    assert stop.value.problems[0].startswith("area or school '630' is not known – did you mean '63'")


def test_every_exhibit_of_every_kind_is_made_in_both_languages(released: Released) -> None:
    from likvard.report.content import PARTS

    for kind, unit_id in (("overview", "all"), ("area", "11"), ("school", "63")):
        for language in ("en", "sv"):
            report = open_report(kind, unit_id, language=language, released=released)
            for name in PARTS:
                if name.startswith("spread") and kind == "school":
                    continue
                assert report.exhibit(name).payload()["kind"]
