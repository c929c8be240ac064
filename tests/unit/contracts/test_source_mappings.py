"""A source mapping says what one sender delivers of the contracts, and what it does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from likvard.contracts import read_delivered, read_source, read_tables
from likvard.errors import ContractError

CONTRACTS = Path(__file__).parents[3] / "data/contracts"


def mended(folder: Path, source: str, *changes: tuple[str, str]) -> Path:
    """A copy of the contracts with changes in one mapping."""
    copied = shutil.copytree(CONTRACTS, folder / "contracts")
    path = copied / "sources" / f"{source}.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return copied


def problems(contracts: Path, source: str) -> tuple[str, ...]:
    with pytest.raises(ContractError) as stopped:
        read_source(contracts, source, read_tables(contracts))
    return stopped.value.problems


def test_each_sender_has_the_contracts_of_what_it_delivers() -> None:
    star, municipality = (read_delivered(CONTRACTS, name) for name in ("star", "exempelkommun"))
    assert sorted(star.delivered) == ["areas", "pupils", "schools", "teachers"]
    assert len(municipality.delivered) == 15
    assert "ethnicity" in star["pupils"].fields
    assert "ethnicity" not in municipality["pupils"].fields
    assert "protected_identity" in municipality["pupils"].fields


def test_a_sender_narrows_patterns_and_demands_more() -> None:
    star, municipality = (read_delivered(CONTRACTS, name)["schools"] for name in ("star", "exempelkommun"))
    assert star.fields["school_id"].constraints.pattern == "[0-9]{2}"
    assert municipality.fields["school_id"].constraints.pattern == "[0-9]{8}"
    assert star.fields["locality"].constraints.required
    assert not read_tables(CONTRACTS)["schools"].fields["locality"].constraints.required


def test_links_to_tables_that_are_not_delivered_are_not_asked_for() -> None:
    star, municipality = (read_delivered(CONTRACTS, name)["pupils"] for name in ("star", "exempelkommun"))
    assert [key.reference.resource for key in star.foreign_keys] == ["schools", "teachers"]
    assert [key.reference.resource for key in municipality.foreign_keys] == ["schools", "areas"]


def test_a_field_is_mapped_or_said_not_to_be_delivered(tmp_path: Path) -> None:
    contracts = mended(tmp_path, "star", ("not_delivered: [area_kind, area_type]", "not_delivered: [area_kind]"))
    assert problems(contracts, "star") == (
        "areas: the field 'area_type' has no column and is not named in not_delivered",
    )


def test_a_required_field_cannot_be_left_undelivered(tmp_path: Path) -> None:
    contracts = mended(
        tmp_path,
        "star",
        ("not_delivered: [area_kind, area_type]", "not_delivered: [area_kind, area_type, area_name]"),
        ("      area_name: {column: name}\n", ""),
    )
    assert problems(contracts, "star") == (
        "areas: the field 'area_name' is required, so it cannot be left undelivered",
    )


def test_an_identified_delivery_must_have_the_flag_for_protected_identity(tmp_path: Path) -> None:
    contracts = mended(tmp_path, "star", ("source: star", "source: star\nidentified: true"))
    assert problems(contracts, "star") == (
        "pupils: the field 'protected_identity' is required, so it cannot be left undelivered",
    )


def test_a_mapping_may_lead_to_fixable_and_ignored_codes_but_to_no_other(tmp_path: Path) -> None:
    contracts = mended(tmp_path, "exempelkommun", ("MSPR: MSPR", "MSPR: MSPRAK"))
    assert problems(contracts, "exempelkommun") == (
        "grades.subject: the code 'MSPRAK' is not known – did you mean 'MSPR'?",
    )
