"""Grade scales are data: a new one is a new file and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from likvard.errors import ContractError
from likvard.rules import eligibility, merit, read_scales, scale_of

CONTRACTS = Path(__file__).parents[3] / "data/contracts"


def test_the_proposed_scale_of_ten_steps_works_without_a_change_of_code() -> None:
    scale = read_scales(CONTRACTS)["one_to_ten_proposal"]
    grades = pd.DataFrame(
        {
            "pupil_id": ["above", "above", "below", "below", "none"],
            "subject": ["MA", "M2", "MA", "SV", "MA"],
            "grade_mark": ["10", "4", "4", "3", "–"],
        }
    )
    assert merit(grades, scale)["merit_value"].tolist()[:2] == [14.0, 7.0]
    assert eligibility(grades, scale)["eligible_national"].tolist() == [True, False, False]
    assert scale.most == (160.0, 170.0)


def test_a_mean_of_exactly_four_is_eligible_on_the_proposed_scale() -> None:
    scale = read_scales(CONTRACTS)["one_to_ten_proposal"]
    grades = pd.DataFrame({"pupil_id": ["p", "p"], "subject": ["MA", "SV"], "grade_mark": ["1", "7"]})
    assert eligibility(grades, scale)["eligible_national"].item()


def test_a_proposed_scale_is_never_chosen_for_a_term() -> None:
    scales = read_scales(CONTRACTS)
    assert scale_of("2026T1", scales).id == scale_of("2030T1", scales).id == "a_f"


def test_there_is_no_scale_before_the_first() -> None:
    with pytest.raises(ContractError, match="No grade scale is in force in the term 2011T1"):
        scale_of("2011T1", read_scales(CONTRACTS))


def decided(folder: Path, last_term_of_letters: str | None) -> Path:
    """The contracts as they will be when the new scale is decided: two edits of data files."""
    shutil.copytree(CONTRACTS / "grade_scales", folder / "grade_scales")
    proposal, letters = folder / "grade_scales/one_to_ten_proposal.yaml", folder / "grade_scales/a_f.yaml"
    proposal.write_text(
        proposal.read_text(encoding="utf-8").replace("status: proposed", "status: in_force"), encoding="utf-8"
    )
    if last_term_of_letters:
        content = letters.read_text(encoding="utf-8").replace("last: null", f"last: {last_term_of_letters}")
        letters.write_text(content, encoding="utf-8")
    return folder


def test_when_the_proposal_is_decided_each_term_has_its_own_scale(tmp_path: Path) -> None:
    scales = read_scales(decided(tmp_path, "2028T1"))
    assert [scale_of(term, scales).id for term in ("2028T1", "2028T2")] == ["a_f", "one_to_ten_proposal"]


def test_two_scales_in_force_at_once_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="in force at once"):
        read_scales(decided(tmp_path, None))
