"""The worked numbers in the documentation are those that the code gives."""

import doctest
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "indicators.md"


def test_every_worked_number_in_the_documentation_is_computed():
    text = DOCUMENT.read_text(encoding="utf-8").replace("```", "")
    example = doctest.DocTestParser().get_doctest(text, {}, "indicators.md", str(DOCUMENT), 0)
    result = doctest.DocTestRunner(verbose=False).run(example)
    assert result.attempted > 40
    assert result.failed == 0
