"""The quick search and the thorough one, on a table where they differ: which pattern is taken, and which is not."""

import subprocess
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from small_town import INTERNAL, SCHOOLS

from likvard.disclosure.chosen import by_general_search, cheaper, nothing_said, safe_by, searches_of
from likvard.disclosure.kept import as_bytes, question_of, read_kept
from likvard.disclosure.quantities import Quantities, quantities
from likvard.disclosure.release import Safe, as_it_stands, attacked, safe_by_swaps, without_changes
from likvard.disclosure.suppress import suppress
from likvard.disclosure.task import GENERAL, NOT_PROTECTED, SWAPS, Pattern, Task
from small_registry import REGISTRY

# Pupils with paid and with free lunch at three schools of one area; how many there are in all is shown everywhere.
LUNCH = pd.DataFrame({"paid": [12, 19, 7], "free": [2, 2, 17]}, index=["A", "B", "C"])
HOMES = pd.DataFrame({"school_id": list(LUNCH.index), "area_id": "1", "period": "Y1"})
QUICK = {f"{unit} {lunch}" for unit in ("A", "B", "C", "1") for lunch in ("paid", "free")}
THOROUGH = {f"{unit} {lunch}" for unit in ("A", "B", "1") for lunch in ("paid", "free")}


@pytest.fixture(scope="module")
def levels() -> pd.DataFrame:
    whole = LUNCH.assign(all=LUNCH.sum(axis=1))
    whole.loc["1"] = whole.sum()
    rows = whole.rename_axis("unit_id").reset_index().melt("unit_id", var_name="group", value_name="n")
    rows = rows.assign(n=rows["n"].astype(float), numerator=rows["n"].astype(float), indicator="pupils", period="Y1")
    rows = rows.assign(unit_kind=np.where(rows["unit_id"].eq("1"), "area", "school"), measure="level", reference="")
    return rows.assign(group_by=rows["group"].where(rows["group"].eq("all"), "lunch"))


@pytest.fixture(scope="module")
def lunch(levels: pd.DataFrame) -> Quantities:
    return quantities(levels, REGISTRY, HOMES, INTERNAL)


@pytest.fixture(scope="module")
def task(levels: pd.DataFrame, lunch: Quantities) -> Task:
    """The two schools with two pupils each must not be known to have fewer than five."""
    few = levels.loc[lunch.figures, "n"].lt(5).to_numpy()
    assert few.sum() == 2
    return lunch.task(few, np.zeros_like(few), INTERNAL)


@pytest.fixture(scope="module")
def quick(lunch: Quantities, task: Task) -> Safe:
    return safe_by((SWAPS,), lunch, task, 5)


def names(levels: pd.DataFrame, lunch: Quantities, hidden: np.ndarray) -> set[str]:
    rows = levels.loc[lunch.figures[hidden]]
    return set(rows["unit_id"] + " " + rows["group"])


def which(levels: pd.DataFrame, lunch: Quantities, wanted: set[str]) -> np.ndarray:
    rows = levels.loc[lunch.figures]
    return (rows["unit_id"] + " " + rows["group"]).isin(wanted).to_numpy()


def test_the_thorough_search_hides_less_and_both_are_safe(levels, lunch, task, quick) -> None:
    """C alone can show its groups where the area does not: what A and B have together is then not known to A or B."""
    thorough = safe_by((SWAPS, GENERAL), lunch, task, 5)
    assert names(levels, lunch, quick.pattern.hidden) == QUICK
    assert names(levels, lunch, thorough.pattern.hidden) == THOROUGH
    assert task.loss(thorough.pattern.hidden) < task.loss(quick.pattern.hidden)
    assert quick.audit.safe
    assert thorough.audit.safe
    assert (quick.proposal.search, thorough.proposal.search) == (SWAPS, GENERAL)


def test_only_the_general_search_says_how_far_it_is_from_the_best(lunch, task, quick) -> None:
    general = by_general_search(task).pattern
    assert not quick.pattern.bounded
    assert general.bounded
    assert general.gap == pytest.approx(0)


def test_a_cheaper_pattern_that_the_attack_breaks_is_not_taken(levels, lunch, task, quick) -> None:
    """Where the area and C show theirs, A and B have 21 − 17 = 4 with free lunch together, and A knows her own."""
    hidden = which(levels, lunch, THOROUGH - {"1 paid", "1 free"})
    broken = without_changes(task, Pattern(hidden, quick.pattern.protects))
    assert task.loss(hidden) < task.loss(quick.pattern.hidden)
    assert not attacked(task, hidden).safe
    assert cheaper(lunch, task, 5, quick, broken) is quick


def test_a_pattern_that_is_not_protected_is_not_taken_however_cheap(lunch, task, quick) -> None:
    found = by_general_search(task)
    parts = (replace(found.pattern.parts[0], status=NOT_PROTECTED),)
    assert cheaper(lunch, task, 5, quick, found).proposal.search == GENERAL
    assert cheaper(lunch, task, 5, quick, replace(found, pattern=replace(found.pattern, parts=parts))) is quick


def test_a_pattern_that_hides_less_than_the_rules_or_what_is_out_is_not_taken(levels, lunch, task, quick) -> None:
    found = by_general_search(task)
    too_little = replace(found, pattern=replace(found.pattern, hidden=np.zeros_like(task.hidden)))
    assert cheaper(lunch, task, 5, quick, too_little) is quick
    out = replace(task, known=which(levels, lunch, {"1 free"}))
    assert cheaper(lunch, out, 5, quick, found) is quick


def test_a_dearer_pattern_is_not_taken_and_of_equal_ones_the_one_with_a_gap(lunch, task, quick) -> None:
    other = replace(quick.proposal, search=GENERAL)
    everything = replace(other, pattern=replace(other.pattern, hidden=np.ones_like(task.hidden)))
    assert cheaper(lunch, task, 5, quick, other).proposal.search == GENERAL
    assert cheaper(lunch, task, 5, quick, everything) is quick


def test_two_searches_find_the_same_bytes(lunch, task) -> None:
    question = question_of(lunch, task, 5, (SWAPS, GENERAL))
    first, second = (as_bytes(question, by_general_search(task)) for _ in range(2))
    assert first == second


def test_the_clock_does_not_end_the_search(task) -> None:
    assert not any(part.stopped for part in by_general_search(task).pattern.parts)
    assert suppress(task).loss == by_general_search(task).pattern.loss


def test_what_a_solver_writes_past_python_is_not_said_and_the_rest_is(capfd) -> None:
    with nothing_said():
        subprocess.run(["echo", "a note to the solver's makers"], check=True)
    subprocess.run(["echo", "what is for the coordinator"], check=True)
    assert capfd.readouterr().out == "what is for the coordinator\n"


def test_which_searches_are_asked_is_part_of_the_question(lunch, task) -> None:
    questions = {question_of(lunch, task, 5, searches_of(lunch, choice)) for choice in ("quick", "thorough")}
    assert len(questions) == 2


def test_what_was_kept_says_which_search_found_it(lunch, task) -> None:
    question = question_of(lunch, task, 5, (SWAPS, GENERAL))
    kept = read_kept(as_bytes(question, by_general_search(task)), question)
    assert kept is not None
    assert kept.search == GENERAL
    again = safe_by((SWAPS, GENERAL), lunch, task, 5, kept)
    assert again.proposal is kept


def test_tables_hidden_alike_are_left_to_the_quick_search(record, found) -> None:
    # One of school A's pupils was not tested, so that those tested are a table of their own.
    tested = record["indicator"].isin(["score", "passed"]) & record["unit_id"].eq("A") & record["group_by"].eq("all")
    two = quantities(record.assign(n=record["n"] - tested.astype(int)), REGISTRY, SCHOOLS, INTERNAL)
    assert (len(found.grids), len(two.grids)) == (1, 2)
    assert searches_of(found, "thorough") == (SWAPS, GENERAL)
    assert searches_of(found, "quick") == searches_of(two, "thorough") == searches_of(two, "quick") == (SWAPS,)


def test_a_proposal_that_stands_is_the_one_that_was_made(task, quick, lunch) -> None:
    stands = as_it_stands(lunch, task, 5, quick.proposal)
    assert stands is not None
    assert stands.proposal is quick.proposal
    assert safe_by_swaps(lunch, task, 5).pattern.hidden.tolist() == stands.pattern.hidden.tolist()


def test_a_pattern_that_shows_the_same_people_in_another_table_is_not_taken(levels) -> None:
    """All but one of A's pupils with paid lunch were tested: their mean tells nearly that A has 12, which another table hides."""
    n = levels["n"] - (levels["unit_id"].isin(["A", "1"]) & levels["group"].isin(["all", "paid"]))
    both = pd.concat([levels, levels.assign(indicator="score", n=n, numerator=10 * n)], ignore_index=True)
    two = quantities(both, REGISTRY, HOMES, INTERNAL)
    figures = both.loc[two.figures]
    of_scores = figures["indicator"].eq("score").to_numpy()
    few = figures["n"].lt(5).to_numpy() & ~of_scores
    task = two.task(few, np.zeros_like(few), INTERNAL)
    alike = safe_by_swaps(two, task, 5).proposal
    assert alike.pattern.hidden[of_scores].any()
    assert as_it_stands(two, task, 5, alike) is not None
    shown = replace(alike, pattern=replace(alike.pattern, hidden=alike.pattern.hidden & ~of_scores))
    assert attacked(replace(task, level=alike.level), shown.pattern.hidden).safe
    assert as_it_stands(two, task, 5, shown) is None
