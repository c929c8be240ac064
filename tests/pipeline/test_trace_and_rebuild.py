"""From a printed figure back to the delivered file; and a report made again elsewhere is the same bytes."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from likvard.audit.artefacts import artefacts
from likvard.audit.log import begin, printed_head
from likvard.audit.picture import as_page, as_svg
from likvard.audit.questions import ten_answers
from likvard.audit.rebuild import came_before, rebuild
from likvard.audit.record import Version, see_that_it_is_whole, version_named
from likvard.audit.trace import STAGED_FOR, as_json, trace_figure, trace_report
from likvard.errors import NoSuchFigureError, NotTheSameBytesError, StageInputMissingError
from likvard.language import Language
from likvard.lineage import file_hash
from likvard.tables import read_table
from likvard.workspace import Workspace
from small_workspace import EDITION, likvard

ENGLISH = Language("en")
STEPS = [
    "printed", "definition", "released", "protection", "indicator", "prepared", "deliveries", "checks", "code", "parameters",
    "software",
]  # fmt: skip


@pytest.fixture
def figure(signed: Workspace) -> dict[str, str]:
    """The first figure of a school's CSV file."""
    with (signed.reports(EDITION) / "school/01.csv").open(encoding="utf-8-sig", newline="") as stream:
        return next(csv.DictReader(stream))


def test_a_printed_figure_leads_back_to_the_delivered_file_step_by_step(
    signed: Workspace, figure: dict[str, str]
) -> None:
    steps = trace_figure(signed, version_named(signed, EDITION), figure["figure_id"], ENGLISH)
    assert [one.id for one in steps] == STEPS
    told = {step.id: dict(step.facts) for step in steps}
    assert figure["As printed"] in told["printed"][f"reports/{EDITION}/school/01.html"]
    assert told["released"]["indicator"] == figure["indicator"]
    pupils = f"data/deliveries/{EDITION}/pupils.csv"
    assert file_hash(signed.root / pupils) in told["deliveries"][pupils]
    assert told["deliveries"][pupils].startswith("28 rows")


def test_every_figure_of_every_report_is_found(signed: Workspace) -> None:
    known = set(read_table(signed.released / "figures.parquet", ["figure_id"])["figure_id"])
    printed = set()
    for path in signed.reports(EDITION).glob("*/*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            printed |= {line["figure_id"] for line in csv.DictReader(stream)}
    assert len(printed) > 100
    assert printed <= known


def test_a_figure_that_is_held_back_is_named_and_not_told(signed: Workspace) -> None:
    released = read_table(signed.released / "figures.parquet")
    before = read_table(signed.indicators / "figures.parquet").set_index("figure_id")
    hidden = released[released["status"].eq("held_back")]
    hidden = hidden[hidden["figure_id"].map(before["status"]).eq("shown")].iloc[0]
    steps = trace_figure(signed, version_named(signed, EDITION), hidden["figure_id"], ENGLISH)
    told = {step.id: dict(step.facts) for step in steps}
    assert told["protection"]["Decision"] == f"held back: {hidden['status']}"
    assert {"value", "n", "numerator", "denominator"} & set(told["released"]) == set()
    assert str(before.loc[hidden["figure_id"], "value"]) not in as_json(steps)


def test_a_report_leads_back_to_what_it_was_made_from(signed: Workspace) -> None:
    steps = trace_report(signed, version_named(signed, EDITION), "school/01", ENGLISH)
    told = {step.id: dict(step.facts) for step in steps}
    assert told["report"][f"reports/{EDITION}/school/01.pdf"] == file_hash(signed.reports(EDITION) / "school/01.pdf")
    assert "data/released" in told["inputs"]


def test_an_unknown_figure_or_report_is_an_error_that_says_where_ids_stand(signed: Workspace) -> None:
    version = version_named(signed, EDITION)
    with pytest.raises(NoSuchFigureError, match="figure_id"):
        trace_figure(signed, version, "aaaaaaaaaa", ENGLISH)
    with pytest.raises(NoSuchFigureError, match="area/11"):
        trace_report(signed, version, "school/99", ENGLISH)


def test_every_prepared_table_is_known_to_the_trace(signed: Workspace, exempelkommun_workspace: Workspace) -> None:
    made = {path.stem for place in (signed, exempelkommun_workspace) for path in place.prepared.glob("*.parquet")}
    assert made == set(STAGED_FOR)


def test_the_picture_has_a_box_for_every_step_and_the_page_every_fact(
    signed: Workspace, figure: dict[str, str]
) -> None:
    steps = trace_figure(signed, version_named(signed, EDITION), figure["figure_id"], ENGLISH)
    assert as_svg(steps, "x").count("<rect") == len(STEPS)
    page = as_page(steps, "x", EDITION, ENGLISH)
    assert page.count("<dt>") == sum(len(step.facts) for step in steps)
    assert "<script" not in page


@pytest.mark.parametrize("code", ["en", "sv"])
def test_the_ten_questions_are_answered_in_both_languages(signed: Workspace, code: str) -> None:
    answers = ten_answers(signed, version_named(signed, EDITION), Language(code))
    assert len(answers) == 10
    assert all(one.facts for one in answers)
    assert ("Was anything altered?" in [one.title for one in answers]) == (code == "en")


def test_a_command_writes_the_trace_as_json(signed: Workspace, figure: dict[str, str]) -> None:
    told = likvard(signed.root, "trace", figure["figure_id"], "--json")
    assert told.code == 0, told.said
    assert [one["id"] for one in json.loads(told.said)] == STEPS


def test_reports_made_again_elsewhere_are_the_same_bytes(signed: Workspace) -> None:
    done = rebuild(signed, version_named(signed, EDITION), ("school/01", "area/11", "overview/all"))
    assert len(done.files) == 15


@pytest.mark.parametrize("whole", [False, True], ids=["from what was released", "from the deliveries"])
def test_a_whole_edition_made_again_elsewhere_is_the_same_bytes(signed: Workspace, whole: bool) -> None:
    done = rebuild(signed, version_named(signed, EDITION), (), whole=whole)
    folder = signed.reports(EDITION)
    there = sorted(signed.shown(path) for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    assert list(done.files) == there
    assert {path.suffix for path in folder.iterdir() if path.is_file()} >= {".html", ".zip"}


def test_what_was_published_later_is_not_there_when_an_edition_is_made_again() -> None:
    second = Version("2026Q3", 2, Path())
    known = ["2025Q4", "2026Q3", "2026Q3.2", "2026Q3.3", "2026Q4"]
    assert [name for name in known if came_before(name, second)] == ["2025Q4", "2026Q3"]


def test_a_report_that_is_not_the_same_is_named_with_the_byte_that_differs(signed: Workspace) -> None:
    template = signed.templates / "area.ipynb"
    content = template.read_bytes()
    template.write_bytes(content.replace(b"\\n", b" \\n", 1))
    try:
        with pytest.raises(NotTheSameBytesError, match=r"area/11\.manifest\.json: byte "):
            rebuild(signed, version_named(signed, EDITION), ("area/11",))
    finally:
        template.write_bytes(content)


def test_a_report_carries_the_head_of_the_log(signed: Workspace) -> None:
    head = printed_head(signed, EDITION)
    page = (signed.reports(EDITION) / "area/13.html").read_text(encoding="utf-8")
    assert len(head) == 64
    assert f'<code title="{head}">{head[:12]}</code>' in page


def test_reports_that_do_not_print_the_head_are_not_recorded(workspace: Path) -> None:
    own = Workspace(workspace)
    begin(own, EDITION)
    with pytest.raises(StageInputMissingError, match="another head of the log"):
        see_that_it_is_whole(own, EDITION, artefacts(own, EDITION))
