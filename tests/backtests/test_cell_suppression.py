"""The cell suppression rows of ``oracles/expected.csv``: a table of regions by gender, as sdcTable suppresses it."""

import numpy as np
import pandas as pd
import pytest
from oracles import numbers, shared_folder

from likvard.disclosure.attack import audit
from likvard.disclosure.suppress import suppress
from likvard.disclosure.system import NOBODY, System, each_shows_one, equations, margins
from likvard.disclosure.task import Limits, Task

COUNTS = {"A": (18, 2), "B": (19, 14), "C": (10, 12), "D": (14, 11)}


@pytest.fixture(scope="module")
def expected() -> pd.Series:
    folder = shared_folder()
    if folder is None:
        pytest.skip("the folder with the oracles is not beside the repository")
    rows = pd.read_csv(folder / "oracles/expected.csv", dtype=str)
    return rows[rows["topic"] == "cell suppression"].set_index("quantity")["expected"]


def task() -> Task:
    """The 15 cells in the order of the oracle: the regions, all of them first, each with both genders, all, male and female."""
    inner = pd.DataFrame(COUNTS, index=["male", "female"]).T
    inner.insert(0, "all", inner.sum(axis=1))
    whole = pd.concat([inner.sum().to_frame("all").T, inner])
    long = whole.stack().rename_axis(["region", "gender"]).rename("value").reset_index()
    truth = long.pop("value").to_numpy(dtype=float)
    links = [
        margins("region", pd.DataFrame({"parent": "all", "child": list(COUNTS)})),
        margins("gender", pd.DataFrame({"parent": "all", "child": ["male", "female"]})),
    ]
    system = System(
        equations=equations(long, pd.concat(links)),
        low=np.zeros(15),
        high=np.full(15, np.inf),
        told_low=truth,
        told_high=truth,
        owner=np.full(15, NOBODY),
        shows=each_shows_one(15),
    )
    small = (truth > 0) & (truth <= 2)
    return Task.of(system, truth, np.where(small, 3.0, 0.0), small, weight=truth)


def cells_of(flags: np.ndarray) -> list[float]:
    return [float(number + 1) for number in np.flatnonzero(flags)]


def test_one_cell_falls_under_the_rule(expected: pd.Series) -> None:
    said = numbers(expected["primary freq maxN=2: cells suppressed"])
    assert [float(task().hidden.sum()), *cells_of(task().hidden)] == said[:2]


def test_the_best_pattern_is_the_one_of_the_optimal_method(expected: pd.Series) -> None:
    found = suppress(task(), Limits(gap=0.0))
    said = numbers(expected["after A/female primary: secondary (OPT)"])
    assert [float((found.hidden & ~task().hidden).sum()), *cells_of(found.hidden)] == said
    assert cells_of(found.hidden) == numbers(expected["HYPERCUBE/HITAS/SIMPLEHEURISTIC pattern"])
    assert (~found.hidden).sum() == int(expected["publishable cells"])
    assert found.gap == 0


def test_the_pattern_of_the_other_method_is_safe_and_dearer(expected: pd.Series) -> None:
    hidden = np.isin(np.arange(1, 16), numbers(expected["GAUSS pattern"]))
    assert audit(task().system.published(hidden, task().level)).safe
    assert task().weight[hidden].sum() > task().weight[suppress(task()).hidden].sum()
