"""A delivery with a slip of the machine in it is refused, quarantined or read identically, never differently without a word."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from inbox import Files, good, read, write

from likvard.intake.run import Outcome
from likvard.workspace import Workspace

# What machines put in, take away and mix up: separators, quotation marks, line ends, and characters that nobody sees.
SLIPS = [
    *(";", ",", "\t", "|", '"', "'", "\n", "\r", "\r\n", " ", "\0", "\x1a", "\x0b", "\x85", "."),
    *(
        "\N{NO-BREAK SPACE}",
        "\N{ZERO WIDTH SPACE}",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\N{SOFT HYPHEN}",
        "\ufeff",
        "\u2028",
    ),
    *(
        "\N{COMBINING ACUTE ACCENT}",
        "\N{FULLWIDTH DIGIT ONE}",
        "\N{ARABIC-INDIC DIGIT TWO}",
        "\N{MINUS SIGN}",
        "�",
        "Ã¥",
        "%",
    ),
    *("e", "E+", "-", "+", "~", "*", "=", "/", "x", "Å"),
]
STRUCTURE = ";\n"
ENCODINGS = ["cp1252", "utf-16", "utf-16-le", "utf-8-sig", "mac_roman", "cp850", "latin-1", "utf-32"]
FREE = {"Skolenhet", "Huvudman", "Område", "Ord"}
NAMES = ["elever.csv", "skolor.csv", "moten.csv", "betyg.csv", "franvaro.csv", "slut.csv"]


def inserted(content: bytes, where: float, slip: str) -> bytes:
    text = content.decode()
    place = int(where * len(text))
    return (text[:place] + slip + text[place:]).encode()


def lost(content: bytes, where: float, slip: str) -> bytes:
    """The separator or line end at or after the place is gone."""
    text = content.decode()
    place = next((at for at in range(int(where * len(text)), len(text)) if text[at] in STRUCTURE), len(text) - 1)
    return (text[:place] + text[place + 1 :]).encode()


def cut(content: bytes, where: float, slip: str) -> bytes:
    return content[: int(where * len(content))]


def another_encoding(content: bytes, where: float, slip: str) -> bytes:
    return content.decode().encode(ENCODINGS[int(where * (len(ENCODINGS) - 1))], errors="replace")


def twice_encoded(content: bytes, where: float, slip: str) -> bytes:
    return content.decode("latin-1").encode()


def decomposed(content: bytes, where: float, slip: str) -> bytes:
    return unicodedata.normalize("NFD", content.decode()).encode()


def flipped(content: bytes, where: float, slip: str) -> bytes:
    """A bit that no text has is set."""
    place = int(where * (len(content) - 1))
    return content[:place] + bytes([content[place] | 0x80]) + content[place + 1 :]


def line_again(content: bytes, where: float, slip: str) -> bytes:
    lines = content.splitlines(keepends=True)
    place = int(where * (len(lines) - 1))
    return b"".join([*lines[: place + 1], lines[place], *lines[place + 1 :]])


def all_separators(content: bytes, where: float, slip: str) -> bytes:
    return content.replace(b";", slip.encode())


def all_line_ends(content: bytes, where: float, slip: str) -> bytes:
    return content.replace(b"\n", slip.encode())


SLIPPED: list[Callable[[bytes, float, str], bytes]] = [
    *(inserted, inserted, inserted, lost, cut, another_encoding, twice_encoded, decomposed, flipped, line_again),
    *(all_separators, all_line_ends),
]


class Good(dict[str, Outcome]):
    """Outcomes by file, too long to be printed."""

    def __repr__(self) -> str:
        return "the outcomes of the good files"


def cells(outcome: Outcome, name: str) -> dict[str, list[str]] | None:
    """What entered of the only file."""
    taken = next(iter(outcome.tables.values()), None)
    return None if taken is None else {column: one.cells() for column, one in taken.rows.columns.items()}


def same(entered: dict[str, list[str]], whole: dict[str, list[str]] | None, slip: str) -> bool:
    """Whether the cells are the same; a name may hold a sign that anybody can see, and is then the sender's word."""
    differing = {name for name, one in entered.items() if whole is None or one != whole[name]}
    return not differing or (differing <= FREE and slip.isprintable())


def words(outcome: Outcome, name: str) -> set[str]:
    """What was said about the file."""
    return {one.code for findings in outcome.findings if findings.file == name for one in findings.found}


def alone(folder: Path, name: str, content: bytes) -> Path:
    """A delivery of this one file; Hypothesis uses the same folder for all its examples."""
    shutil.rmtree(folder / "inbox", ignore_errors=True)
    return write(folder / "inbox", {name: content})


@pytest.fixture(scope="session")
def as_it_should_be(earlier_workspace: Workspace, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Good:
    """What comes of each file alone, without a slip."""
    folder = tmp_path_factory.mktemp("good")
    whole: Files = good()
    return Good({name: read(earlier_workspace, write(folder / name, {name: whole[name]}), key) for name in NAMES})


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(NAMES), st.sampled_from(SLIPPED), st.floats(0, 1), st.sampled_from(SLIPS))
@example("skolor.csv", inserted, 0.5, "\n")
def test_a_slip_is_never_read_differently_without_a_finding(
    as_it_should_be: Good,
    earlier_workspace: Workspace,
    key: Path,
    tmp_path: Path,
    name: str,
    slipped: Callable[[bytes, float, str], bytes],
    where: float,
    slip: str,
) -> None:
    place = alone(tmp_path, name, slipped(good()[name], where, slip))
    outcome = read(earlier_workspace, place, key)
    entered = cells(outcome, name)
    said = words(outcome, name) - words(as_it_should_be[name], name)
    assert entered is None or said or same(entered, cells(as_it_should_be[name], name), slip)
    assert entered is not None or said


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 1), st.integers(0, 255), st.booleans())
def test_a_workbook_with_a_broken_byte_is_refused_or_read_identically(
    earlier_workspace: Workspace, key: Path, tmp_path: Path, where: float, byte: int, is_cut: bool
) -> None:
    content = good()["personal.xlsx"]
    place = int(where * (len(content) - 1))
    broken = content[:place] if is_cut else content[:place] + bytes([byte]) + content[place + 1 :]
    whole = read(earlier_workspace, alone(tmp_path, "personal.xlsx", content), key)
    outcome = read(earlier_workspace, alone(tmp_path, "personal.xlsx", broken), key)
    entered = cells(outcome, "personal.xlsx")
    assert entered == cells(whole, "personal.xlsx") or (entered is None and words(outcome, "personal.xlsx"))
