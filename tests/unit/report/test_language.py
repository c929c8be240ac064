"""Numbers, texts and names in the two languages of the reports."""

import ast
import io
import json
from pathlib import Path

import pytest

import likvard
from likvard.language import Language
from likvard.language.extract import extract_notebook, translated_markdown

SV, EN = Language("sv"), Language("en")
NARROW = "\u202f"


def test_an_unknown_language_is_refused_with_the_list_of_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'fi'.*en, sv"):
        Language("fi")


def test_swedish_numbers_have_a_decimal_comma_narrow_spaces_and_a_real_minus() -> None:
    assert SV.number(-1234.56, 1) == f"−1{NARROW}234,6"
    assert EN.number(-1234.56, 1) == "−1,234.6"


def test_a_half_is_rounded_away_from_zero_as_people_do() -> None:
    assert [EN.number(value) for value in (0.5, 1.5, 2.5, -2.5)] == ["1", "2", "3", "−3"]
    assert SV.percent(0.145) == f"15{NARROW}%"


def test_a_number_that_rounds_to_zero_has_no_sign() -> None:
    assert EN.number(-0.04, 1) == "0.0"
    assert EN.signed(0.04, 1) == "0.0"


def test_a_signed_number_shows_its_direction() -> None:
    assert [SV.signed(value, 1) for value in (2.0, -2.0)] == ["+2,0", "−2,0"]


def test_per_cent_is_written_as_each_language_does() -> None:
    assert SV.percent(0.26) == f"26{NARROW}%"
    assert EN.percent(0.26) == "26%"


def test_an_interval_has_a_dash_unless_that_would_look_like_a_minus() -> None:
    assert SV.interval(12, 15) == "12–15"
    assert SV.interval(-3, 2) == "−3 till 2"
    assert EN.percent_interval(0.21, 0.31) == "21–31%"


def test_a_gap_between_shares_is_in_percentage_points() -> None:
    assert SV.percentage_points(-0.12) == "−12 procentenheter"


def test_a_text_without_translation_stays_english() -> None:
    assert SV.text("This sentence is not in the catalogue of {name}.", name="Åsö") == (
        "This sentence is not in the catalogue of Åsö."
    )


def test_braces_in_a_value_are_not_filled_in() -> None:
    assert SV.text("Source: {source}", source="{0.__class__}") == "Källa: {0.__class__}"


def test_names_are_sorted_by_number_and_by_the_swedish_alphabet() -> None:
    names = ["School 63", "Österskolan", "School 9", "Äppelskolan", "Åsö", "Zetaskolan"]
    assert sorted(names, key=SV.sort_key) == [
        "School 9",
        "School 63",
        "Zetaskolan",
        "Åsö",
        "Äppelskolan",
        "Österskolan",
    ]


def test_markdown_is_translated_block_by_block_and_keeps_its_marks() -> None:
    known = {"Results": "Resultat", "one long paragraph": "ett långt stycke", "first": "första"}
    source = "## Results\n\none long\nparagraph\n\n- first\n- second"
    assert translated_markdown(source, lambda text: known.get(text, text)) == (
        "## Resultat\n\nett långt stycke\n\n- första\n- second"
    )


def test_the_catalogue_finds_the_blocks_of_a_notebook_and_none_of_its_code() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["## Results\n", "\n", "A paragraph."]},
        {"cell_type": "code", "source": ["secret()"]},
    ]
    found = extract_notebook(io.BytesIO(json.dumps({"cells": cells}).encode()), (), (), {})
    assert [message for _, _, message, _ in found] == ["Results", "A paragraph."]


def test_every_text_of_the_form_is_translated() -> None:
    folder = Path(likvard.__path__[0]) / "report"
    texts = [
        node.args[0].value
        for module in sorted(folder.glob("*.py"))
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func).endswith("language.text")
        and isinstance(node.args[0], ast.Constant)
    ]
    same_in_both = {"Data"}
    assert texts
    assert [text for text in texts if SV.text(text) == text and text not in same_in_both] == []
