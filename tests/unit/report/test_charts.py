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
    svg = draw(frame(), AXIS)
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 493 ')
    assert svg.count("<svg") == 1
    for unwanted in ("style", "<?xml", "DOCTYPE", "metadata", "matplotlib", "xlink"):
        assert unwanted not in svg


@every_chart
def test_a_chart_has_no_id_so_that_a_page_may_hold_many(
    draw: Callable[..., str], frame: Callable[[], pd.DataFrame]
) -> None:
    assert not re.findall(r"\bid=|href=|url\(", draw(frame(), AXIS))


@every_chart
def test_a_chart_is_small(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    assert len(draw(frame(), AXIS).encode()) < 20_000


@every_chart
def test_a_chart_does_not_change_its_frame(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    given, before = frame(), frame()
    draw(given, AXIS)
    pd.testing.assert_frame_equal(given, before)


@every_chart
def test_a_chart_of_hidden_values_shows_the_words(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    values = ["value", "low", "high", "group_value", "reference_value", "gap"]
    hidden = frame().assign(status="too_few", label="för få")
    hidden[[column for column in values if column in hidden]] = float("nan")
    assert "för få" in draw(hidden, AXIS)


@every_chart
def test_a_chart_of_one_row_can_be_drawn(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    assert "<circle" in draw(frame().head(1), AXIS)


@every_chart
def test_a_chart_without_intervals_can_be_drawn(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    assert "<circle" in draw(frame().assign(low=float("nan"), high=float("nan")), AXIS)


@every_chart
def test_long_names_and_dollar_signs_can_be_drawn(draw: Callable[..., str], frame: Callable[[], pd.DataFrame]) -> None:
    given = frame()
    for column in {"row", "series", "panel", "reference"} & set(given):
        given[column] = [f"{text} {LONG} $x_1$ <b>&" for text in given[column]]
    assert "<circle" in draw(given, AXIS)


def test_a_spread_of_schools_is_in_the_order_of_names_whatever_the_values() -> None:
    frame = sample.units(12)
    shuffled = frame.sample(frac=1, random_state=1)
    assert charts.spread(frame, AXIS) == charts.spread(shuffled, AXIS)


def test_more_than_45_rows_are_set_in_two_columns() -> None:
    height = float(re.findall(r"viewBox=\"0 0 493 ([\d.]+)\"", charts.spread(sample.units(80), AXIS))[0])
    assert height < 600


def test_a_percent_axis_is_written_in_per_cent() -> None:
    axis = ValueAxis(Language("sv"), "percent")
    assert axis.text(0.26) == "26\u202f%"
    assert axis.tick(0.025, 0.025) == "2,5\u202f%"
    assert axis.difference(-0.12, -0.2, -0.04) == "−12 (−20 till −4)"


def test_a_scale_has_two_round_numbers_at_least_whatever_its_limits() -> None:
    for low, high in ((0.51, 0.99), (0.02, 0.0201), (-3.0, 1200.0), (96.0, 104.0), (0.0, 1e-6)):
        frame = sample.units(2).assign(value=[low, high], low=[low, low], high=[high, high])
        svg = charts.spread(frame, ValueAxis(Language("en"), "number", 7))
        assert 2 <= svg.count('text-anchor="middle"') <= 6


def test_values_stand_where_the_scale_says() -> None:
    """The middle of three values whose scale ends at the others is drawn half way between them."""
    frame = sample.units(3).assign(row=["A", "B", "C"], value=[10.0, 15.0, 20.0], low=float("nan"), high=float("nan"))
    places = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', charts.spread(frame, AXIS))]
    assert places[1] == pytest.approx((places[0] + places[2]) / 2, abs=0.01)
    assert places[0] < places[1]


def test_charts_are_drawn_without_matplotlib_seaborn_or_scipy() -> None:
    wanted = "matplotlib", "seaborn", "scipy"
    script = "import papermill, sys, likvard.report.build, likvard.report.engine, sample; from test_charts import CHARTS, AXIS;"
    script += f"[d(f(), AXIS) for d, f in CHARTS.values()]; print([name for name in {wanted} if name in sys.modules])"
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"


def test_charts_are_the_same_bytes_in_another_place(tmp_path: Path) -> None:
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; import sample, hashlib; from test_charts import CHARTS, AXIS;"
        "print(hashlib.sha256(''.join(d(f(), AXIS) for d, f in CHARTS.values()).encode()).hexdigest())"
    )
    paths = [str(Path(likvard.__path__[0]).parent), str(Path(__file__).parent)]

    def digest(**place: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code, *paths],
            env={**os.environ, **place},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    first = digest(TZ="UTC", LC_ALL="C", PYTHONHASHSEED="1")
    assert first == digest(TZ="Asia/Tokyo", LC_ALL="sv_SE.UTF-8", PYTHONHASHSEED="2")
