"""A report holds the figures of its own unit and of what it is compared with, in every form, and nobody else's."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from small_workspace import AREAS, EDITION, REPORTS, SCHOOLS


def may_stand_in(kind: str, unit: str) -> set[tuple[str, str]]:
    """The units whose figures a report may hold: itself, its area and all; in an area report its schools too."""
    if kind == "overview":
        return {("all", "all"), *(("area", area) for area in AREAS), *(("school", school) for school in SCHOOLS)}
    area = unit if kind == "area" else SCHOOLS[unit][0]
    own = {("school", school) for school, (its, _) in SCHOOLS.items() if its == area} if kind == "area" else set()
    return {("all", "all"), ("area", area), *own} | ({("school", unit)} if kind == "school" else set())


@pytest.mark.parametrize(("kind", "unit"), [(kind, unit) for kind, units in REPORTS.items() for unit in units])
def test_every_figure_in_a_report_is_of_a_unit_that_it_may_tell_of(built: Path, kind: str, unit: str) -> None:
    figures = pd.read_parquet(built / "data/released/figures.parquet").set_index("figure_id")
    place = built / "reports" / EDITION / kind
    page = (place / f"{unit}.html").read_text(encoding="utf-8")
    text = (place / f"{unit}.csv").read_text(encoding="utf-8-sig")
    in_page = set(re.findall(r'data-figure="([^"]+)"', page))
    in_text = {line["figure_id"] for line in csv.DictReader(io.StringIO(text))}
    assert in_text
    assert in_text <= in_page
    owners = figures.loc[sorted(in_page), ["unit_kind", "unit_id"]]
    assert set(owners.itertuples(index=False, name=None)) <= may_stand_in(kind, unit)


@pytest.mark.parametrize("unit", REPORTS["school"])
def test_no_form_of_a_school_report_names_another_school(built: Path, unit: str) -> None:
    place = built / "reports" / EDITION / "school"
    printed = subprocess.run(["pdftotext", str(place / f"{unit}.pdf"), "-"], capture_output=True, check=True).stdout
    said = [printed, *((place / f"{unit}.{form}").read_bytes() for form in ("html", "csv", "xlsx", "manifest.json"))]
    assert SCHOOLS[unit][1].encode() in printed
    for school, (_, name) in SCHOOLS.items():
        if school != unit:
            assert not any(name.encode() in one for one in said), name
