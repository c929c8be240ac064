from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from small_tables import at, small_counts

from likvard.disclosure.attack import audit
from likvard.disclosure.decisions import as_text, audit_report, decision_log, loss_report
from likvard.disclosure.suppress import suppress
from likvard.disclosure.system import System
from likvard.disclosure.task import Pattern, Task

INNER = [[3, 20, 30], [30, 40, 50], [10, 8, 60]]


def names(cells: pd.DataFrame) -> pd.Index:
    return pd.Index(cells["row"] + cells["column"])


def test_the_log_says_of_every_figure_why_and_what_it_protects() -> None:
    cells, task = small_counts(INNER, 5)
    rule = pd.Series(np.where(task.hidden, "too_few", ""))
    log = decision_log(task, suppress(task), names(cells), rule).set_index("figure")
    assert log.loc["00"].tolist() == ["hidden", "rests_on_too_few", "too_few", ""]
    assert log.loc["01"].tolist() == ["hidden", "protects_another", "", "00"]
    assert log.loc["22"].tolist() == ["shown", "shown", "", ""]
    assert log["decision"].value_counts().to_dict() == {"shown": 12, "hidden": 4}


def test_what_an_earlier_edition_hid_says_so() -> None:
    cells, task = small_counts(INNER, 5)
    before = at(cells, (0, 1))
    log = decision_log(task, suppress(task), names(cells), pd.Series([""] * len(cells)), before).set_index("figure")
    assert log.loc["01", "why"] == "hidden_before"


def three_cells_two_figures(hidden_for: int) -> pd.DataFrame:
    """The log of two figures that show cells 1 and 2, both hidden for ``hidden_for``; cell 0 stands in no figure."""
    shows = sparse.csr_array(np.array([[0.0, 1, 0], [0, 0, 1]]))
    ones, free = np.ones(3), np.array([-1, -1, -1])
    system = System(sparse.csr_array((0, 3)), 0 * ones, 9 * ones, ones, ones, free, shows)
    task = Task.of(system, ones, 0 * ones, np.zeros(2))
    both = np.ones(2, dtype=bool)
    return decision_log(
        task, Pattern(both, np.full(2, hidden_for)), pd.Index(["one", "other"]), pd.Series(["", ""])
    ).set_index("figure")


@pytest.mark.parametrize(("cell", "figure"), [(0, ""), (1, "one"), (2, "other"), (-1, "")])
def test_a_figure_is_hidden_for_one_that_shows_the_cell_and_for_none_that_does_not(cell: int, figure: str) -> None:
    log = three_cells_two_figures(cell)
    assert log["why"].tolist() == ["protects_another"] * 2
    assert log["protects"].tolist() == [figure] * 2


def test_the_loss_counts_figures_pupils_and_the_gap() -> None:
    _, task = small_counts(INNER, 5)
    report = loss_report(task, suppress(task), pd.Series(task.truth))
    assert (report["figures"], report["hidden_by_rules"], report["hidden_for_others"]) == (16, 1, 3)
    assert report["share_of_figures_hidden"] == pytest.approx(4 / 16)
    # 3 + 20 + 10 + 8 of the 251 pupils, who stand in four sums each
    assert report["share_of_pupils_hidden"] == pytest.approx(41 / (4 * 251))
    assert report["gap"] == pytest.approx(0, abs=1e-9)
    assert report["components"] == {"optimal": 1}


def test_the_report_of_the_attack_has_counts_only() -> None:
    _, task = small_counts(INNER, 5)
    report = audit_report(audit(task.system.published(task.hidden, task.level), task.truth))
    assert report["below_their_level"] == report["of_these_exact"] == report["for_everybody"] == 1


def test_a_report_is_the_same_text_in_whatever_order_it_was_made() -> None:
    for report in ({"of": 1, "gräns": "å"}, {"gräns": "å", "of": 1}):
        assert as_text(report).decode() == '{\n  "gräns": "å",\n  "of": 1\n}\n'


def test_the_gap_of_all_is_a_part_of_all_that_is_lost() -> None:
    _, task = small_counts(INNER, 5)
    pattern = suppress(task)
    (part,) = pattern.parts
    lower = replace(part, bound=part.bound - task.weight[pattern.hidden].sum() / 4)
    assert loss_report(task, replace(pattern, parts=(lower,)))["gap_of_all"] == pytest.approx(0.25)


def test_components_are_counted_by_how_they_were_solved() -> None:
    _, task = small_counts(INNER, 5)
    pattern = suppress(task)
    (part,) = pattern.parts
    three = (part, replace(part, status="within_bound"), replace(part, status="within_bound"))
    assert loss_report(task, replace(pattern, parts=three))["components"] == {"optimal": 1, "within_bound": 2}


def test_where_nobody_is_counted_no_share_of_pupils_is_hidden() -> None:
    _, task = small_counts(INNER, 5)
    assert loss_report(task, suppress(task), pd.Series(0 * task.truth))["share_of_pupils_hidden"] == 0
    nothing = loss_report(task, replace(suppress(task), hidden=np.zeros(16, dtype=bool)))
    assert (nothing["gap_of_all"], nothing["share_of_figures_hidden"]) == (0, 0)


def test_of_no_figure_at_all_no_share_is_hidden() -> None:
    _, task = small_counts(INNER, 5)
    none = np.zeros(0, dtype=bool)
    nothing = replace(task, hidden=none, weight=np.zeros(0))
    report = loss_report(nothing, Pattern(none, np.zeros(0, dtype=int)), pd.Series(dtype=float))
    assert (report["figures"], report["share_of_figures_hidden"], report["share_of_pupils_hidden"]) == (0, 0, 0)
