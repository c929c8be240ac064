"""What is held back is in no byte of what goes out: canaries in place of hidden values, looked for in every form of a report."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pikepdf
import pytest

from small_workspace import EDITION, likvard

NUMBERS = ("value", "low", "high", "numerator", "denominator", "n", "clusters")
# Seven digits, as no other number of a report has, together or grouped by three.
SEPARATOR = r"(?:[ ,\u00a0\u202f\u2009]|&#?\w+;)?"
CANARY = re.compile(r"(?<![\w.])8" + SEPARATOR + r"3\d\d" + SEPARATOR + r"\d{3}(?!\w)")


def canaries(rows: pd.DataFrame) -> np.ndarray:
    """8,300,000 and more, another for each row and column; none is a pupil's."""
    return 8_300_000.0 + np.arange(len(rows))[:, None] * len(NUMBERS) + np.arange(len(NUMBERS))[None, :]


def with_canaries(root: Path, hidden: list[str]) -> None:
    """Nothing; in the record, what is told of these figures (by id) is canaries. What protects them is computed from the counts, so
    those stay."""
    path = root / "data/indicators/figures.parquet"
    record = pd.read_parquet(path)
    rows = record["figure_id"].isin(hidden)
    told = ["value", "low", "high"]
    record.loc[rows, told] = canaries(record[rows])[:, : len(told)]
    record.to_parquet(path, index=False)


def texts_of(path: Path) -> Iterator[str]:
    """Everything that a file says: its bytes, and what is packed in them."""
    raw = path.read_bytes()
    yield raw.decode("utf-8", "replace")
    yield raw.decode("utf-16-be", "replace")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if path.suffix == ".pdf":
        yield from (
            text
            for stream in streams(raw)
            for text in (stream.decode("latin-1"), stream.decode("utf-16-be", "replace"))
        )
        yield subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True).stdout.decode()
    if path.suffix == ".parquet":
        yield pd.read_parquet(path).to_csv(sep="|")


def streams(raw: bytes) -> Iterator[bytes]:
    """The streams of a PDF, unpacked, and all its objects without the numbers of their places, which are no content."""
    plain = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        pdf.save(plain, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    objects = plain.getvalue().rpartition(b"\nxref\n")[0]
    yield objects
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", objects, flags=re.DOTALL):
        try:
            yield zlib.decompress(found[1])
        except zlib.error:
            yield found[1]


def found_in(path: Path) -> set[str]:
    """The canaries in a file."""
    return {canary for text in texts_of(path) for canary in CANARY.findall(text)}


def what_goes_out(root: Path) -> list[Path]:
    return [
        path for place in ("data/released", "reports") for path in sorted((root / place).rglob("*")) if path.is_file()
    ]


@pytest.fixture(scope="module")
def told_anew(built: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """The small workspace, protected and reported once more from a record where all that is held back is canaries."""
    root = shutil.copytree(built, tmp_path_factory.mktemp("hidden") / "workspace", symlinks=True)
    released = pd.read_parquet(root / "data/released/figures.parquet")
    hidden = released.loc[released["status"].eq("held_back"), "figure_id"].tolist()
    with_canaries(root, hidden)
    for words in (("protect",), ("report", "--force"), ("index",), ("publish",)):
        said = likvard(root, *words)
        assert said.code == 0, said.said
        assert not CANARY.search(said.said)
    return root, hidden


def test_no_hidden_value_is_in_any_byte_that_goes_out(told_anew: tuple[Path, list[str]]) -> None:
    root, hidden = told_anew
    assert len(hidden) > 100
    files = what_goes_out(root)
    assert {path.suffix for path in files} >= {".html", ".pdf", ".xlsx", ".csv", ".json", ".parquet"}
    assert {path.relative_to(root).as_posix(): found for path in files if (found := found_in(path))} == {}


def test_the_same_figures_are_held_back_whatever_their_values(told_anew: tuple[Path, list[str]]) -> None:
    root, hidden = told_anew
    released = pd.read_parquet(root / "data/released/figures.parquet")
    assert released.loc[released["status"].eq("held_back"), "figure_id"].tolist() == hidden
    assert released.loc[released["status"].eq("held_back"), list(NUMBERS)].isna().all(axis=None)


def test_the_scan_finds_a_hidden_value_in_every_form_that_shows_it(workspace: Path) -> None:
    path = workspace / "data/released/figures.parquet"
    figures = pd.read_parquet(path)
    leak = figures["measure"].eq("level") & figures["indicator"].eq("reading_mean") & figures["unit_id"].eq("all")
    leak &= figures["group_by"].eq("all") & figures["period"].eq(EDITION)
    assert leak.sum() == 1
    figures.loc[leak, ["value", "low", "high"]] = [8_312_345.0, 8_312_344.0, 8_312_346.0]
    figures.to_parquet(path, index=False)
    said = likvard(workspace, "report", "--kind", "overview", "--force")
    assert said.code == 0, said.said
    place = workspace / "reports" / EDITION / "overview"
    for form in ("html", "pdf", "xlsx", "csv"):
        assert found_in(place / f"all.{form}"), form
