"""Files are written in one place, whole and on disk before they have their names; every other place that writes says why it may."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src/likvard"
THE_PLACE = "workspace.py"
MAY_WRITE_OTHERWISE = {
    "audit/pack.py": "unpacks into a folder that is gone when its reader is done",
    "audit/rebuild.py": "fills a folder that is gone when it is compared",
    "audit/record.py": "inside `writing_folder`",
    "demo/exempelkommun/columnar.py": "a country's worth of rows for measurements, in a folder of its own",
    "demo/workspace.py": "inside `writing_folder`",
    "fetch/receive.py": "inside `writing_folder`",
    "indicators/run.py": "inside `writing_folder`",
    "ingest/gathered.py": "inside `writing_folder`",
    "prepare/run.py": "inside `writing_folder`",
    "reference.py": "writes the documentation in the repository of a developer",
    "release/distribute.py": "inside `writing_folder`",
    "report/cluster.py": "fills a folder that is gone with its worker",
    "tables.py": "into memory, or inside `writing_folder`",
}
WRITES = {"write_bytes", "write_text", "writing_table", "ParquetWriter", "mkstemp", "NamedTemporaryFile", "symlink_to"}
WRITES_OF = {
    "os": {"rename", "replace", "link", "symlink", "write"},
    "shutil": {"copy", "copy2", "copyfile", "copytree", "move"},
}


def calls_that_write(code: str) -> list[str]:
    """The calls in the code that open a file for writing, or give or move a file."""
    return [ast.unparse(one.func) for one in ast.walk(ast.parse(code)) if isinstance(one, ast.Call) and writes(one)]


def writes(call: ast.Call) -> bool:
    """Whether a call writes a file by its own name: a table that is written into memory does not."""
    named = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    of = call.func.value.id if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) else ""
    texts = [
        one.value for one in [*call.args, *(word.value for word in call.keywords)] if isinstance(one, ast.Constant)
    ]
    if named in {"open", "fdopen"}:
        return any(isinstance(text, str) and set(text) <= set("wax+bt") and set(text) & set("wax+") for text in texts)
    return named in WRITES or named in WRITES_OF.get(of, set())


def test_every_file_is_written_in_the_one_place_or_where_it_says_why_not() -> None:
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if calls_that_write(path.read_text(encoding="utf-8"))
    }
    assert found - {THE_PLACE} == set(MAY_WRITE_OTHERWISE)


@pytest.mark.parametrize(
    "code", ['path.write_text("x")', 'open(path, "w")', 'path.open("ab")', "shutil.copyfile(a, b)", "os.rename(a, b)"]
)
def test_a_call_that_writes_is_found(code: str) -> None:
    assert len(calls_that_write(code)) == 1


@pytest.mark.parametrize(
    "code", ['path.open("rb")', "frame.rename(columns=names)", "pikepdf.open(stream)", "open(path)"]
)
def test_a_call_that_only_reads_is_not(code: str) -> None:
    assert calls_that_write(code) == []
