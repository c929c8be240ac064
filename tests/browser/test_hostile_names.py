"""Names of schools and areas that would be markup, code or a formula if anybody took them for one."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from small_workspace import AREAS, EDITION, SCHOOLS, built_once, likvard

NAMES = {
    "01": "<script>alert(1)</script>",
    "02": "<img src=x onerror=alert(2)>",
    "03": "{{ 7*7 }} {% raw %} ${7*7}",
    "04": '=HYPERLINK("javascript:alert(3)";"x")',
    "05": '#let x = 1; *y* `z` $ #panic("a")',
    "06": r"[x](javascript:alert(4)) A$\frac$B & \n",
}
AREA_NAMES = {"11": '" onmouseover="alert(5)', "12": "</style></title><svg onload=alert(6)>", "13": "--> ]]> <!-- "}
BUILT = {"overview": ["all"], "area": ["11", "12"], "school": ["01", "05", "06"]}
REPORTS = [f"{kind}/{unit}" for kind, units in BUILT.items() for unit in units]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """The small edition whose senders have sent such names."""
    root = shutil.copytree(
        built_once(tmp_path_factory), tmp_path_factory.mktemp("hostile") / "workspace", symlinks=True
    )
    for delivery in (root / "data/deliveries").glob("*/"):
        for name, old, new in [
            *(("schools", SCHOOLS[school][1], hostile) for school, hostile in NAMES.items()),
            *(("areas", AREAS[area], hostile) for area, hostile in AREA_NAMES.items()),
        ]:
            path = delivery / f"{name}.csv"
            quoted = '"' + new.replace('"', '""') + '"'
            path.write_text(path.read_text(encoding="utf-8").replace(f",{old}\n", f",{quoted}\n"), encoding="utf-8")
    params = root / "params.yaml"
    text = params.read_text(encoding="utf-8")
    params.write_text(text.replace("Project STAR ", "'<b>All</b> {{ 1 }}' "), encoding="utf-8")
    for words in (["ingest"], ["prepare"], ["indicators"], ["protect"], ["report"], ["index"]):
        said = likvard(root, *words)
        assert said.code == 0, said.said
    return root / "reports" / EDITION


def name_of(report: str) -> str:
    return (NAMES | AREA_NAMES | {"all": "<b>All</b> {{ 1 }}"})[report.split("/")[1]]


@pytest.mark.parametrize("report", REPORTS)
def test_a_hostile_name_stays_text_in_its_report(watched, hostile, report):
    page = watched.open(hostile / f"{report}.html")
    assert page.get_by_role("heading", level=1).text_content().strip() == name_of(report).strip()
    assert page.title().startswith(name_of(report).strip())
    assert page.locator("script, img, body b > b, [onmouseover], [onload], [onerror]").count() == 0
    page.evaluate("document.querySelectorAll('*').forEach(e => e.dispatchEvent(new MouseEvent('mouseover')))")


def test_hostile_names_stay_text_in_the_index_and_can_be_found(watched, hostile):
    page = watched.open(hostile / "index.html")
    assert sorted(page.locator("[data-name] a.name").all_inner_texts()) == sorted(NAMES.values())
    assert page.locator("img, svg, [onmouseover], [onload], [onerror]").count() == 0
    assert page.locator("script:not([type])").count() == 1
    assert page.locator("script").count() == 2  # and what is known of each figure, as data
    page.get_by_role("searchbox").fill("<script>")
    assert page.locator("[data-name]:visible a.name").all_inner_texts() == ["<script>alert(1)</script>"]


@pytest.mark.parametrize("report", REPORTS)
def test_a_hostile_name_stays_text_in_the_pdf(hostile, report):
    text = subprocess.run(
        ["pdftotext", "-raw", hostile / f"{report}.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    written = "".join(text.split())
    assert "".join(name_of(report).split()) in written
