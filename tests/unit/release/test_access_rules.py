"""What access.yaml gives, and all that it cannot give: what it does not say is not given."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from pathlib import Path

import pandas as pd
import pyrage
import pytest
import yaml
from pydantic import ValidationError

from likvard.errors import AccessError
from likvard.release.access import grants, read_access
from likvard.report.released import Released

KEY = str(pyrage.x25519.Identity.generate().to_public())
ROLES = {
    "principal": ["school", "overview"],
    "teacher": ["school"],
    "area_lead": ["schools_of", "overview"],
    "social_services": ["area"],
    "education_director": ["school", "area", "schools_of", "overview"],
}
PRINCIPAL = {"role": "principal", "school": ["01"], "format": "age", "key": KEY}


@pytest.fixture
def released(tmp_path: Path) -> Released:
    """Area 11 with the schools 01 and 02, area 12 with 03 and with 04, which has left."""
    units = [("all", "all", "", True), ("area", "11", "", True), ("area", "12", "", True)]
    units += [
        ("school", "01", "11", True),
        ("school", "02", "11", True),
        ("school", "03", "12", True),
        ("school", "04", "12", False),
    ]
    frame = pd.DataFrame(units, columns=["unit_kind", "unit_id", "area_id", "in_edition"])
    frame.assign(name=frame["unit_id"]).to_parquet(tmp_path / "units.parquet")
    for name in ("figures.parquet", "edition.json"):
        (tmp_path / name).touch()
    return Released(tmp_path)


def given(
    tmp_path: Path, released: Released, roles: dict[str, list[str]] = ROLES, **recipients: object
) -> dict[str, tuple[tuple[str, str], ...]]:
    path = tmp_path / "access.yaml"
    path.write_text(yaml.safe_dump({"roles": roles, "recipients": recipients}), encoding="utf-8")
    return {one.name: one.reports for one in grants(path, released)}


def refused(tmp_path: Path, released: Released, roles: dict[str, list[str]] = ROLES, **recipients: object) -> list[str]:
    with pytest.raises(AccessError) as stopped:
        given(tmp_path, released, roles, **recipients)
    return list(stopped.value.problems)


def test_a_principal_receives_her_own_school_and_nothing_else(tmp_path: Path, released: Released) -> None:
    assert given(tmp_path, released, anna=PRINCIPAL) == {"anna": (("school", "01"),)}


def test_the_lead_of_an_area_receives_it_with_its_schools_of_the_edition(tmp_path: Path, released: Released) -> None:
    lead = {"role": "area_lead", "schools_of": ["12"], "overview": True, "format": "pdf"}
    assert given(tmp_path, released, bo=lead) == {"bo": (("overview", "all"), ("area", "12"), ("school", "03"))}


def test_who_may_see_an_area_does_not_receive_its_schools(tmp_path: Path, released: Released) -> None:
    assert given(tmp_path, released, cy={"role": "social_services", "area": ["11"], "format": "pdf"}) == {
        "cy": (("area", "11"),)
    }


def test_a_report_that_two_scopes_give_is_given_once(tmp_path: Path, released: Released) -> None:
    both = {"role": "education_director", "area": ["11"], "schools_of": ["11"], "school": ["02"], "format": "pdf"}
    assert given(tmp_path, released, di=both) == {"di": (("area", "11"), ("school", "02"), ("school", "01"))}


def test_recipients_come_in_the_order_of_their_names(tmp_path: Path, released: Released) -> None:
    assert list(given(tmp_path, released, b=PRINCIPAL, a=PRINCIPAL)) == ["a", "b"]


def test_a_scope_that_the_role_may_not_have_is_refused(tmp_path: Path, released: Released) -> None:
    lines = refused(tmp_path, released, anna=PRINCIPAL | {"schools_of": ["11"]})
    assert lines == ["anna: the role principal may not have schools_of (it may have: school, overview)"]


@pytest.mark.parametrize("scope", ["school", "area", "schools_of", "overview"])
def test_a_role_that_the_file_does_not_name_may_have_nothing(tmp_path: Path, released: Released, scope: str) -> None:
    wanted = {"school": ["01"], "area": ["11"], "schools_of": ["11"], "overview": True}[scope]
    lines = refused(tmp_path, released, anna={"role": "public", scope: wanted, "format": "pdf"})
    assert lines == [f"anna: the role public may not have {scope} (it may have: nothing)"]


@pytest.mark.parametrize(
    ("scope", "unit", "kind"), [("school", "10", "school"), ("area", "21", "area"), ("schools_of", "21", "area")]
)
def test_an_unknown_unit_is_refused(tmp_path: Path, released: Released, scope: str, unit: str, kind: str) -> None:
    (line,) = refused(tmp_path, released, di={"role": "education_director", scope: [unit], "format": "pdf"})
    assert line.startswith(f"di: the {kind} {unit!r} is not known")


def test_a_school_that_has_left_the_edition_is_refused(tmp_path: Path, released: Released) -> None:
    (line,) = refused(tmp_path, released, anna=PRINCIPAL | {"school": ["04"]})
    assert "the school '04' is not known" in line


def test_a_principal_has_one_school(tmp_path: Path, released: Released) -> None:
    (line,) = refused(tmp_path, released, anna=PRINCIPAL | {"school": ["01", "02"]})
    assert line == "anna: a principal has one school of her own; name her once for each"
    assert given(tmp_path, released, t={"role": "teacher", "school": ["01", "02"], "format": "pdf"})["t"] != ()


def test_only_principals_have_one_school_and_they_need_not_have_one(tmp_path: Path, released: Released) -> None:
    director = {"role": "education_director", "school": ["01", "02"], "format": "pdf"}
    head = {"role": "principal", "overview": True, "format": "pdf"}
    assert given(tmp_path, released, di=director, head=head) == {
        "di": (("school", "01"), ("school", "02")),
        "head": (("overview", "all"),),
    }


def test_who_has_no_scope_is_told(tmp_path: Path, released: Released) -> None:
    assert refused(tmp_path, released, anna={"role": "teacher", "format": "pdf"}) == [
        "anna: has no scope, so there is nothing to receive"
    ]


@pytest.mark.parametrize(
    "key", ["", "age1nonsense", KEY[:-1] + ("q" if KEY[-1] != "q" else "p")], ids=["none", "nonsense", "mistyped"]
)
def test_the_format_age_needs_a_key_that_is_one(tmp_path: Path, released: Released, key: str) -> None:
    (line,) = refused(tmp_path, released, anna=PRINCIPAL | {"key": key})
    assert line == "anna: the format age needs her public key, which begins with age1"


def test_a_key_beside_the_format_pdf_is_refused_as_it_would_not_be_used(tmp_path: Path, released: Released) -> None:
    (line,) = refused(tmp_path, released, anna=PRINCIPAL | {"format": "pdf"})
    assert line == "anna: a key is for the format age, and the format is pdf"


def test_everything_wrong_is_told_at_once_and_nobody_is_given_anything(tmp_path: Path, released: Released) -> None:
    lines = refused(
        tmp_path, released, a=PRINCIPAL, b=PRINCIPAL | {"school": ["99"]}, c={"role": "teacher", "format": "pdf"}
    )
    assert [line[0] for line in lines] == ["b", "c"]


@pytest.mark.parametrize(
    ("content", "count"),
    [
        ({"roles": {}, "recipients": {}}, 1),
        ({"roles": {"mayor": ["school"]}, "recipients": {"a": PRINCIPAL}}, 1),
        ({"roles": {"principal": ["town"]}, "recipients": {"a": PRINCIPAL}}, 1),
        ({"roles": {}, "recipients": {"a": PRINCIPAL | {"format": "zip", "shcool": ["01"]}}}, 2),
        ({"roles": {}, "recipients": {"a": PRINCIPAL | {"school": [1]}}, "more": 1}, 2),
        ([], 1),
        (None, 1),
    ],
)
def test_what_is_not_well_formed_is_told_at_once(tmp_path: Path, content: object, count: int) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(AccessError, match="not well-formed") as stopped:
        read_access(path)
    assert len(stopped.value.problems) == count


def test_a_file_that_is_no_yaml_or_not_there_gives_nobody_anything(tmp_path: Path) -> None:
    path = tmp_path / "access.yaml"
    with pytest.raises(AccessError, match="nobody receives anything"):
        read_access(path)
    path.write_text("roles: [", encoding="utf-8")
    with pytest.raises(AccessError, match="cannot be read"):
        read_access(path)


def test_what_was_granted_cannot_be_widened_afterwards(tmp_path: Path, released: Released) -> None:
    path = tmp_path / "access.yaml"
    path.write_text(yaml.safe_dump({"roles": ROLES, "recipients": {"anna": PRINCIPAL}}), encoding="utf-8")
    (grant,) = grants(path, released)
    with pytest.raises(FrozenInstanceError):
        grant.reports = (("school", "02"),)  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        grant.recipient.school = ("02",)
