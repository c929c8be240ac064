"""Charts: stable bytes, ids of their own, and every awkward frame."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import sample

import likvard
from likvard.language import Language
from likvard.report import charts
from likvard.report.charts import ValueAxis

AXIS = ValueAxis(Language("sv"), "number", 0, "Skalpoäng")
LONG = "Grundskolan vid Årstavikens övre äng och den internationella förskoleklassen i Österåker"

Draw = Callable[[], str]
CHARTS: dict[str, tuple[Callable[..., str], Callable[[], pd.DataFrame]]] = {
    "interval_dots": (charts.interval_dots, sample.levels),
    "dumbbell": (charts.dumbbell, sample.gaps),
    "trends": (charts.trends, sample.periods),
    "spread": (charts.spread, lambda: sample.units(41)),
}
every_chart = pytest.mark.parametrize(("draw", "frame"), CHARTS.values(), ids=CHARTS)


@every_chart
def test_a_chart_is_one_svg_without_prolog_style_or_time(
    draw: Callable[..., str], frame: Callable[[], pd.DataFrame]
) -> None:
    svg = draw(frame(), "levels", AXIS)
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 493 ')
    assert svg.count("<svg") == 1
    for unwanted in ("style", "<?xml", "DOCTYPE", "metadata", "matplotlib", "xlink"):
        assert unwanted not in svg


@every_chart
def test_two_charts_in_one_page_share_no_id(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    svg = draw(frame(), "levels", AXIS)
    ids = re.findall(r' id="([^"]+)"', svg)
    assert len(ids) == len(set(ids)) > 0
    assert all(identity.startswith("levels-") for identity in ids)
    assert set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', svg)) <= {(i, "") for i in ids} | {("", i) for i in ids}


@every_chart
def test_a_chart_is_small(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    assert len(draw(frame(), "levels", AXIS).encode()) < 64_000


@every_chart
def test_a_chart_does_not_change_its_frame(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    given, before = frame(), frame()
    draw(given, "levels", AXIS)
    pd.testing.assert_frame_equal(given, before)


@every_chart
def test_a_chart_of_hidden_values_shows_the_words(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    values = ["value", "low", "high", "group_value", "reference_value", "gap"]
    hidden = frame().assign(status="too_few", label="för få")
    hidden[[column for column in values if column in hidden]] = float("nan")
    assert "för få" in draw(hidden, "levels", AXIS)


@every_chart
def test_a_chart_of_one_row_can_be_drawn(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    assert "<path" in draw(frame().head(1), "levels", AXIS)


@every_chart
def test_a_chart_without_intervals_can_be_drawn(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    assert "<path" in draw(frame().assign(low=float("nan"), high=float("nan")), "levels", AXIS)


@every_chart
def test_long_names_and_dollar_signs_can_be_drawn(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    given = frame()
    for column in {"row", "series", "panel", "reference"} & set(given):
        given[column] = [f"{text} {LONG} $x_1$ <b>&" for text in given[column]]
    assert "<path" in draw(given, "levels", AXIS)


def test_a_spread_of_schools_is_in_the_order_of_names_whatever_the_values() -> None:
    frame = sample.units(12)
    shuffled = frame.sample(frac=1, random_state=1)
    assert charts.spread(frame, "s", AXIS) == charts.spread(shuffled, "s", AXIS)


def test_more_than_45_rows_are_set_in_two_columns() -> None:
    height = float(re.findall(r"viewBox=\"0 0 493 ([\d.]+)\"", charts.spread(sample.units(80), "s", AXIS))[0])
    assert height < 600


def test_a_percent_axis_is_written_in_per_cent() -> None:
    axis = ValueAxis(Language("sv"), "percent")
    assert axis.text(0.26) == "26\u202f%"
    assert axis.tick(0.025, 0.025) == "2,5\u202f%"
    assert axis.difference(-0.12, -0.2, -0.04) == "−12 (−20 till −4)"


def test_charts_are_the_same_bytes_in_another_place(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; import sample, hashlib; from test_charts import CHARTS, AXIS;"
        "print(hashlib.sha256(''.join(d(f(), 'levels', AXIS) for d, f in CHARTS.values()).encode()).hexdigest())"
    )
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nfont.size: 30\n", encoding="utf-8")
    paths = [str(Path(likvard.__path__[0]).parent), str(Path(__file__).parent)]

    def digest(**place: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *paths],
            env={**os.environ, **place},
            cwd=tmp_path if "MPLCONFIGDIR" not in place else None,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    first = digest(TZ="UTC", LC_ALL="C", PYTHONHASHSEED="1")
    assert first == digest(
        TZ="Asia/Tokyo", LC_ALL="sv_SE.UTF-8", PYTHONHASHSEED="2", MPLCONFIGDIR=str(tmp_path / "other")
    )
