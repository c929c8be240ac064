"""Code lists with good, fixable and ignored codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from likvard.contracts.codes import read_codes
from likvard.errors import ContractError

HEADER = "code,title_en,title_sv,report_group,kind,replacement\n"


def listed(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "subject.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_a_list_without_kinds_has_good_codes_only(tmp_path: Path) -> None:
    codes = read_codes(listed(tmp_path, "SV,Swedish,Svenska,SV", header="code,title_en,title_sv,report_group\n"))
    assert (codes.codes, codes.replacement, codes.ignored) == (("SV",), {}, frozenset())


def test_a_fixable_code_names_its_replacement_and_an_ignored_code_is_no_code(tmp_path: Path) -> None:
    codes = read_codes(
        listed(tmp_path, "M2,Language,Språk,M2,good,", "MSPR,Old,Äldre,,fixable,M2", "XX,None,Ingen,,ignored,")
    )
    assert codes.codes == ("M2",)
    assert codes.replacement == {"MSPR": "M2"}
    assert codes.ignored == {"XX"}
    assert codes.accepted == ("M2", "MSPR", "XX")


def test_unknown_is_a_group_that_whoever_counts_adds_once(tmp_path: Path) -> None:
    codes = read_codes(listed(tmp_path, "yes,Yes,Ja,yes,good,", "unknown,Not known,Okänt,unknown,good,"))
    assert codes.codes == ("yes", "unknown")
    assert codes.report_groups == ("yes",)
    assert codes.report_group["unknown"] == "unknown"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("A,a,a,A,odd,", "the kind 'odd' is not good, fixable or ignored"),
        ("A,a,a,,fixable,B", "'A' is to be read as 'B', which is not a good code"),
        ("SV,Again,Igen,SV,good,", "the code 'SV' stands twice"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(tmp_path: Path, row: str, problem: str) -> None:
    with pytest.raises(ContractError) as stopped:
        read_codes(listed(tmp_path, "SV,Swedish,Svenska,SV,good,", row))
    assert problem in stopped.value.problems
