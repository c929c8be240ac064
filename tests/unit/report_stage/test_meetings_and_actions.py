"""Who was at the table, which findings have no action, which actions no follow-up, and what a unit says beside its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from likvard import open_report
from likvard.contracts import read_tables
from likvard.report.content import PARTS
from likvard.report.content.loose_ends import unanswered
from likvard.report.content.representation import thirds_of_areas
from likvard.report.exhibit import Exhibit, Facts, Nothing, Prose
from likvard.report.fragments import part_html
from likvard.report.view import Report
from small_edition import CONTRACTS, action, comment, figure, meeting, small_edition

GAP = figure("school", "1", -3.0, measure="gap", group_by="gender", group="boy", reference="girl", low=-4.0, high=-2.0)
MEETINGS = [
    meeting("school", "1", "guardian"),
    meeting("area", "01", "principal"),
    meeting("school", "3", "principal", "guardian"),
    meeting("school", "3", "principal"),
    meeting("all", "all", "principal"),
]


def opened(folder: Path, kind: str, unit_id: str, *figures: dict[str, Any], **facts: Any) -> Report:
    return open_report(kind, unit_id, released=small_edition(folder, *figures, **facts))


def exhibit(report: Report, name: str) -> Exhibit:
    part = report.exhibit(name)
    assert isinstance(part, Exhibit)
    return part


def cells(part: Exhibit) -> list[list[str]]:
    return [[cell.text for cell in row] for row in part.table.rows]


def test_areas_are_put_in_thirds_by_the_share_of_the_reference_group(tmp_path: Path) -> None:
    assert thirds_of_areas(opened(tmp_path, "overview", "all")) == {"01": 0, "02": 1, "03": 2}


def test_the_ledger_counts_meetings_schools_and_roles_by_kind_of_area(tmp_path: Path) -> None:
    part = exhibit(opened(tmp_path, "overview", "all", meetings=MEETINGS), "representation")
    assert cells(part) == [
        ["Meetings", "2", "0", "2", "1"],
        ["Schools with a meeting of their own", "1 of 1", "0 of 1", "1 of 2", "–"],
        ["Principal", "1 of 2", "–", "2 of 2", "1 of 1"],
        ["Guardian", "1 of 2", "–", "1 of 2", "0 of 1"],
        ["Pupil", "0 of 2", "–", "0 of 2", "0 of 1"],
    ]


def test_the_ledger_says_in_words_whose_schools_were_heard_and_whose_chair_was_empty(tmp_path: Path) -> None:
    said = exhibit(opened(tmp_path, "overview", "all", meetings=MEETINGS), "representation").caption
    assert "1 of 1 schools had a meeting of their own, in those with the strongest 1 of 2." in said
    assert "at 1 of 2 meetings about the former and at 2 of 2 about the latter." in said
    assert "No meeting had anybody in these roles: pupil." in said


def test_an_edition_without_meetings_has_no_ledger(tmp_path: Path) -> None:
    assert isinstance(opened(tmp_path, "overview", "all").exhibit("representation"), Nothing)


def test_a_clear_finding_that_no_action_answers_is_shown(tmp_path: Path) -> None:
    report = opened(tmp_path, "school", "1", GAP, actions=[action(unit_id="2")])
    ((finding, answer),) = cells(exhibit(report, "findings_without_action"))
    assert finding == "Gap in results"
    assert answer == "none decided"


@pytest.mark.parametrize(
    ("decided", "open_ends"),
    [
        (action(), 0),
        (action(indicator="safety_score_mean", finding="gap_in_results"), 0),
        (action(indicator="safety_score_mean"), 1),
        (action(under_way=False), 1),
        (action("area", "01"), 1),
    ],
    ids=["its figure", "its finding", "another figure", "no longer", "another unit"],
)
def test_an_action_answers_a_finding_by_its_figure_or_by_name_while_it_is_under_way(
    tmp_path: Path, decided: dict[str, Any], open_ends: int
) -> None:
    assert len(unanswered(opened(tmp_path, "school", "1", GAP, actions=[decided]))) == open_ends


def test_good_news_needs_no_action(tmp_path: Path) -> None:
    risen = figure("school", "1", 14.0), figure("school", "1", 10.0, period="2025T1")
    better = figure("school", "1", 4.0, measure="change", reference="2025T1", low=2.0, high=6.0)
    report = opened(tmp_path, "school", "1", *risen, better, actions=[action(unit_id="2")])
    assert unanswered(report) == []


def test_the_overview_counts_the_schools_where_a_finding_has_no_action(tmp_path: Path) -> None:
    elsewhere = [GAP | {"unit_id": school} for school in ("1", "2", "3")]
    report = opened(tmp_path, "overview", "all", *elsewhere, actions=[action()])
    assert cells(exhibit(report, "findings_without_action")) == [["Gap in results", "0", "2"]]


def test_an_action_that_no_figure_follows_up_is_shown_to_its_unit_and_to_all(tmp_path: Path) -> None:
    released = small_edition(tmp_path, actions=[action()])
    for kind, unit, where in (("school", "1", ""), ("overview", "all", "Åsens skola: ")):
        part = exhibit(open_report(kind, unit, released=released), "actions_without_follow_up")
        assert cells(part) == [[f"{where}Reading in small groups", "since 2025-08-18", "Principal"]]
    other = open_report("school", "2", released=released).exhibit("actions_without_follow_up")
    assert isinstance(other, Nothing)


def test_an_action_with_a_follow_up_is_no_loose_end(tmp_path: Path) -> None:
    followed = figure(
        "school", "1", 1.0, measure="follow_up", reference="A0001:2025T1", numerator=13.0, denominator=12.0
    )
    report = opened(tmp_path, "school", "1", followed, actions=[action()])
    assert isinstance(report.exhibit("actions_without_follow_up"), Nothing)


def test_a_comment_stands_beside_its_exhibit_as_it_was_written_with_role_day_and_version(tmp_path: Path) -> None:
    text = "Skillnaden <minskar> & vi fortsätter."
    report = opened(tmp_path, "school", "1", actions=[action()], comments=[comment(text)])
    part = exhibit(report, "actions")
    assert [(one.text, one.language) for one in part.comments] == [(text, "sv")]
    assert part.comments[0].signed == "Comment from the unit: principal, 2026-10-05, version 2"
    page = part_html(part.payload(), report.language)
    assert '<p lang="sv">Skillnaden &lt;minskar&gt; &amp; vi fortsätter.</p>' in page
    assert "<minskar>" not in page


def test_a_comment_is_nowhere_else(tmp_path: Path) -> None:
    decided = [action(), action(unit_id="2")]
    released = small_edition(tmp_path, GAP, actions=decided, comments=[comment("Vi fortsätter.")])
    assert exhibit(open_report("school", "2", released=released), "actions").comments == ()
    own = open_report("school", "1", released=released)
    assert "fortsätter" in own.exhibit("actions").plain()
    assert "fortsätter" not in own.exhibit("messages").plain() + own.exhibit("actions_without_follow_up").plain()


def test_where_there_are_no_figures_the_comment_stands_alone(tmp_path: Path) -> None:
    said = comment("Vi byter system.", exhibit="attendance")
    part = opened(tmp_path, "school", "1", comments=[said]).exhibit("attendance")
    assert isinstance(part, Prose)
    assert part.paragraphs == ("Vi byter system. (Comment from the unit: principal, 2026-10-05, version 2)",)


def test_every_exhibit_that_can_be_commented_is_a_part_of_the_reports() -> None:
    assert set(read_tables(CONTRACTS).codes["commented_exhibit"].codes) <= set(PARTS)


def test_the_headline_has_figures_with_a_value_before_those_held_back(tmp_path: Path) -> None:
    told = ("pupils_count", "merit_value_mean", "absence_share_mean", "safety_score_mean")
    figures = [
        figure("school", "1", 2.0, indicator=name, status="held_back" if name == "merit_value_mean" else "shown")
        for name in told
    ]
    headline = opened(tmp_path, "school", "1", *figures).exhibit("headline")
    assert isinstance(headline, Facts)
    assert [label for label, _, _ in headline.items] == [
        "Pupils",
        "Grade points, mean per subject",
        "Absence, share of the teaching time",
        "Safety",
    ]
