"""The settings of charts are those of seaborn's style for print, though seaborn itself is not loaded."""

import subprocess
import sys

import matplotlib
import seaborn

from likvard.report.style import PRINT

# A colour map and the lists of fonts, which no chart of ours uses, and what only legends of matplotlib's own have.
NOT_DRAWN = {"image.cmap", "font.sans-serif", "font.size", "text.color", "legend.fontsize", "legend.title_fontsize"}


def test_the_settings_are_those_of_seaborn() -> None:
    wanted = seaborn.axes_style("ticks") | seaborn.plotting_context("paper")
    own = matplotlib.rcParamsDefault | PRINT
    differ = {
        name: (own[name], value)
        for name, value in wanted.items()
        if name not in NOT_DRAWN and (abs(own[name] - value) > 1e-9 if isinstance(value, float) else own[name] != value)
    }
    assert differ == {}


def test_a_report_is_made_without_loading_seaborn_or_scipy() -> None:
    script = "import sys, likvard.report.build, likvard.report.engine; print('seaborn' in sys.modules, 'scipy' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", f"import papermill; {script}"], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["False", "False"]
