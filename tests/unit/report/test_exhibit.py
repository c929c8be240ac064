"""Single exhibits: what they refuse, what they escape, what they carry."""

import json

import pytest

from likvard.report.exhibit import MIME_TYPE, Cell, Definitions, Exhibit, Facts, Prose, Table

HOSTILE = '<script>alert("{{ 7*7 }}")</script>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" width="1" height="1"></svg>'
ALT = "Reading is lower for pupils with free lunch than for other pupils."


def exhibit(text: str = "x", svg: str | None = SVG) -> Exhibit:
    table = Table((text, text), ((Cell(text), Cell(text, "shown", text)),), text)
    return Exhibit("levels", text, text, text, ALT + text, text, table, svg)


@pytest.mark.parametrize(
    "part",
    [
        exhibit(HOSTILE),
        exhibit(HOSTILE, svg=None),
        Facts("facts", ((HOSTILE, HOSTILE, HOSTILE),)),
        Prose((HOSTILE,)),
        Definitions("terms", ((HOSTILE, HOSTILE),)),
    ],
)
def test_a_hostile_name_is_text_in_every_part(part: Exhibit | Facts | Prose | Definitions) -> None:
    html = part._repr_mimebundle_()["text/html"]
    assert "<script" not in html
    assert "&lt;script&gt;alert(&quot;{{ 7*7 }}&quot;)&lt;/script&gt;" in html


def test_a_hostile_name_cannot_leave_an_attribute() -> None:
    html = exhibit('" onload="alert(1)')._repr_mimebundle_()["text/html"]
    assert ' onload="' not in html


def test_a_part_carries_everything_as_plain_json() -> None:
    payload = exhibit()._repr_mimebundle_()[MIME_TYPE]
    assert payload["kind"] == "exhibit"
    assert json.loads(json.dumps(payload))["table"]["rows"][0][1] == {
        "text": "x",
        "status": "shown",
        "figure_id": "x",
    }


def test_a_figure_leads_from_its_cell_to_its_trace() -> None:
    assert '<td data-status="shown" data-figure="x">x</td>' in exhibit()._repr_mimebundle_()["text/html"]


def test_a_hidden_cell_says_why_and_is_never_zero() -> None:
    assert Cell("too few", "too_few").text == "too few"
    for text in ("0", "", " "):
        with pytest.raises(ValueError, match="says why in words"):
            Cell(text, "too_few")


def test_an_unknown_status_is_refused_with_the_list_of_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'hidden'.*too_few"):
        Cell("x", "hidden")


def test_a_chart_without_a_telling_alt_text_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 40"):
        Exhibit("levels", "t", "q", "c", "Chart", "s", Table(("a",), (), "c"), SVG)


def test_a_row_of_another_length_than_the_head_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rows \[2\] do not have 2 cells"):
        Table(("a", "b"), ((Cell("1"), Cell("2")), (Cell("3"),)), "c")


def test_an_id_that_is_not_a_plain_word_is_refused() -> None:
    with pytest.raises(ValueError, match="lower-case"):
        Facts('x" y', ())
